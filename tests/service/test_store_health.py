"""What `status` and a digest say of the portals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from service.jobs.runs import Report, claim, finish
from service.store import open_store
from service.store.health import counts, last_runs
from service.store.tables.naming import Outcome

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def session(store_url: str) -> Iterator[Session]:
    with open_store(store_url) as store, store.writing() as session:
        yield session


def ran(session: Session, job: str, day: int, report: Report | None) -> None:
    now = NOW + timedelta(days=day)
    held = claim(session, job, f"day {day}", owner="test", now=now)
    assert held is not None
    if report is not None:
        finish(session, held, report, now)


def test_the_last_ended_run_speaks_for_a_portal(session: Session) -> None:
    ran(session, "collect:ted", 0, Report(Outcome.OK, read=50, new=7))
    ran(session, "collect:ted", 1, Report(Outcome.FAILED, "captcha", fault="Blocked", failed=1))
    ran(session, "collect:ted", 2, None)
    ran(session, "collect:mitwork", 0, Report(Outcome.PARTIAL, "time ran out"))
    ran(session, "match", 1, Report(Outcome.OK))
    mitwork, ted = last_runs(session)
    assert (mitwork.portal, mitwork.outcome, mitwork.last_ok_at) == ("mitwork", "PARTIAL", None)
    assert (ted.portal, ted.outcome, ted.fault, ted.reason) == (
        "ted",
        "FAILED",
        "Blocked",
        "captcha",
    )
    assert (ted.ended_at, ted.last_ok_at) == (NOW + timedelta(days=1), NOW)


def test_an_empty_store_counts_nothing(session: Session) -> None:
    held = counts(session)
    assert (held.notices, held.gone, held.lots, held.products) == ({}, 0, 0, 0)
    assert last_runs(session) == []
