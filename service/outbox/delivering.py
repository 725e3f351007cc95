"""A round of the outbox: whatever is due is tried once, one mail after another."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from service.clock import Clock
from service.config import Config
from service.errors import DeliveryError
from service.outbox.claiming import (
    claim,
    due,
    finish,
    hand_over,
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


def deliver_due(store: Store, way: Way, clock: Clock) -> Iterator[Result]:
    """Try everything that is due, and give how each mail stands then.

    It ends early where no server answers, or the brake of the day is reached: what was not tried
    stays due. A mail that another process holds is left to it.
    """
    with ExitStack() as stack:
        stack.enter_context(present(store))
        with store.writing() as session:
            release_lapsed(session, store.owner, clock.now(), alone=store.alone)
        courier = stack.enter_context(Courier(way.server)) if way.server else None
        yield from _round(store, way, courier, clock)


def _round(store: Store, way: Way, courier: Courier | None, clock: Clock) -> Iterator[Result]:
    with store.reading() as session:
        left = left_today(session, clock.now()) if courier else 0
    while True:
        with store.reading() as session:
            ids = due(session, clock.now())
        moved = False
        for id_ in ids:
            if left >= way.brakes.a_day:
                return
            result, away = _one(store, way, courier, id_, clock)
            if result is not None:
                moved, left = True, left + (courier is not None)
                yield result
            if away:
                return
        if not moved:
            return


def _one(
    store: Store, way: Way, courier: Courier | None, id_: int, clock: Clock
) -> tuple[Result | None, bool]:
    """Try one mail; say how it stands, and whether the server is away for all."""
    now = clock.now()
    with store.writing() as session:
        held = claim(session, id_, store.owner, now, way.brakes)
    if not isinstance(held, Held):
        return (_told(store, id_) if held is not None else None), False
    away = False
    try:
        attempt, path = _try(store, way, courier, held, clock)
    except ServerAway as error:
        attempt, path, away = Attempt(DeliveryState.RETRY, error.code, error.reply), None, True
    except HandOverRefused:
        return _told(store, id_), False
    except DeliveryError as error:
        # An address that is none, a folder that is full: told, and tried again like any other.
        attempt, path = Attempt(DeliveryState.RETRY, reply=str(error)), None
    with store.writing() as session:
        state = finish(
            session, held, attempt.state, clock.now(), code=attempt.code, reply=attempt.reply
        )
    if state is not attempt.state:  # given up, or no longer ours
        return _told(store, id_, path), away
    known = path or (Path(held.body_path) if held.body_path else None)
    result = Result(
        id_, held.person_id, held.kind, held.slot, state, reply=attempt.reply, path=known
    )
    return result, away


def _try(
    store: Store, way: Way, courier: Courier | None, held: Held, clock: Clock
) -> tuple[Attempt, Path | None]:
    if courier is None:
        return Attempt(DeliveryState.WRITTEN), _into_file(way, held)

    def may_leave() -> bool:
        with store.writing() as session:
            return hand_over(session, held, clock.now())

    try:
        return courier.send(way.sender, held.address, held.message, may_leave), None
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
