"""The states leads came into over a time, read from the journal: what they are now tells only the
last."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from service.store.journal import values_of
from service.store.tables import JournalRow, LeadRow
from service.store.tables.naming import LeadState

_ACTIONS = ("change", "take", "decline")


@dataclass(frozen=True, slots=True)
class Turn:
    """A lead that came from one state into another; `reason` says why it was declined."""

    lead: int
    before: str
    state: str
    reason: str | None = None


def turns_of(session: Session, plant_id: int, start: datetime, end: datetime) -> list[Turn]:
    """Give the changes of state of a plant's leads from `start` to before `end`, oldest first."""
    query = (
        sql_select(JournalRow)
        .join(LeadRow, col(LeadRow.id) == JournalRow.subject_id)
        .where(
            col(JournalRow.subject) == "lead",
            col(JournalRow.action).in_(_ACTIONS),
            col(LeadRow.plant_id) == plant_id,
            col(JournalRow.at) >= start,
            col(JournalRow.at) < end,
        )
        .order_by(col(JournalRow.id))
    )
    return list(_read(session.execute(query).scalars()))


def _read(rows: Iterator[JournalRow]) -> Iterator[Turn]:
    for row in rows:
        old, new = values_of(row.old), values_of(row.new)
        before = str(old.get("state") or LeadState.NEW.value)
        reason = new.get("reason")
        if row.action == "decline":  # by a link: the journal has the reason in the state's place
            new, reason = {"state": LeadState.DECLINED.value}, new.get("state")
        state = str(new.get("state") or before)
        if row.subject_id is not None and state != before:
            yield Turn(row.subject_id, before, state, str(reason) if reason else None)


def came_into(turns: list[Turn], *states: LeadState) -> list[int]:
    """Give the leads that came into one of these states from another, each once.

    A lead that was looked at last week and is lost now was not taken this week.
    """
    found: Mapping[int, None] = {
        turn.lead: None for turn in turns if turn.state in states and turn.before not in states
    }
    return list(found)
