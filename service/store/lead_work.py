"""What people do with a lead: its state, owner and reason, notes, the result of a bid."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from scrapers.records import Money
from service.store.journal import record
from service.store.tables import LeadNoteRow, LeadResultRow, LeadRow, PersonRow
from service.store.tables.naming import DeclineReason, LeadState, Role

LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Work:
    """How people stand to a lead. `owner` is an address."""

    state: LeadState
    owner: str | None = None
    reason: DeclineReason | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """How a bid ended, as far as it was told."""

    contract: str = ""
    quantity: Decimal | None = None
    unit: str | None = None
    value: Money | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note somebody wrote."""

    text: str
    author: str
    at: datetime


class EditedMeanwhile(Exception):
    """Raised where somebody else changed the lead since the page was shown. Nothing was stored."""


def work_of(session: Session, lead_id: int) -> tuple[Work, int, int]:
    """Give how people stand to a lead, its version and plant. Raises KeyError for none."""
    row = session.get(LeadRow, lead_id)
    if row is None:
        raise KeyError(lead_id)
    return _work(row), row.version, row.plant_id


def change_work(
    session: Session,
    lead_id: int,
    work: Work,
    version: int,
    now: datetime,
    *,
    actor: str,
    person_id: int | None,
) -> None:
    """Store what somebody decided on a page of `version`, and note it in the journal.

    Deciding what is so already changes nothing. Raises EditedMeanwhile where the version is
    another, KeyError where the lead is gone. `session` must be a writing one.
    """
    row = session.get(LeadRow, lead_id)
    if row is None:
        raise KeyError(lead_id)
    before = _work(row)
    if before == work:
        return
    if row.version != version:
        raise EditedMeanwhile
    row.state, row.owner, row.remark = work.state.value, work.owner, work.remark
    row.reason = work.reason.value if work.reason else None
    row.state_at, row.version = now, row.version + 1
    session.add(row)
    record(
        session,
        now,
        actor,
        "change",
        "lead",
        lead_id,
        person_id=person_id,
        old={name: value for name, value in asdict(before).items() if value},
        new={name: value for name, value in asdict(work).items() if value},
    )


def _work(row: LeadRow) -> Work:
    reason = DeclineReason(row.reason) if row.reason else None
    return Work(LeadState(row.state), row.owner, reason, row.remark)


def notes_of(session: Session, lead_id: int) -> list[Note]:
    """Give the notes on a lead, newest first."""
    query = (
        select(LeadNoteRow, PersonRow.name)
        .where(LeadNoteRow.person_id == PersonRow.id, LeadNoteRow.lead_id == lead_id)
        .order_by(col(LeadNoteRow.id).desc())
    )
    return [Note(row.text, name, row.created_at) for row, name in session.exec(query)]


def add_note(session: Session, lead_id: int, person_id: int, text: str, now: datetime) -> None:
    """Add a note. One that was just written by the same person (a double press) is not repeated."""
    last = session.exec(
        select(LeadNoteRow)
        .where(LeadNoteRow.lead_id == lead_id)
        .order_by(col(LeadNoteRow.id).desc())
    ).first()
    if last is None or (last.text, last.person_id) != (text, person_id):
        session.add(LeadNoteRow(lead_id=lead_id, person_id=person_id, text=text, created_at=now))


def result_of(session: Session, lead_id: int) -> Result | None:
    """Give how the bid ended, None where nobody told."""
    row = session.get(LeadResultRow, lead_id)
    if row is None:
        return None
    money = None
    if row.value_minor is not None and row.value_currency is not None:
        money = Money(row.value_minor, row.value_currency)
    quantity = Decimal(row.quantity) if row.quantity is not None else None
    return Result(row.contract, quantity, row.unit, money)


def save_result(
    session: Session,
    lead_id: int,
    result: Result,
    now: datetime,
    *,
    actor: str,
    person_id: int | None,
) -> None:
    """Store how a bid ended, and note it in the journal."""
    row = session.get(LeadResultRow, lead_id) or LeadResultRow(lead_id=lead_id, recorded_at=now)
    row.contract, row.unit, row.recorded_at = result.contract, result.unit, now
    row.quantity = None if result.quantity is None else str(result.quantity)
    row.value_minor = result.value.minor if result.value else None
    row.value_currency = result.value.currency if result.value else None
    session.add(row)
    new = {
        "contract": result.contract,
        "quantity": row.quantity,
        "unit": row.unit,
        "value": str(result.value.amount) if result.value else None,
    }
    told = {name: value for name, value in new.items() if value}
    record(session, now, actor, "result", "lead", lead_id, person_id=person_id, new=dict(told))


def assignable(session: Session, plant_id: int, *, zone: bool) -> list[tuple[str, str]]:
    """Give who may deal with a lead of a plant, as (address, name): its people, and for those who
    see the zone the officials too."""
    query = select(PersonRow).where(col(PersonRow.disabled_at).is_(None))
    people = session.exec(query.order_by(col(PersonRow.name))).all()
    return [
        (row.address, row.name)
        for row in people
        if row.plant_id == plant_id or (zone and row.role != Role.PLANT)
    ]
