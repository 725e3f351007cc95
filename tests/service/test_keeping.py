"""Moving, upgrading, backing up, cleaning, and erasing a person: nothing is lost on the way."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from service.config import Config, Keep
from service.errors import StoreError, StoreLocked
from service.keeping import back_up_daily, clean_up
from service.places import places
from service.store import Store, open_store
from service.store.copying import Copied, copy_database
from service.store.inspecting import inspect
from service.store.migrations import head
from service.store.notices import save_page
from service.store.personal import erase, personal
from service.store.tables import (
    DeliveryRow,
    JournalRow,
    NoticeRow,
    PersonRow,
    RunRow,
    WebSessionRow,
)
from service.upgrading import upgrade_database
from tests.service.notices import NOON, pipe_notice

ADDRESS = "aigul@zone.example.invalid"
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


def person() -> PersonRow:
    return PersonRow(
        address=ADDRESS,
        name="Айгуль",
        role="official",
        origin="edited",
        created_at=NOW,
        updated_at=NOW,
        password_hash="argon2",
    )


def run(ended: datetime | None, job: str = "clean", lease: datetime = NOW) -> RunRow:
    return RunRow(
        job=job,
        slot=f"{ended}",
        state="running" if ended is None else "ended",
        outcome=None if ended is None else "OK",
        started_at=NOW,
        ended_at=ended,
        attempt=1,
        fencing=1,
        lease_owner="elsewhere:1",
        lease_until=lease,
    )


def fill(store: Store, folder: Path) -> None:
    """Three notices, and a person who signed in and was mailed to."""
    with store.writing() as session:
        save_page(session, [pipe_notice(str(number)) for number in range(3)], NOON)
        someone = person()
        session.add(someone)
        session.flush()
        assert someone.id is not None
        far = NOW + timedelta(days=1)
        session.add_all(
            [
                WebSessionRow(
                    hash="h", person_id=someone.id, created_at=NOW, seen_at=NOW, expires_at=far
                ),
                DeliveryRow(
                    person_id=someone.id,
                    kind="digest",
                    slot="2026-05-04",
                    address=ADDRESS,
                    message_id="<1@zone.example.invalid>",
                    state="written",
                    body=b"\x00\xffmail",
                    body_path=str(folder / "mail.eml"),
                    created_at=NOW,
                    state_at=NOW,
                ),
                JournalRow(
                    at=NOW,
                    person_id=someone.id,
                    actor=ADDRESS,
                    action="took",
                    subject="lead",
                    subject_id=1,
                ),
            ]
        )


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/old.db") as store:
        fill(store, tmp_path)
        yield store


def test_every_row_moves_to_postgresql_with_the_same_checksum(
    old: Store, postgres_url: str
) -> None:
    told: list[Copied] = []
    with open_store(postgres_url) as new:
        copy_database(old, new, NOW, told.append)
        rows = {each.table: each.rows for each in told}
        assert (rows["notice"], rows["person"], rows["delivery"]) == (3, 1, 1)
        assert len({each.checksum for each in told if each.rows}) > 4
        with new.writing() as session:
            # The next key follows the copied ones.
            save_page(session, [pipe_notice("later")], NOON)
            assert session.exec(select(NoticeRow.id)).all() == [1, 2, 3, 4]
            assert session.exec(select(DeliveryRow.body)).one() == b"\x00\xffmail"


def test_nothing_is_copied_over_rows_or_while_somebody_is_at_work(
    old: Store, postgres_url: str
) -> None:
    with open_store(postgres_url) as new:
        with old.writing() as session:
            session.add(run(None, lease=NOW + timedelta(minutes=1)))
        with pytest.raises(StoreError, match="elsewhere:1 is at work"):
            copy_database(old, new, NOW, lambda _: None)
        copy_database(old, new, NOW + timedelta(minutes=2), lambda _: None)
        with pytest.raises(StoreError, match="already holds rows"):
            copy_database(old, new, NOW + timedelta(minutes=2), lambda _: None)


def test_a_copy_that_fails_leaves_the_target_empty(old: Store, postgres_url: str) -> None:
    def full(table: Copied) -> None:
        if table.table == "person":
            raise OSError("the disk is full")

    with open_store(postgres_url) as new:
        with pytest.raises(OSError, match="disk"):
            copy_database(old, new, NOW, full)
        with new.reading() as session:
            assert session.exec(select(NoticeRow.id)).all() == []


def test_a_person_is_listed_and_erased_and_the_record_of_what_was_told_stays(
    store_url: str, tmp_path: Path
) -> None:
    with open_store(store_url) as store:
        fill(store, tmp_path)
        with store.writing() as session:
            known = personal(session, ADDRESS.upper())
            assert known is not None
            assert known.rows == {"person": 1, "web_session": 1, "delivery": 1, "journal": 1}
            assert known.files == (tmp_path / "mail.eml",)
            erase(session, known, NOW)
        with store.reading() as session:
            assert personal(session, ADDRESS) is None
            assert session.exec(select(WebSessionRow)).all() == []
            gone = session.exec(select(PersonRow)).one()
            assert (gone.name, gone.password_hash, gone.disabled_at) == ("", None, NOW)
            mail = session.exec(select(DeliveryRow)).one()
            assert (mail.body, mail.slot) == (None, "2026-05-04")
            for text in (mail.address, session.exec(select(JournalRow.actor)).one(), gone.address):
                assert text == f"erased-{gone.id}@example.invalid"


def at_revision(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
        connection.commit()


def test_an_upgrade_that_fails_puts_the_database_back_as_it_was(tmp_path: Path) -> None:
    path, url = tmp_path / "old.db", f"sqlite:///{tmp_path}/old.db"
    with open_store(url) as store:
        fill(store, tmp_path)
    at_revision(path, "0007")

    def breaks(url: str) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DELETE FROM notice")
            connection.commit()
        raise sqlite3.OperationalError("no such column")

    with pytest.raises(StoreError, match=r"as it was before it .*backups.*no such column"):
        upgrade_database(url, NOW, keep=3, migrate=breaks)
    facts = inspect(path, whole=True)
    assert (facts.revision, facts.counts["notice"], facts.problem) == ("0007", 3, "")


def test_an_upgrade_leaves_a_copy_of_before(tmp_path: Path) -> None:
    path, url = tmp_path / "old.db", f"sqlite:///{tmp_path}/old.db"
    open_store(url).close()
    assert upgrade_database(url, NOW, keep=3).backup is None
    at_revision(path, "0007")
    done = upgrade_database(url, NOW, keep=3, migrate=lambda _: at_revision(path, head()))
    assert (done.before, done.after) == ("0007", head())
    assert done.backup is not None
    assert inspect(done.backup).revision == "0007"


def test_an_upgrade_without_a_database_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no database .*`suranys run` makes one"):
        upgrade_database(f"sqlite:///{tmp_path}/var/suranys.db", NOW, keep=3)
    assert list(tmp_path.iterdir()) == []


def test_an_upgrade_beside_a_running_process_is_refused(old: Store, tmp_path: Path) -> None:
    at_revision(tmp_path / "old.db", "0007")
    with pytest.raises(StoreLocked):
        upgrade_database(f"sqlite:///{tmp_path}/old.db", NOW, keep=3)


def test_a_daily_copy_can_be_restored_and_the_oldest_go(old: Store, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    copies = [back_up_daily(url, 2, NOW + timedelta(days=day)) for day in range(3)]
    assert [each.exists() for each in copies] == [False, True, True]
    with open_store(f"sqlite:///{copies[-1]}") as restored, restored.reading() as session:
        assert len(session.exec(select(NoticeRow)).all()) == 3
        assert session.exec(select(PersonRow.address)).one() == ADDRESS
    assert inspect(copies[-1], whole=True).problem == ""


def test_what_is_old_is_cleaned_and_what_runs_or_is_new_stays(
    store_url: str, tmp_path: Path
) -> None:
    config = Config(folder=tmp_path, keep=Keep(runs_days=60, archive_days=1))
    spot = replace(places(config), database_url=store_url)
    page = spot.archive / "ab" / "page.gz"
    page.parent.mkdir(parents=True)
    page.write_bytes(b"")
    with open_store(store_url) as store:
        with store.writing() as session:
            days = {"old": 61, "new": 59}
            session.add_all([run(NOW - timedelta(days=n), f"clean {k}") for k, n in days.items()])
            session.add_all([run(NOW - timedelta(days=3), "match"), run(None, "digest")])
        gone = clean_up(store, config, spot, datetime.now(UTC) + timedelta(days=2))
        assert gone["archived answers"] == 1
        with store.writing() as session:
            session.add_all([run(NOW - timedelta(days=n), f"again {k}") for k, n in days.items()])
        clean_up(store, config, spot, NOW)
        with store.reading() as session:
            assert set(session.exec(select(RunRow.job))) == {"again new", "digest"}
    assert not page.exists()
