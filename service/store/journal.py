"""The journal: who changed what. Rows are only ever added."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from service.store.tables import JournalRow

Values = dict[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Happening:
    """A row of the journal. `actor` is an address, or how it was done without a person."""

    at: datetime
    actor: str
    action: str
    subject: str
    subject_id: int | None
    old: Values
    new: Values


def record(
    session: Session,
    now: datetime,
    actor: str,
    action: str,
    subject: str,
    subject_id: int | None = None,
    *,
    person_id: int | None = None,
    old: Values | None = None,
    new: Values | None = None,
) -> None:
    """Add a row, in the unit of work that makes the change. Secrets never go in."""
    session.add(
        JournalRow(
            at=now,
            person_id=person_id,
            actor=actor,
            action=action,
            subject=subject,
            subject_id=subject_id,
            old=json.dumps(old or {}, ensure_ascii=False, sort_keys=True),
            new=json.dumps(new or {}, ensure_ascii=False, sort_keys=True),
        )
    )


def happenings(
    session: Session,
    subject: str | None = None,
    subject_id: int | None = None,
    *,
    before: int | None = None,
    most: int = 100,
) -> list[tuple[int, Happening]]:
    """Give rows with their ids, newest first; `before` is the id to go on from."""
    query = select(JournalRow).order_by(col(JournalRow.id).desc()).limit(most)
    if subject is not None:
        query = query.where(JournalRow.subject == subject)
    if subject_id is not None:
        query = query.where(JournalRow.subject_id == subject_id)
    if before is not None:
        query = query.where(col(JournalRow.id) < before)
    return [(row.id or 0, _happening(row)) for row in session.exec(query)]


def _happening(row: JournalRow) -> Happening:
    old, new = json.loads(row.old) or {}, json.loads(row.new) or {}
    return Happening(row.at, row.actor, row.action, row.subject, row.subject_id, old, new)
