"""What is stored of a person, listed and erased.

A person's row stays, without name and address: leads and the journal point at it, and what was told
to whom must not be told again to somebody else.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlmodel import AutoString, Session, col
from sqlmodel import select as rows_of

from service.store.tables import METADATA, DeliveryRow, PersonRow

GOES = ("web_session", "login_link", "api_token", "saved_search")
"""Tables whose rows of the person are deleted."""
SPEAKS = ("journal", "lead", "lead_note", "task", "delivery", "run")
"""Tables where the address may stand in a text; it is replaced there."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What is stored: rows by table, and files of mails."""

    person_id: int
    address: str
    rows: dict[str, int]
    files: tuple[Path, ...]


def personal(session: Session, address: str) -> Personal | None:
    """List what is stored of a person; None where nobody has this address."""
    folded = address.strip().lower()
    person = session.exec(rows_of(PersonRow).where(PersonRow.address == folded)).first()
    if person is None or person.id is None:
        return None
    rows = {"person": 1}
    for table in METADATA.sorted_tables:
        mine = _mine(table, person.id, folded)
        if mine is not None:
            count = session.execute(select(func.count()).select_from(table).where(mine))
            if found := count.scalar_one():
                rows[table.name] = found
    paths = session.execute(
        select(col(DeliveryRow.body_path)).where(col(DeliveryRow.person_id) == person.id)
    ).scalars()
    return Personal(person.id, folded, rows, tuple(Path(path) for path in paths if path))


def erase(session: Session, known: Personal, now: datetime) -> None:
    """Take name, address, sign-ins and the text of mails out of the store. The caller deletes the
    files, once this is committed."""
    stand_in = f"erased-{known.person_id}@example.invalid"
    for name in GOES:
        table = METADATA.tables[name]
        session.execute(delete(table).where(table.c.person_id == known.person_id))
    for name in SPEAKS:
        table = METADATA.tables[name]
        for column in _texts(table):
            changed = func.replace(column, known.address, stand_in)
            session.execute(
                update(table).where(column.contains(known.address)).values({column.name: changed})
            )
    deliveries = METADATA.tables["delivery"]
    session.execute(
        update(deliveries)
        .where(deliveries.c.person_id == known.person_id)
        .values(body=None, body_path="", due_at=None)
    )
    person = session.get_one(PersonRow, known.person_id)
    person.address, person.name, person.origin = stand_in, "", "edited"
    person.department, person.password_hash, person.preferences = None, None, "{}"
    person.unsubscribed_at = person.unsubscribed_at or now
    person.disabled_at, person.updated_at = person.disabled_at or now, now
    session.add(person)


def _mine(table: Table, person_id: int, address: str) -> ColumnElement[bool] | None:
    """Which rows of a table are about the person, or name the address."""
    found: list[ColumnElement[bool]] = [
        column == person_id
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    ]
    if table.name in SPEAKS:
        found += [column.contains(address) for column in _texts(table)]
    return or_(*found) if found else None


def _texts(table: Table) -> list[ColumnElement[str]]:
    return [column for column in table.columns if isinstance(column.type, AutoString)]
