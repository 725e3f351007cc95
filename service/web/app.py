"""The app: routes, guards around them, and what the pages stand on."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from service.clock import Clock, SystemClock
from service.config import Config
from service.errors import ConfigError
from service.people.links import signing_key
from service.places import Mode
from service.store import Store
from service.web.desk import Desk
from service.web.faults import on_faults
from service.web.guards import LOOPBACK_NAMES, BodyLimit, Headers, HeadToo, KnownHost, SameOrigin
from service.web.rendering import STATIC
from service.web.routes import ROUTERS

__all__ = ["create_app"]


def create_app(
    config: Config,
    store: Store,
    *,
    clock: Clock | None = None,
    mode: Mode = "live",
    guest: bool = False,
    routers: Sequence[APIRouter] = ROUTERS,
) -> FastAPI:
    """Make the app on an open store, which the caller closes.

    `guest` shows everything to everybody and changes nothing, so it is for the sample on loopback
    alone; raises ConfigError where the desk's address is another.
    """
    parts = urlsplit(config.desk.address)
    host = parts.hostname or "127.0.0.1"
    if guest and (mode == "live" or host not in LOOPBACK_NAMES):
        raise ConfigError("guests are let in to the sample on loopback only, not to " + host)
    secure = parts.scheme == "https"
    if not secure and host not in LOOPBACK_NAMES:
        raise ConfigError(f"[desk] address {config.desk.address} must be https outside of loopback")
    app = FastAPI(
        title="Suranys",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(Headers, secure=secure),
            Middleware(KnownHost, names=frozenset({host, *LOOPBACK_NAMES})),
            Middleware(SameOrigin, address=config.desk.address),
            Middleware(BodyLimit),
            Middleware(HeadToo),
        ],
    )
    key = signing_key(config, mode)
    app.state.desk = Desk(config, store, clock or SystemClock(), mode, key, guest, secure)
    on_faults(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in routers:
        app.include_router(router)
    return app
