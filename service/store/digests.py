"""What was told to whom. A mail and its items are stored in one transaction, by id, so that nothing
chosen is lost and nothing is told twice. What only mails told that never arrived was not told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, func, insert
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from catalog.records import PlantId
from service.store.tables import DeliveryRow, DigestItemRow, LeadRow, PlantRow
from service.store.tables.naming import DeliveryState


@dataclass(frozen=True, slots=True)
class Said:
    """What was last said of a lead. `telling` counts from 1, also what was said in vain; `shown` is
    JSON, None where no mail that said anything of it arrived."""

    delivery_id: int
    telling: int
    shown: str | None


@dataclass(frozen=True, slots=True)
class NewItem:
    """A lead that a mail tells of."""

    lead_id: int
    telling: int
    section: str
    shown: str


NEVER_ARRIVED = col(DeliveryRow.state).in_(
    (DeliveryState.REFUSED.value, DeliveryState.SUPPRESSED.value)
)
"""Mails that ended without reaching anybody. One that may have arrived is not among them, unless
the server refused it when it was tried again: a lead told twice is better than one lost."""
# Said for each reader: putting such a statement together takes longer than its answer.
_TOLD = (
    sql_select(
        col(DigestItemRow.lead_id),
        col(DigestItemRow.delivery_id),
        col(DigestItemRow.telling),
        col(DigestItemRow.shown),
        NEVER_ARRIVED,
    )
    .join(DeliveryRow, col(DigestItemRow.delivery_id) == DeliveryRow.id)
    .where(col(DigestItemRow.person_id) == bindparam("person"))
    .order_by(col(DigestItemRow.telling))
)
_COUNT = select(func.count()).where(col(DigestItemRow.delivery_id) == bindparam("delivery"))
_ITEMS = insert(DigestItemRow)


def told(session: Session, person_id: int) -> dict[int, Said]:
    """Give what a person was last told of each lead."""
    found: dict[int, Said] = {}
    for lead, delivery, telling, shown, in_vain in session.execute(_TOLD, {"person": person_id}):
        if not in_vain:
            found[lead] = Said(delivery, telling, shown)
        else:
            known = found.get(lead) or Said(delivery, telling, None)
            found[lead] = replace(known, telling=telling)
    return found


def add_items(session: Session, delivery_id: int, person_id: int, items: Sequence[NewItem]) -> None:
    """Note what a mail tells of. Telling the same twice breaks a unique key and, with the unit of
    work, stores nothing."""
    rows = [{"delivery_id": delivery_id, "person_id": person_id, **asdict(each)} for each in items]
    if rows:
        session.execute(_ITEMS, rows)


def count_items(session: Session, delivery_id: int) -> int:
    """Count the leads a mail tells of."""
    return session.exec(_COUNT, params={"delivery": delivery_id}).one()


def lead_ids_since(session: Session, plant: PlantId | None, since: datetime) -> list[int]:
    """Give the ids of leads made since a moment, of a plant or (None) of all, whatever became of
    them."""
    query = select(LeadRow.id).where(col(LeadRow.created_at) > since)
    if plant is not None:
        query = query.where(LeadRow.plant_id == PlantRow.id, PlantRow.code == plant)
    return [id_ for id_ in session.exec(query) if id_ is not None]


@dataclass(frozen=True, slots=True)
class Made:
    """One mail as `suranys status` lists it. `items` counts the leads told; `doubts` how often it
    may have arrived unseen."""

    recipient: str
    kind: str
    day: str
    state: DeliveryState
    reason: str
    body_path: str
    doubts: int
    created_at: datetime
    items: int


def last_digests(session: Session, limit: int = 5) -> list[Made]:
    """Give the mails made last, newest first."""
    items = (
        select(func.count()).where(DigestItemRow.delivery_id == DeliveryRow.id).scalar_subquery()
    )
    query = select(DeliveryRow, items).order_by(col(DeliveryRow.id).desc()).limit(limit)
    return [
        Made(
            row.address,
            row.kind,
            row.slot,
            DeliveryState(row.state),
            row.reply,
            row.body_path,
            row.doubts,
            row.created_at,
            count,
        )
        for row, count in session.exec(query)
    ]
