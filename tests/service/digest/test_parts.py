"""Digests in parts: together they freeze what one run freezes, whoever takes which part."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from scrapers.records import Period
from service.clock import FixedClock
from service.config import Config, Database, Recipient
from service.jobs.alerts import write_alerts
from service.jobs.digest import write_digests
from service.jobs.digest_parts import JOB, Part, parts, write_part
from service.jobs.parts import Taker, carry_part
from service.jobs.runs import Report
from service.places import Places, places
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.tables import DeliveryRow, DigestItemRow
from service.store.tables.naming import Origin, Outcome
from tests.service.digest.samples import NOW
from tests.service.digest.test_job import CATALOGUE, open_notice, save

CLOCK = FixedClock(NOW)
READERS = tuple(
    Recipient(name=f"Отдел {n}", address=f"desk{n}@zone.example", role="plant", plant="mill")
    for n in range(20)
)


def filled(url: str) -> Store:
    store = open_store(url)
    with store.writing() as session:
        save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
    save(store, open_notice("1"), "p1")
    return store


def settings(folder: Path, url: str) -> tuple[Config, Places]:
    config = Config(folder=folder, recipients=READERS, database=Database(url=url))
    return config, places(config)


def told(store: Store) -> list[tuple[int, str, str, int, int]]:
    with store.reading() as session:
        rows = session.exec(
            select(DeliveryRow, DigestItemRow)
            .join(DigestItemRow, DigestItemRow.delivery_id == DeliveryRow.id)  # type: ignore[arg-type]  # a column expression
            .order_by(DeliveryRow.person_id, DigestItemRow.lead_id)  # type: ignore[arg-type]  # columns
        )
        return [(a.person_id, a.kind, a.slot, b.lead_id, b.telling) for a, b in rows]


@pytest.fixture
def stores(postgres_url: str) -> Iterator[tuple[Store, Store]]:
    with filled(postgres_url) as one, open_store(postgres_url) as other:
        yield one, other


def test_parts_shared_by_workers_freeze_what_one_run_freezes(
    stores: tuple[Store, Store], postgres_url: str, tmp_path: Path
) -> None:
    with filled(f"sqlite:///{tmp_path}/alone.db") as alone:
        config, spot = settings(tmp_path / "alone", f"sqlite:///{tmp_path}/alone.db")
        write_digests(alone, config, spot, CLOCK)
        expected = told(alone)
    assert len(expected) == len(READERS)
    config, spot = settings(tmp_path / "shared", postgres_url)
    todo = parts(stores[0], config, CLOCK, 3)
    assert [len(part.people) for part in todo] == [3] * 6 + [2]

    def work(number: int, part: Part) -> Outcome:
        done = write_part(Taker.of(stores[number % 2]), config, spot, CLOCK, part)
        assert done is not None
        return done.outcome

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(work, range(7), todo)) == {Outcome.OK}
        # Once more, as after a kill whose work was stored all the same.
        assert set(pool.map(work, range(7), todo)) == {Outcome.OK}
    assert told(stores[0]) == expected
    assert parts(stores[0], config, CLOCK, 3) == []


def test_a_mail_and_a_lead_that_two_processes_tell_at_once_are_told_once(
    stores: tuple[Store, Store], postgres_url: str, tmp_path: Path
) -> None:
    """Two runs of the whole job on one database, and the urgent mails of the same leads."""
    config, spot = settings(tmp_path, postgres_url)
    write_digests(stores[0], config, spot, CLOCK)  # from now on urgent mails may be written
    later = FixedClock(NOW + timedelta(days=1))
    soon = Period(None, NOW + timedelta(days=3), "Asia/Almaty")  # two working days after that
    save(stores[0], open_notice("2", period=soon), "p1")

    def work(number: int) -> int:
        if number == 2:
            return write_alerts(stores[0], config, spot, later)
        results = write_digests(stores[number], config, spot, later)
        return sum(result.action == "failed" for result in results)

    with ThreadPoolExecutor(3) as pool:
        failed = list(pool.map(work, range(3)))[:2]
    assert failed == [0, 0]
    keys = [(person, lead, telling) for person, _, _, lead, telling in told(stores[0])]
    assert len(keys) == len(set(keys)) == 2 * len(READERS)


def test_a_part_that_another_process_is_at_is_left_and_one_of_yesterday_is_over(
    stores: tuple[Store, Store], postgres_url: str, tmp_path: Path
) -> None:
    config, spot = settings(tmp_path, postgres_url)
    one, other = map(Taker.of, stores)
    [part] = parts(stores[0], config, CLOCK)

    def meanwhile(_held: object) -> Report:
        assert write_part(other, config, spot, CLOCK, part) is None
        return Report(Outcome.OK)

    assert carry_part(one, JOB, part.name, meanwhile) == Report(Outcome.OK)
    tomorrow = FixedClock(NOW + timedelta(days=1))
    done = write_part(one, config, spot, tomorrow, part)
    assert done is not None
    assert done.outcome is Outcome.SKIPPED
    assert told(stores[0]) == []
