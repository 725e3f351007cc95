"""Digests: what was told to whom. A digest and its items are frozen in one transaction, by id, so
that nothing chosen is lost and nothing is told twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.errors import StoreError
from service.store.tables import DigestItemRow, DigestRow
from service.store.tables.naming import DigestState


@dataclass(frozen=True, slots=True)
class Said:
    """What was last said of a lead: `shown` is JSON, `telling` counts from 1."""

    digest_id: int
    telling: int
    shown: str


@dataclass(frozen=True, slots=True)
class NewItem:
    """A lead that goes into a digest."""

    lead_id: int
    telling: int
    section: str
    shown: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """A digest that exists. `body_path` holds the bytes to send."""

    id: int
    day: str
    message_id: str
    body_path: str
    state: DigestState
    created_at: datetime


def told(session: Session, recipient: str) -> dict[int, Said]:
    """Give what a recipient was last told of each lead."""
    query = (
        select(DigestItemRow)
        .where(DigestItemRow.recipient == recipient)
        .order_by(col(DigestItemRow.telling))
    )
    return {row.lead_id: Said(row.digest_id, row.telling, row.shown) for row in session.exec(query)}


def find_digest(session: Session, recipient: str, day: str) -> Frozen | None:
    """Give the one digest of a recipient and local day, if there is one."""
    query = select(DigestRow).where(DigestRow.recipient == recipient, DigestRow.day == day)
    row = session.exec(query).first()
    return None if row is None else _frozen(row)


def waiting_digests(session: Session, recipient: str, *, before: str) -> list[Frozen]:
    """Give a recipient's digests of days before `before` that never left, oldest first."""
    query = (
        select(DigestRow)
        .where(
            DigestRow.recipient == recipient,
            DigestRow.state == DigestState.FROZEN.value,
            DigestRow.day < before,
        )
        .order_by(col(DigestRow.day))
    )
    return [_frozen(row) for row in session.exec(query)]


def count_items(session: Session, digest_id: int) -> int:
    """Count the leads a digest tells of."""
    query = select(func.count()).where(DigestItemRow.digest_id == digest_id)
    return session.exec(query).one()


def last_digest_at(session: Session, recipient: str) -> datetime | None:
    """Give when the recipient's latest digest was made."""
    query = select(func.max(DigestRow.created_at)).where(DigestRow.recipient == recipient)
    latest: datetime | None = session.exec(query).one()
    return latest


def freeze(
    session: Session,
    recipient: str,
    day: str,
    *,
    message_id: str,
    body_path: str,
    items: Sequence[NewItem],
    now: datetime,
) -> Frozen:
    """Store a digest with its items. The body must be safe on disk before.

    A second digest of the same day, or telling the same twice, breaks a unique key and stores
    nothing.
    """
    row = DigestRow(
        recipient=recipient,
        day=day,
        message_id=message_id,
        body_path=body_path,
        state=DigestState.FROZEN.value,
        created_at=now,
        state_at=now,
    )
    session.add(row)
    session.flush()
    frozen = _frozen(row)
    session.add_all(
        DigestItemRow(
            digest_id=frozen.id,
            recipient=recipient,
            lead_id=item.lead_id,
            telling=item.telling,
            section=item.section,
            shown=item.shown,
        )
        for item in items
    )
    session.flush()
    return frozen


def mark_digest(
    session: Session, digest_id: int, state: DigestState, now: datetime, reason: str = ""
) -> None:
    """Record how an attempt to deliver ended. Raises StoreError for an unknown digest."""
    row = session.get(DigestRow, digest_id)
    if row is None:
        raise StoreError(f"there is no digest {digest_id}")
    row.state, row.state_at, row.reason = state.value, now, reason
    session.add(row)


def _frozen(row: DigestRow) -> Frozen:
    assert row.id is not None  # noqa: S101 - flush or the database gave it
    state = DigestState(row.state)
    return Frozen(row.id, row.day, row.message_id, row.body_path, state, row.created_at)


@dataclass(frozen=True, slots=True)
class Made:
    """One digest as `suranys status` lists it. `items` counts the leads told."""

    recipient: str
    day: str
    state: DigestState
    reason: str
    body_path: str
    created_at: datetime
    items: int


def last_digests(session: Session, limit: int = 5) -> list[Made]:
    """Give the digests made last, newest first."""
    items = select(func.count()).where(DigestItemRow.digest_id == DigestRow.id).scalar_subquery()
    query = select(DigestRow, items).order_by(col(DigestRow.id).desc()).limit(limit)
    return [
        Made(
            row.recipient,
            row.day,
            DigestState(row.state),
            row.reason,
            row.body_path,
            row.created_at,
            count,
        )
        for row, count in session.exec(query)
    ]
