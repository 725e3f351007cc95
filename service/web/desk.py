"""What every route stands on: settings, store and clock of the app, and the words of a page."""

from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from service.clock import Clock
from service.config import Config
from service.people.links import SigningKey
from service.places import Mode
from service.store import Store
from service.web.keeping import Kept


@dataclass(frozen=True, slots=True)
class Desk:
    """One running app. `guest` opens a read-only view without sign-in; `secure` says that people
    reach it over TLS, which decides the cookies."""

    config: Config
    store: Store
    clock: Clock
    mode: Mode
    key: SigningKey
    guest: bool
    secure: bool
    kept: Kept = field(default_factory=Kept)

    def now(self) -> datetime:
        """Give the present moment (UTC)."""
        return self.clock.now()


def desk_of(request: Request) -> Desk:
    """Give the app a request came to. A route opens its own unit of work: `with
    desk_of(request).store.reading() as session:`."""
    found: Desk = request.app.state.desk
    return found
