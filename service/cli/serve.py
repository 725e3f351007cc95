"""`suranys serve`: the pages, the API and the schedule, in one process."""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service import modes
from service.cli.app import app
from service.cli.options import ConfigFile, VarFolder, open_mode
from service.cli.settings import logging_to, settings_for
from service.cli.worker import check_engine, leave
from service.config import Config
from service.errors import ConfigError
from service.places import Mode, places
from service.schedule.living import embedded, prepare, told_to_stop
from service.store import Store, open_store

if TYPE_CHECKING:
    from fastapi import FastAPI

EXAMPLE = """Examples:

\b
  suranys serve                          pages and schedule, on the address of [desk]
  suranys serve --no-jobs                pages only; `suranys worker` carries out the jobs
  suranys serve --mode sample --guest    look at the sample without signing in (make serve)
"""
LEAVES_WITHIN = 5
"""Seconds that open requests may take once the process is told to stop."""


@app.command(epilog=EXAMPLE)
def serve(
    *,
    jobs: Annotated[
        bool, typer.Option("--jobs/--no-jobs", help="Carry out the schedule too.")
    ] = True,
    guest: Annotated[
        bool, typer.Option("--guest", help="Show the sample to everybody; changes nothing.")
    ] = False,
    mode: Annotated[Mode, typer.Option("--mode", help="Which database is shown.")] = "live",
    host: Annotated[str | None, typer.Option(help="Listen here instead of [desk] host.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Listen here instead of [desk] port.")
    ] = None,
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """Serve the pages and carry out the schedule, until SIGTERM or Ctrl-C."""
    settings = _listening(settings_for(config, var), host, port)
    check_listening(settings)
    check_engine(settings)
    busy = jobs and mode == "live" and settings.jobs.engine == "embedded"
    with (
        _bound(settings) as listening,
        logging_to(settings),
        _store(settings, mode, guest=guest) as store,
        _schedule(store, settings) if busy else nullcontext(),
    ):
        _run(_made(settings, store, mode, guest=guest), settings, listening)
    leave()


def check_listening(settings: Config) -> None:
    """Refuse to be reached in the clear from other machines.

    Raises ConfigError where the address is not loopback and neither TLS nor a proxy is named.
    """
    desk = settings.desk
    if (desk.tls_cert is None) != (desk.tls_key is None):
        raise ConfigError("[desk] tls_cert and tls_key belong together: set both or none")
    for file in (desk.tls_cert, desk.tls_key):
        if file is not None and not (settings.folder / file).is_file():
            raise ConfigError(f"[desk] there is no file {settings.folder / file}")
    if is_loopback(desk.host) or desk.tls_cert is not None or desk.trusted_proxy:
        return
    raise ConfigError(
        f"[desk] host {desk.host} can be reached from other machines: set tls_cert and tls_key, "
        "or trusted_proxy to the address of the proxy that ends TLS before it"
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to an address. A name other than localhost may be
    anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listening(settings: Config, host: str | None, port: int | None) -> Config:
    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    return settings.model_copy(update={"desk": settings.desk.model_copy(update=given)})


def _store(settings: Config, mode: Mode, *, guest: bool) -> Store:
    """A guest changes nothing and needs no writer's lock; the live database may not exist yet."""
    if mode == "live" and not guest:
        return open_store(places(settings, mode).database_url)
    return open_mode(settings, mode, write=not guest)


@contextmanager
def _schedule(store: Store, settings: Config) -> Iterator[None]:
    with modes.live(settings) as ground:
        prepare(store, ground)
        with embedded(store, ground):
            yield


def _made(settings: Config, store: Store, mode: Mode, *, guest: bool) -> "FastAPI":
    # Every other command would pay for loading it.
    from service.web.app import create_app  # noqa: PLC0415

    return create_app(settings, store, mode=mode, guest=guest)


def _bound(settings: Config) -> socket.socket:
    """Take the port before anything is opened. Raises ConfigError where another has it."""
    desk = settings.desk
    family = socket.AF_INET6 if ":" in desk.host else socket.AF_INET
    try:
        return socket.create_server((desk.host, desk.port), family=family)
    except OSError as error:
        where = f"{desk.host}:{desk.port}"
        raise ConfigError(f"cannot listen on {where}: {error.strerror or error}") from error


def _run(made: "FastAPI", settings: Config, listening: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415 - see above

    desk = settings.desk
    files: dict[str, Any] = {}
    if desk.tls_cert is not None and desk.tls_key is not None:
        files = {
            "ssl_certfile": settings.folder / desk.tls_cert,
            "ssl_keyfile": settings.folder / desk.tls_key,
        }
    server = uvicorn.Server(
        uvicorn.Config(
            made,
            # Who the visitor is counts for limits of sign-ins: only the named proxy may say so.
            proxy_headers=bool(desk.trusted_proxy),
            forwarded_allow_ips=desk.trusted_proxy or None,
            server_header=False,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=LEAVES_WITHIN,
            **files,
        )
    )
    scheme = "https" if files else "http"
    sys.stderr.write(f"suranys serve: {scheme}://{desk.host}:{desk.port}; Ctrl-C ends it\n")
    with told_to_stop():  # else uvicorn, once it has stopped well, would die of the signal anew
        server.run(sockets=[listening])
