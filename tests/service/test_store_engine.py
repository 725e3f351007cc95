"""The database as opened: migrations equal models, pragmas, units of work, one writing process."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlmodel import SQLModel, select

from service.errors import StoreError, StoreLocked
from service.store import Store, open_store
from service.store.tables import METADATA, ItemRow, PlantRow
from tests.service.migrated import comparing

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


def plant(code: str = "sample-mill") -> PlantRow:
    return PlantRow(code=code, name="Пример", origin="bundled", record="{}", updated_at=NOW)


def put(store: Store, *rows: SQLModel) -> None:
    with store.writing() as session:
        session.add_all(rows)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/var/test.db"


def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """The index of words and what SQLite keeps behind it has no model."""
    return not (kind == "table" and (name or "").startswith("notice_fts"))


def test_migrations_and_models_agree(url: str, tmp_path: Path) -> None:
    with open_store(url) as store, store.engine.connect() as connection:
        assert compare_metadata(comparing(connection), METADATA) == []
        # Alembic does not compare CHECKs, and they are all that validates our rows.
        fresh = create_engine(f"sqlite:///{tmp_path}/models.db")
        METADATA.create_all(fresh)
        for table in METADATA.tables:
            ours = inspect(connection).get_check_constraints(table)
            theirs = inspect(fresh).get_check_constraints(table)
            assert sorted(map(str, ours)) == sorted(map(str, theirs)), table
        fresh.dispose()


def test_the_pragmas_hold_on_every_connection(url: str) -> None:
    with open_store(url) as store, store.engine.connect() as one, store.engine.connect() as two:
        for connection in (one, two):
            read = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "foreign_keys", "synchronous", "mmap_size")
            }
            # 2 is FULL
            assert read == {
                "journal_mode": "wal",
                "foreign_keys": 1,
                "synchronous": 2,
                "mmap_size": 0,
            }


def test_a_failed_unit_of_work_leaves_nothing(url: str) -> None:
    with open_store(url) as store:
        with pytest.raises(IntegrityError):
            put(store, plant("one"), plant("two"), plant("one"))
        with store.reading() as session:
            assert session.exec(select(PlantRow)).all() == []


def test_a_writing_unit_takes_the_lock_before_it_reads(url: str) -> None:
    with open_store(url) as store, store.writing() as session:
        session.exec(select(PlantRow)).all()
        other = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_times_come_back_in_utc_and_naive_ones_are_refused(url: str) -> None:
    with open_store(url) as store:
        put(store, plant())
        with store.reading() as session:
            assert session.exec(select(PlantRow)).one().updated_at == NOW
            assert session.exec(select(PlantRow)).one().updated_at.tzinfo is UTC
        naive = plant("other")
        naive.updated_at = NOW.replace(tzinfo=None)
        with pytest.raises(StatementError, match="timezone"):
            put(store, naive)


def test_foreign_keys_and_checks_are_enforced(url: str) -> None:
    orphan = ItemRow(lot_id=99, external_id="1", position=0, title="", description="", codes="[]")
    wrong = plant()
    wrong.origin = "guessed"
    with open_store(url) as store:
        with pytest.raises(IntegrityError, match="FOREIGN KEY"):
            put(store, orphan)
        with pytest.raises(IntegrityError, match="ck_plant_origin"):
            put(store, wrong)


HOLD = """
import sys
from service.store import open_store
with open_store(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writing_process_is_refused_with_the_pid_of_the_first(url: str) -> None:
    holder = subprocess.Popen(  # noqa: S603 - our own few lines, no outside input
        [sys.executable, "-c", HOLD, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked) as error:
            open_store(url)
        assert error.value.pid == holder.pid
        assert str(holder.pid) in str(error.value)
        with open_store(url, write=False) as reader, reader.reading() as session:
            assert session.exec(select(PlantRow)).all() == []
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    with open_store(url) as store:
        put(store, plant())


def test_a_reader_cannot_write(url: str) -> None:
    open_store(url).close()
    with (
        open_store(url, write=False) as store,
        pytest.raises(OperationalError, match="readonly"),
    ):
        put(store, plant())


def test_reading_a_database_that_is_not_there_says_how_to_make_it(url: str) -> None:
    with pytest.raises(StoreError, match="suranys run"):
        open_store(url, write=False)


def test_a_newer_database_is_refused_and_the_lock_given_back(url: str) -> None:
    def refused() -> None:
        with pytest.raises(StoreError, match="9999"):
            open_store(url)

    with open_store(url) as store, store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    refused()
    refused()


def test_a_file_that_is_no_database_is_a_named_error(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    path.write_text("Тендер\n" * 500, encoding="utf-8")
    with pytest.raises(StoreError, match=r"test\.db"):
        open_store(f"sqlite:///{path}")


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(StoreError, match="must be a file"):
        open_store("sqlite://")


def test_opening_twice_migrates_once(url: str) -> None:
    for _ in range(2):
        store: Store = open_store(url)
        with store.reading() as session:
            versions = session.execute(text("SELECT version_num FROM alembic_version")).all()
        store.close()
        assert len(versions) == 1


def test_a_lock_that_cannot_be_made_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "store.db.lock").mkdir()
    with pytest.raises(StoreError, match=r"cannot write .*store\.db\.lock"):
        open_store(f"sqlite:///{tmp_path / 'store.db'}")
