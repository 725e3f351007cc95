"""How the outbox stands: one mail, a person's mails, everything at a glance."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from service.errors import StoreError
from service.outbox.records import Result
from service.store.digests import NEVER_ARRIVED
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryKind, DeliveryState

# Asked for each reader: putting such a statement together takes longer than its answer.
_TO = (
    col(DeliveryRow.person_id) == bindparam("person"),
    col(DeliveryRow.kind) == bindparam("kind"),
)
_ONE = select(DeliveryRow).where(*_TO, col(DeliveryRow.slot) == bindparam("slot"))
_WAITING = (
    select(DeliveryRow)
    .where(
        *_TO,
        col(DeliveryRow.slot) < bindparam("before"),
        col(DeliveryRow.due_at).is_not(None),
    )
    .order_by(col(DeliveryRow.slot))
)
_LATEST = select(func.max(DeliveryRow.created_at)).where(*_TO, ~NEVER_ARRIVED)
OPEN = (DeliveryState.FROZEN, DeliveryState.SENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN)
"""What a round may still change. An unknown mail that was tried again is open no more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail as people look at it. `due_at` None: nothing more will be tried."""

    id: int
    address: str
    kind: DeliveryKind
    slot: str
    state: DeliveryState
    reply: str
    body_path: str
    attempts: int
    doubts: int
    due_at: datetime | None
    created_at: datetime

    @property
    def waits(self) -> bool:
        """Whether it will be tried again, or is being sent."""
        return self.due_at is not None or self.state is DeliveryState.SENDING


@dataclass(frozen=True, slots=True)
class Standing:
    """The outbox at a glance: mails by state, how many are doubts for good, the oldest that has
    not left, and how many doubts there were in all."""

    states: Mapping[DeliveryState, int]
    doubts: int
    unsettled: int
    oldest_waiting: datetime | None


def result_of(session: Session, id_: int, path: Path | None = None) -> Result:
    """Give how a mail stands, after an attempt. Raises StoreError for one that does not exist."""
    row = session.get(DeliveryRow, id_)
    if row is None:
        raise StoreError(f"there is no delivery {id_}")
    return Result(
        id=id_,
        person_id=row.person_id,
        kind=DeliveryKind(row.kind),
        slot=row.slot,
        state=DeliveryState(row.state),
        reply=row.reply,
        path=path or (Path(row.body_path) if row.body_path else None),
    )


def find_delivery(
    session: Session, person_id: int, kind: DeliveryKind, slot: str
) -> Delivery | None:
    """Give the one mail of a person, kind and slot, if there is one."""
    names = {"person": person_id, "kind": kind.value, "slot": slot}
    row = session.exec(_ONE, params=names).first()
    return None if row is None else _delivery(row)


def people_with(session: Session, kind: DeliveryKind, slot: str) -> frozenset[int]:
    """Give the ids of the people who have a mail of a kind and slot."""
    query = select(DeliveryRow.person_id).where(
        DeliveryRow.kind == kind.value, DeliveryRow.slot == slot
    )
    return frozenset(session.exec(query))


def waiting(session: Session, person_id: int, kind: DeliveryKind, *, before: str) -> list[Delivery]:
    """Give a person's mails of a kind and slots before `before` that may still leave, oldest
    first."""
    names = {"person": person_id, "kind": kind.value, "before": before}
    return [_delivery(row) for row in session.exec(_WAITING, params=names)]


def last_made_at(session: Session, person_id: int, kind: DeliveryKind) -> datetime | None:
    """Give when a person's latest mail of a kind was made, of those that arrived or still may."""
    names = {"person": person_id, "kind": kind.value}
    latest: datetime | None = session.exec(_LATEST, params=names).one()
    return latest


def standing(session: Session) -> Standing:
    """Look at the whole outbox, for the status screen and the metrics."""
    states: Counter[DeliveryState] = Counter()
    for state, count in session.exec(
        select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)
    ):
        states[DeliveryState(state)] = count
    waits = col(DeliveryRow.state).in_([each.value for each in OPEN])
    unsettled = select(func.count()).where(
        DeliveryRow.state == DeliveryState.UNKNOWN.value, col(DeliveryRow.due_at).is_(None)
    )
    oldest: datetime | None = session.exec(
        select(func.min(DeliveryRow.created_at)).where(
            waits,
            (col(DeliveryRow.due_at).is_not(None))
            | (col(DeliveryRow.state) == DeliveryState.SENDING.value),
        )
    ).one()
    doubts = session.exec(select(func.coalesce(func.sum(DeliveryRow.doubts), 0))).one()
    return Standing(dict(states), int(doubts), session.exec(unsettled).one(), oldest)


def _delivery(row: DeliveryRow) -> Delivery:
    assert row.id is not None  # noqa: S101 - it was read from the database
    return Delivery(
        id=row.id,
        address=row.address,
        kind=DeliveryKind(row.kind),
        slot=row.slot,
        state=DeliveryState(row.state),
        reply=row.reply,
        body_path=row.body_path,
        attempts=row.attempts,
        doubts=row.doubts,
        due_at=row.due_at,
        created_at=row.created_at,
    )
