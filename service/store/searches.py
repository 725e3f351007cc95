"""Searches that people keep."""

from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from service.errors import InputError
from service.store.tables import SavedSearchRow

MOST = 30


def saved_searches(session: Session, person_id: int) -> list[tuple[int, str, str]]:
    """Give a person's searches as (id, name, query), by name."""
    rows = session.exec(
        select(SavedSearchRow)
        .where(SavedSearchRow.person_id == person_id)
        .order_by(col(SavedSearchRow.name))
    )
    return [(row.id or 0, row.name, row.query) for row in rows]


def save_search(session: Session, person_id: int, name: str, query: str, now: datetime) -> None:
    """Keep a search; one of the same name is replaced. Raises InputError beyond the limit."""
    row = session.exec(
        select(SavedSearchRow).where(
            SavedSearchRow.person_id == person_id, SavedSearchRow.name == name
        )
    ).first()
    if row is None:
        kept = select(func.count()).where(col(SavedSearchRow.person_id) == person_id)
        if session.exec(kept).one() >= MOST:
            raise InputError("no more than %(most)s searches are kept; remove one first", most=MOST)
        row = SavedSearchRow(person_id=person_id, name=name, query=query, created_at=now)
    row.query = query
    session.add(row)


def remove_search(session: Session, person_id: int, search_id: int) -> None:
    """Forget a person's search; somebody else's is left alone."""
    session.execute(
        delete(SavedSearchRow).where(
            col(SavedSearchRow.id) == search_id, col(SavedSearchRow.person_id) == person_id
        )
    )
