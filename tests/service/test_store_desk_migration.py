"""The database of an earlier version comes through the change of lead states with all it holds."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, DateTime, MetaData, Numeric, String, create_engine, text

from service.desk.search import found_notices, query_stems
from service.store import open_store
from service.store.migrations import configured

BEFORE = "0007"
NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
LEADS = {"new": "new", "seen": "looking", "taken": "looking", "declined": "declined", "won": "won"}


def put(connection: Connection, tables: MetaData, name: str, **values: object) -> None:
    """Insert a row; what a column demands and nobody gave is filled by its type."""
    table = tables.tables[name]
    for column in table.columns:
        if column.name in values or column.nullable:
            continue
        kind = column.type
        filler = {String: "", DateTime: NOON, Numeric: 1}
        values[column.name] = next((v for t, v in filler.items() if isinstance(kind, t)), 1)
    connection.execute(table.insert().values(**values))


@pytest.fixture
def old(tmp_path: Path) -> str:
    """A database of the version before, with a lead of every state that was told in a digest."""
    url = f"sqlite:///{tmp_path}/old.db"
    engine, tables = create_engine(url), MetaData()
    with engine.begin() as connection:
        command.upgrade(configured(connection), BEFORE)
        tables.reflect(connection)
        put(connection, tables, "plant", id=1, code="mill", origin="bundled")
        put(connection, tables, "product", id=1, plant_id=1, origin="bundled")
        put(connection, tables, "notice", id=1, phase="open", depth="detail", folded="трубы 820")
        put(connection, tables, "person", id=1, address="a@b.kz", role="plant", origin="edited")
        put(connection, tables, "delivery", id=1, person_id=1, kind="digest", state="sent")
        for number, state in enumerate(LEADS, 1):
            put(connection, tables, "lot", id=number, notice_id=1, external_id=str(number))
            put(
                connection,
                tables,
                "match",
                id=number,
                lot_id=number,
                product_id=1,
                verdict="can",
                kind="stated",
                score=1,
            )
            put(
                connection,
                tables,
                "lead",
                id=number,
                match_id=number,
                plant_id=1,
                state=state,
            )
            put(
                connection,
                tables,
                "digest_item",
                id=number,
                delivery_id=1,
                person_id=1,
                lead_id=number,
            )
    engine.dispose()
    return url


def test_states_are_renamed_and_nothing_that_refers_to_a_lead_is_lost(old: str) -> None:
    with open_store(old) as store, store.engine.connect() as connection:
        states = connection.execute(text("SELECT state FROM lead ORDER BY id")).scalars().all()
        reasons = connection.execute(text("SELECT reason FROM lead ORDER BY id")).scalars().all()
        told = connection.execute(text("SELECT count(*) FROM digest_item")).scalar_one()
        enforced = connection.execute(text("PRAGMA foreign_keys")).scalar_one()
    assert list(states) == list(LEADS.values())
    assert list(reasons) == [None, None, None, "other", None]
    assert told == len(LEADS)
    assert enforced == 1


def test_what_an_earlier_version_stored_is_found_by_its_words(old: str) -> None:
    with open_store(old) as store, store.reading() as session:
        found = session.execute(found_notices(session, query_stems("труба"))).scalars().all()
        assert list(found) == [1]
        assert not session.execute(found_notices(session, query_stems("кабель"))).all()
