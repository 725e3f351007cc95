"""PostgreSQL and SQLite give the same answers; what only a server has is tested here too."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import IntegrityError, InternalError
from sqlmodel import col, select

from service import modes
from service.clock import FixedClock
from service.config import Config, Database, Recipient
from service.errors import StoreError
from service.jobs.main import run_main
from service.jobs.runs import claim
from service.store import Store, open_store
from service.store.notices import save_page
from service.store.postgresql import named_lock
from service.store.tables import METADATA, NoticeRow, PlantRow, RunRow
from tests.service.migrated import comparing
from tests.service.notices import NOON, pipe_notice

MORNING = datetime(2026, 5, 18, 3, tzinfo=UTC)


def plant(code: str, name: str = "Пример", bin_: str | None = None) -> PlantRow:
    return PlantRow(
        code=code, name=name, bin=bin_, origin="bundled", record="{}", updated_at=MORNING
    )


def test_migrations_and_models_agree_on_postgresql(postgres_url: str) -> None:
    with open_store(postgres_url) as store, store.engine.connect() as connection:
        assert compare_metadata(comparing(connection), METADATA) == []
        for table in METADATA.tables.values():
            named = {each.name for each in table.constraints if str(each.name).startswith("ck_")}
            there = {each["name"] for each in inspect(connection).get_check_constraints(table.name)}
            assert named == there, table.name


def dump(store: Store) -> dict[str, list[str]]:
    """Every row of every table as text, without keys of this run and real times."""
    found: dict[str, list[str]] = {}
    hidden = {"lease_owner", "lease_until", "started_at", "ended_at"}
    with store.reading() as session:
        for table in METADATA.sorted_tables:
            wanted = [column for column in table.columns if column.name not in hidden]
            rows = session.execute(table.select().with_only_columns(*wanted)).all()
            found[table.name] = sorted(
                json.dumps([str(value) for value in row], ensure_ascii=False) for row in rows
            )
    return found


def sample_run(folder: Path, url: str) -> dict[str, list[str]]:
    """Do the main job on the sample portal with the database at `url`."""
    folder.mkdir()
    recipients = (Recipient(name="Управление зоны", address="zone@example.invalid"),)
    config = Config(folder=folder, recipients=recipients)
    with modes.sample(config, FixedClock(MORNING)) as ground:
        there = replace(ground.places, database_url=url, digests=folder / "digests")
        run_main(replace(ground, places=there))
    with open_store(url, write=False) as store:
        return {
            name: [row.replace(str(folder), "") for row in rows]
            for name, rows in dump(store).items()
        }


def test_the_main_job_leaves_the_same_on_both_engines(tmp_path: Path, postgres_url: str) -> None:
    one = sample_run(tmp_path / "one", f"sqlite:///{tmp_path}/one.db")
    other = sample_run(tmp_path / "other", postgres_url)
    assert len(one["notice"]) > 5
    assert len(one["lead"]) > 5
    for name in one:
        assert one[name] == other[name], name


def test_text_with_a_nul_is_stored_alike(store_url: str) -> None:
    with open_store(store_url) as store, store.writing() as session:
        save_page(session, [pipe_notice(title="Труба\x00 820")], NOON)
        assert session.exec(select(NoticeRow.title)).one() == "Труба\ufffd 820"


def test_like_minds_case_and_unique_keys_do_too(store_url: str) -> None:
    with open_store(store_url) as store, store.writing() as session:
        session.add_all([plant("mill"), plant("Mill"), plant("МИЛ"), plant("мил")])
        session.flush()
        found = session.exec(select(PlantRow.code).where(col(PlantRow.code).startswith("M")))
        assert found.all() == ["Mill"]
        assert session.exec(
            select(PlantRow.code).where(col(PlantRow.code).contains("мил"))
        ).all() == ["мил"]


def test_a_failed_savepoint_leaves_the_unit_usable(store_url: str) -> None:
    with open_store(store_url) as store, store.writing() as session:
        session.add(plant("one"))
        session.flush()
        savepoint = session.begin_nested()
        session.add(plant("one"))
        with pytest.raises(IntegrityError):
            session.flush()
        savepoint.rollback()
        session.add(plant("two"))
        session.flush()
        assert set(session.exec(select(PlantRow.code))) == {"one", "two"}


def test_times_come_back_in_utc(store_url: str) -> None:
    with open_store(store_url) as store:
        with store.writing() as session:
            session.execute(text("SELECT 1"))
            session.add(plant("one"))
        with store.reading() as session:
            moment = session.exec(select(PlantRow.updated_at)).one()
    assert (moment, moment.tzinfo) == (MORNING, UTC)


def test_a_reading_unit_sees_one_moment_and_cannot_write(postgres_url: str) -> None:
    with open_store(postgres_url) as store, store.reading() as session:
        assert session.exec(select(PlantRow.code)).all() == []
        with store.writing() as other:
            other.add(plant("later"))
        assert session.exec(select(PlantRow.code)).all() == []
        with pytest.raises(InternalError, match="read-only"):
            session.execute(text("DELETE FROM plant"))


def test_a_store_opened_to_read_writes_nothing(postgres_url: str) -> None:
    open_store(postgres_url).close()
    with (
        open_store(postgres_url, write=False) as store,
        store.engine.connect() as connection,
        pytest.raises(InternalError, match="read-only"),
    ):
        connection.execute(text("DELETE FROM plant"))


def test_an_empty_database_opened_to_read_says_what_to_do(postgres_url: str) -> None:
    with pytest.raises(StoreError, match="suranys db upgrade"):
        open_store(postgres_url, write=False)


def test_a_server_that_is_not_there_is_a_named_error_without_the_password() -> None:
    with pytest.raises(StoreError, match="cannot be opened") as error:
        open_store("postgresql+psycopg://zone:hunter2@127.0.0.1:1/suranys")
    assert "hunter2" not in str(error.value)


def test_several_processes_may_open_and_migrate_at_once(postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(postgres_url), range(4)))
    for store in stores:
        assert not store.alone
        store.close()


def test_of_many_that_claim_one_run_at_once_one_gets_it(postgres_url: str) -> None:
    gate = threading.Barrier(8)

    def ask(number: int) -> bool:
        gate.wait()
        with store.writing() as session:
            held = claim(session, "match", "2026-05-18", owner=str(number), now=MORNING)
        return held is not None

    with open_store(postgres_url) as store:
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(ask, range(8))) == 1
        with store.reading() as session:
            assert session.exec(select(RunRow.fencing)).all() == [1]


def test_two_readers_of_one_portal_store_a_notice_once(postgres_url: str) -> None:
    gate = threading.Barrier(4)
    page = [pipe_notice(str(number)) for number in range(40)]

    def save(_: int) -> int:
        gate.wait()
        with store.writing() as session:
            return save_page(session, page, NOON).new

    with open_store(postgres_url) as store, ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save, range(4))) == [0, 0, 0, 40]


def test_a_named_lock_lets_one_unit_in_at_a_time(postgres_url: str) -> None:
    inside: list[int] = []
    most: list[int] = []

    def enter(number: int) -> None:
        with store.writing() as session:
            named_lock(session, "door")
            inside.append(number)
            most.append(len(inside))
            session.execute(text("SELECT pg_sleep(0.01)"))
            inside.remove(number)

    with open_store(postgres_url) as store, ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, range(12)))
    assert most == [1] * 12


def test_the_configuration_takes_a_servers_address() -> None:
    url = "postgresql+psycopg://zone@db.example.invalid/suranys"
    assert Config(database=Database(url=url)).database.url == url


def test_a_nul_in_any_text_is_stored_as_the_sign_for_what_cannot_be_read(postgres_url: str) -> None:
    with open_store(postgres_url) as store:
        with store.writing() as session:
            session.add(plant("one", "За\x00вод"))
            session.execute(insert(PlantRow), [plant("two", "\x00").model_dump(exclude={"id"})])
        with store.reading() as session:
            names = session.exec(select(PlantRow.name).order_by(col(PlantRow.code))).all()
        assert names == ["За\ufffdвод", "\ufffd"]
