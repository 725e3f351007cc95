"""The journal: who changed what. Rows are only ever added."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from service.store.tables import JournalRow, PersonRow

Values = dict[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Happening:
    """A row of the journal. `actor` is an address, or how it was done without signing in; `person`
    is the name of the person, where one is known. `old` and `new` are values by name."""

    id: int
    at: datetime
    actor: str
    person: str | None
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
) -> list[Happening]:
    """Give rows, newest first; `before` is the id to go on from."""
    query = (
        select(JournalRow, PersonRow.name)
        .join(PersonRow, col(PersonRow.id) == JournalRow.person_id, isouter=True)
        .order_by(col(JournalRow.id).desc())
        .limit(most)
    )
    if subject is not None:
        query = query.where(JournalRow.subject == subject)
    if subject_id is not None:
        query = query.where(JournalRow.subject_id == subject_id)
    if before is not None:
        query = query.where(col(JournalRow.id) < before)
    return [_happening(row, name) for row, name in session.exec(query)]


def _happening(row: JournalRow, name: str | None) -> Happening:
    return Happening(
        id=row.id or 0,
        at=row.at,
        actor=row.actor,
        person=name,
        action=row.action,
        subject=row.subject,
        subject_id=row.subject_id,
        old=values_of(row.old),
        new=values_of(row.new),
    )


def values_of(text: str) -> Values:
    """Read the values of a row; a lone one, as links note it, is that of the state."""
    found = json.loads(text)
    if isinstance(found, dict):
        return found
    return {} if found is None else {"state": found}
