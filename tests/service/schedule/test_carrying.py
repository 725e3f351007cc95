"""Each slot is carried out once and missed ones are made up for once, whatever the clock does."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from catalog.records import Catalogue
from service.config import Config
from service.jobs.runs import LEASE, Report, abandon, claim
from service.modes import Ground
from service.places import Places
from service.schedule.carrying import Job, Work, carry_out
from service.schedule.slots import Daily
from service.store import Store, open_store
from service.store.tables import RunRow
from service.store.tables.naming import Outcome

EIGHT = datetime(2026, 5, 4, 3, tzinfo=UTC)  # 08:00 in Almaty
ROUNDS = 8
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass
class HandClock:
    """A clock that a test sets."""

    moment: datetime

    def now(self, portal: str | None = None) -> datetime:  # noqa: ARG002 - the protocol's argument
        return self.moment


@dataclass
class Bench:
    """A store, a job at eight that notes its slots, and a clock for both time and leases."""

    store: Store
    clock: HandClock
    did: list[str] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def do(self, work: Work) -> Report:
        self.did.append(work.slot.name)
        if self.fails:
            raise self.fails.pop()
        return Report(Outcome.OK, read=1)

    @property
    def job(self) -> Job:
        return Job("letters", Daily((time(8),), "Asia/Almaty"), self.do, back=3 * DAY)

    def ask(self, store: Store | None = None) -> Report | None:
        place = Places("live", "", Path(), Path())
        ground = Ground(Config(), place, self.clock, Catalogue((), ()))
        return carry_out(store or self.store, ground, self.job, wall=self.clock)

    def at(self, moment: datetime) -> "Bench":
        self.clock.moment = moment
        return self

    def runs(self) -> dict[str, str | None]:
        with self.store.reading() as session:
            return {row.slot: row.outcome for row in session.exec(select(RunRow))}


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    with open_store(store_url) as store:
        yield Bench(store, HandClock(EIGHT))


def test_a_slot_is_carried_out_once(bench: Bench) -> None:
    assert bench.at(EIGHT - MINUTE).ask() is not None, "the slot of the day before, missed"
    for minutes in range(5):
        bench.at(EIGHT + minutes * MINUTE).ask()
    assert bench.did == ["2026-05-03T08:00", "2026-05-04T08:00"]
    assert set(bench.runs().values()) == {"OK"}


def test_days_that_were_missed_are_made_up_for_in_one_run(bench: Bench) -> None:
    bench.ask()
    bench.at(EIGHT + 3 * DAY + 5 * MINUTE).ask()
    bench.ask()
    assert bench.did == ["2026-05-04T08:00", "2026-05-07T08:00"]


def test_what_is_too_late_is_left_to_the_next_slot(bench: Bench) -> None:
    job = replace(bench.job, back=timedelta(hours=1))
    place = Places("live", "", Path(), Path())
    ground = Ground(Config(), place, HandClock(EIGHT + 2 * timedelta(hours=1)), Catalogue((), ()))
    assert carry_out(bench.store, ground, job, wall=bench.clock) is None


def test_a_clock_put_back_carries_nothing_out_again(bench: Bench) -> None:
    bench.at(EIGHT + DAY).ask()
    assert bench.at(EIGHT).ask() is None
    assert bench.at(EIGHT + DAY + MINUTE).ask() is None
    assert bench.at(EIGHT + 2 * DAY).ask() is not None


def test_a_clock_that_was_years_ahead_blocks_nothing_once_it_is_right(bench: Bench) -> None:
    bench.at(EIGHT + 1500 * DAY).ask()
    assert bench.at(EIGHT).ask() is not None
    assert bench.did[-1] == "2026-05-04T08:00"


def test_a_lease_given_by_a_clock_that_was_ahead_lapses_when_it_is_right(bench: Bench) -> None:
    with bench.store.writing() as session:
        ahead = EIGHT + 300 * DAY
        claim(session, "letters", "2026-05-04T08:00", owner="killed", now=ahead)
    assert bench.ask() is not None


def test_what_failed_is_tried_again_later_and_three_times_in_all(bench: Bench) -> None:
    bench.fails = [OSError("the disk is full") for _ in range(9)]
    assert bench.ask() == Report(Outcome.FAILED, "the disk is full", fault="OSError")
    for minutes in range(1, 120):
        bench.at(EIGHT + minutes * MINUTE).ask()
    assert len(bench.did) == 3
    assert bench.runs() == {"2026-05-04T08:00": "FAILED"}
    bench.fails.clear()
    bench.at(EIGHT + DAY).ask()
    assert bench.runs()["2026-05-05T08:00"] == "OK"


def test_a_run_whose_process_was_killed_waits_for_its_lease_and_is_taken_over(
    bench: Bench,
) -> None:
    with bench.store.writing() as session:
        claim(session, "letters", "2026-05-04T08:00", owner=bench.store.owner, now=EIGHT)
    assert bench.at(EIGHT + LEASE - MINUTE).ask() is None
    assert bench.at(EIGHT + LEASE).ask() is not None


def test_a_killed_run_of_an_older_slot_ends_failed_and_is_made_up_for(bench: Bench) -> None:
    with bench.store.writing() as session:
        claim(session, "letters", "2026-05-04T08:00", owner="killed", now=EIGHT)
    bench.at(EIGHT + DAY).ask()
    assert bench.runs() == {"2026-05-04T08:00": "FAILED", "2026-05-05T08:00": "OK"}


def test_a_run_still_going_on_is_not_joined_by_the_next_slot(bench: Bench) -> None:
    with bench.store.writing() as session:
        late = EIGHT + DAY - MINUTE
        claim(session, "letters", "2026-05-04T08:00", owner=bench.store.owner, now=late)
    assert bench.at(EIGHT + DAY).ask() is None


def test_who_was_overtaken_ends_nothing(bench: Bench) -> None:
    taken = threading.Event()

    def overtaken(work: Work) -> Report:
        with work.store.writing() as session:
            row = session.exec(select(RunRow)).one()
            row.fencing, row.lease_owner = row.fencing + 1, "successor"
            session.add(row)
        taken.set()
        return Report(Outcome.OK)

    place = Places("live", "", Path(), Path())
    ground = Ground(Config(), place, bench.clock, Catalogue((), ()))
    job = replace(bench.job, do=overtaken)
    assert carry_out(bench.store, ground, job, wall=bench.clock) is None
    assert taken.is_set()
    assert bench.runs() == {"2026-05-04T08:00": None}


def test_a_process_that_ends_gives_its_runs_up_at_once(bench: Bench) -> None:
    with bench.store.writing() as session:
        claim(session, "letters", "2026-05-04T08:00", owner=bench.store.owner, now=EIGHT)
    with bench.store.writing() as session:
        assert abandon(session, bench.store.owner, EIGHT) == 1
    assert bench.ask() is not None


def test_of_two_processes_that_ask_at_once_one_does_it(postgres_url: str) -> None:
    gate = threading.Barrier(6)
    with open_store(postgres_url) as store:
        bench = Bench(store, HandClock(EIGHT))
        stores = [open_store(postgres_url) for _ in range(6)]

        def ask(other: Store) -> None:
            for day in range(ROUNDS):
                gate.wait()
                bench.at(EIGHT + day * DAY).ask(other)

        threads = [threading.Thread(target=ask, args=[each]) for each in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for each in stores:
            each.close()
        assert bench.did == [f"2026-05-{4 + day:02}T08:00" for day in range(ROUNDS)]
