"""The coverage map: what is read, what is not and why, and days out of a portal's habit."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from scrapers.portals import PORTALS
from service.clock import FixedClock
from service.config import Config, PortalTable
from service.health.coverage import PortalCoverage, coverage
from service.jobs.runs import Report, claim, finish
from service.market import facts_of, market, not_read
from service.store import Store, open_store
from service.store.arrivals import arrivals
from service.store.notices import note_rows, save_page
from service.store.tables.naming import Outcome
from service.store.waiting import WaitingCount, add_waiting
from tests.service.notices import NOON, pipe_notice

MITWORK = "kz_mitwork"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        yield store


def seen(store: Store, first: int, count: int, at: datetime) -> None:
    """Store so many notices as new at a moment."""
    notices = [pipe_notice(str(first + n), portal=MITWORK) for n in range(count)]
    with store.writing() as session:
        save_page(session, notices, at)
        note_rows(session, MITWORK, [n.id for n in notices], {}, reader=MITWORK, now=at)


def habit(store: Store, *, weeks: int, a_day: int) -> None:
    """A first day on which all was read, then some new notices on this weekday."""
    seen(store, 0, 50, NOON - timedelta(weeks=weeks, days=3))
    for week in range(1, weeks + 1):
        seen(store, 1000 * week, a_day, NOON - timedelta(weeks=week, hours=3))


def ran(store: Store, report: Report, at: datetime = NOON) -> None:
    with store.writing() as session:
        held = claim(session, f"collect:{MITWORK}", "2026-05-04", owner="me", now=at)
        assert held is not None
        finish(session, held, report, at)


def mapped(store: Store | None, **tables: PortalTable) -> dict[str, PortalCoverage]:
    config = Config(portals=tables)
    if store is None:
        found = coverage(None, config, FixedClock(NOON))
    else:
        with store.reading() as session:
            found = coverage(session, config, FixedClock(NOON))
    return {each.name or each.title: each for each in found}


def test_the_map_holds_every_portal_and_every_one_that_is_not_read() -> None:
    found = mapped(None)
    assert PORTALS.keys() - found.keys() == {"sample"}
    assert {each.name for each in not_read()} <= found.keys()
    assert not any(each.read for each in found.values())
    assert all(each.why_not for each in found.values())


def test_a_portal_that_was_never_read_does_not_pretend() -> None:
    found = mapped(None, kz_mitwork=PortalTable(enabled=True))
    assert found[MITWORK].why_not == "never read yet"
    assert found["kz_ets_tender"].why_not == "unverified, therefore switched off"
    api = mapped(None, kz_goszakup_api=PortalTable(enabled=True))["kz_goszakup_api"]
    assert (api.token, api.token_present) == ("GOSZAKUP_TOKEN", False)
    assert api.why_not == "no access token: set GOSZAKUP_TOKEN"


def test_a_read_portal_tells_its_volume_and_what_waits(store: Store) -> None:
    seen(store, 0, 7, NOON - timedelta(days=2))
    seen(store, 100, 2, NOON - timedelta(hours=1))
    with store.writing() as session:
        add_waiting(session, MITWORK, MITWORK, {"1": "m", "2": "m"}, NOON - timedelta(days=2))
    ran(store, Report(Outcome.OK, read=9))
    found = mapped(store, kz_mitwork=PortalTable(enabled=True, delay_seconds=2))[MITWORK]
    assert found.read
    assert found.fault == ""
    assert found.last_ok_at == NOON
    assert found.arrivals is not None
    assert (found.arrivals.month, found.arrivals.day, found.arrivals.usual) == (9, 2, None)
    assert found.waiting == WaitingCount(2, NOON - timedelta(days=2))
    assert found.delay_seconds == 2


def test_the_last_runs_fault_is_named(store: Store) -> None:
    ran(store, Report(Outcome.FAILED, "a captcha", fault="Blocked"))
    found = mapped(store, kz_mitwork=PortalTable(enabled=True))[MITWORK]
    assert (found.fault, found.said, found.last_ok_at) == ("Blocked", "a captcha", None)


@pytest.mark.parametrize(
    ("today", "fault"), [(0, "ImplausibleListing"), (3, ""), (40, ""), (41, "ImplausibleListing")]
)
def test_a_day_out_of_the_weekdays_habit_is_implausible(
    store: Store, today: int, fault: str
) -> None:
    habit(store, weeks=4, a_day=10)
    seen(store, 9000, today, NOON - timedelta(hours=1))
    ran(store, Report(Outcome.OK))
    found = mapped(store, kz_mitwork=PortalTable(enabled=True))[MITWORK]
    assert found.fault == fault, found.said


def test_two_weeks_and_a_small_portal_are_no_habit(store: Store) -> None:
    habit(store, weeks=2, a_day=10)
    with store.reading() as session:
        assert arrivals(session, MITWORK, NOON).usual is None


def test_a_portal_of_few_notices_may_be_silent(store: Store) -> None:
    habit(store, weeks=5, a_day=2)
    with store.reading() as session:
        found = arrivals(session, MITWORK, NOON)
    assert (found.usual, found.day, found.implausible) == (2, 0, "")


def test_facts_name_only_portals_that_exist_and_carry_source_and_day() -> None:
    assert market().portals.keys() <= PORTALS.keys()
    for fact in market().facts.values():
        assert fact.source
        assert all(fact.because[code] for code in ("ru", "kk", "en"))
        assert fact.answer in {"yes", "no", "unknown"}
    unlisted = facts_of("no_such_portal")
    assert (unlisted.verified, unlisted.registration.answer) == (False, "unknown")


def test_a_reason_of_a_portal_that_is_not_read_has_a_source_and_a_day() -> None:
    for each in not_read():
        assert each.reason, each.name
        assert each.source, each.name
        assert each.as_of <= NOON.date() + timedelta(days=400)
    assert {"KG", "GE", "AM"} <= {each.country for each in not_read()}


def test_a_replay_covers_what_it_read_and_nothing_else(store: Store) -> None:
    ran(store, Report(Outcome.OK, read=9))
    with store.reading() as session:
        found = coverage(session, Config(), FixedClock(NOON), live=False)
    assert [(each.name, each.read) for each in found] == [(MITWORK, True)]
