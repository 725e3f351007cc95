"""A round of the outbox: whatever is due is tried once, one mail after another."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from service.clock import Clock, SteadyClock
from service.config import Config
from service.errors import DeliveryError
from service.outbox.claiming import (
    claim,
    due,
    finish,
    hand_over,
    is_full,
    left_today,
    release_lapsed,
)
from service.outbox.files import file_stem, write_mail
from service.outbox.presence import present
from service.outbox.reading import result_of
from service.outbox.records import Brakes, Held, Result
from service.outbox.smtp import (
    Attempt,
    Courier,
    HandOverRefused,
    NeverMailed,
    Server,
    ServerAway,
)
from service.store import Store
from service.store.tables.naming import DeliveryState

_NEAR = 5_000
"""From so many mails before the brake of a day on, it is asked for each: more than all processes
that share an outbox take between two looks at the count."""


@dataclass(frozen=True, slots=True)
class Way:
    """How mails leave: over `server`, or into `folder` only where there is none."""

    sender: str
    folder: Path
    server: Server | None
    brakes: Brakes


def way_of(config: Config, folder: Path) -> Way:
    """Give the way the configuration chose. `folder` takes what only goes into files."""
    mail, password = config.mail, config.secrets.smtp_password
    server = Server(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        username=mail.username,
        password=password.get_secret_value() if password else "",
        connect_seconds=mail.timeout_seconds,
    )
    return Way(
        sender=mail.sender,
        folder=folder,
        server=server if mail.mode == "smtp" else None,
        brakes=Brakes(mail.most_per_day, mail.most_per_person),
    )


def deliver_due(
    store: Store,
    way: Way,
    clock: Clock,
    *,
    people: range | None = None,
    wall: Clock | None = None,
) -> Iterator[Result]:
    """Try everything that is due, and give how each mail stands then.

    `people` are the ids of those whose mails are meant, all if None; `wall` is the clock that
    leases go by, the store's if None. It ends early where no server answers, or the brake of the
    day is reached: what was not tried stays due. A mail that another process holds is left to it.
    """
    wall = wall or SteadyClock.set_by(store.wall())
    with ExitStack() as stack:
        stack.enter_context(present(store))
        with store.writing() as session:
            release_lapsed(session, store.owner, clock.now(), alone=store.alone, wall=wall.now())
        courier = stack.enter_context(Courier(way.server)) if way.server else None
        yield from _Round(store, way, courier, clock, wall).results(people)


@dataclass(frozen=True, slots=True)
class _Round:
    """What a round works with."""

    store: Store
    way: Way
    courier: Courier | None
    clock: Clock
    wall: Clock

    def results(self, people: range | None) -> Iterator[Result]:
        """Try one mail after another."""
        while True:
            now = self.clock.now()
            with self.store.reading() as session:
                ids = due(session, now, people=people)
                left = left_today(session, now) if self.courier else 0
            near = self.courier is not None and left + _NEAR > self.way.brakes.a_day
            moved = False
            for id_ in ids:
                result, ends = self._one(id_, near=near)
                if result is not None:
                    moved = True
                    yield result
                if ends:
                    return
            if not moved:
                return

    def _one(self, id_: int, *, near: bool) -> tuple[Result | None, bool]:
        """Try one mail; say how it stands, and whether nobody's can leave now. `near` the brake of
        the day it is asked for each mail."""
        store, now = self.store, self.clock.now()
        with store.writing() as session:
            if near and is_full(session, now, self.way.brakes.a_day):
                return None, True
            held = claim(session, id_, store.owner, now, self.way.brakes, wall=self.wall.now())
        if not isinstance(held, Held):
            return (_told(store, id_) if held is not None else None), False
        away = False
        try:
            attempt, path = self._try(held)
        except ServerAway as error:
            attempt = Attempt(DeliveryState.RETRY, error.code, error.reply)
            path, away = None, True
        except HandOverRefused:
            return _told(store, id_), False
        except DeliveryError as error:
            # An address that is none, a folder that is full: told, and tried again like any other.
            attempt, path = Attempt(DeliveryState.RETRY, reply=str(error)), None
        with store.writing() as session:
            state = finish(
                session,
                held,
                attempt.state,
                self.clock.now(),
                code=attempt.code,
                reply=attempt.reply,
            )
        if state is not attempt.state:  # given up, or no longer ours
            return _told(store, id_, path), away
        known = path or (Path(held.body_path) if held.body_path else None)
        result = Result(
            id_, held.person_id, held.kind, held.slot, state, reply=attempt.reply, path=known
        )
        return result, away

    def _try(self, held: Held) -> tuple[Attempt, Path | None]:
        way = self.way
        if self.courier is None:
            return Attempt(DeliveryState.WRITTEN), _into_file(way, held)

        def may_leave() -> bool:
            with self.store.writing() as session:
                return hand_over(session, held, self.clock.now(), self.wall.now())

        try:
            return self.courier.send(way.sender, held.address, held.message, may_leave), None
        except NeverMailed as error:
            return Attempt(DeliveryState.WRITTEN, reply=str(error)), _into_file(way, held)


def _into_file(way: Way, held: Held) -> Path:
    """See that the mail lies in its file. One that was put there when it was frozen is left."""
    path = Path(held.body_path) if held.body_path else None
    if path is None:
        path = way.folder / f"{file_stem(held.address, f'{held.kind.value}-{held.slot}')}.eml"
    if not path.exists():
        write_mail(path, held.message)
    return path


def _told(store: Store, id_: int, path: Path | None = None) -> Result:
    with store.reading() as session:
        return result_of(session, id_, path)
