"""The run table: one holder at a time, a lapsed one cannot commit, every run ends with a reason."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, select

from service.jobs.runs import LEASE, Claim, LeaseLost, Report, claim, day_slot, finish, renew
from service.store import open_store
from service.store.tables import RunRow
from service.store.tables.naming import Outcome

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
LAPSED = NOW + LEASE


@pytest.fixture
def session(store_url: str) -> Iterator[Session]:
    with open_store(store_url) as store, store.writing() as session:
        yield session


def claimed(
    session: Session, owner: str = "a", *, now: datetime = NOW, again: bool = False
) -> Claim:
    held = claim(session, "collect:ted", "2026-05-04", owner=owner, now=now, again=again)
    assert held is not None
    return held


def test_a_run_has_one_holder(session: Session) -> None:
    claimed(session)
    assert claim(session, "collect:ted", "2026-05-04", owner="b", now=NOW) is None
    assert claim(session, "collect:ted", "2026-05-05", owner="b", now=NOW) is not None
    assert claim(session, "collect:mitwork", "2026-05-04", owner="b", now=NOW) is not None


def test_a_holder_whose_lease_lapsed_cannot_commit_over_its_successor(session: Session) -> None:
    first = claimed(session)
    second = claimed(session, "b", now=LAPSED)
    assert (second.attempt, second.fencing) == (2, 2)
    with pytest.raises(LeaseLost):
        renew(session, first, LAPSED)
    with pytest.raises(LeaseLost):
        finish(session, first, Report(Outcome.OK), LAPSED)
    finish(session, second, Report(Outcome.OK), LAPSED)


def test_a_renewed_lease_does_not_lapse(session: Session) -> None:
    held = claimed(session)
    renew(session, held, NOW + timedelta(minutes=9))
    assert claim(session, "collect:ted", "2026-05-04", owner="b", now=LAPSED) is None


def test_a_killed_run_is_taken_over_at_once_by_the_only_process(session: Session) -> None:
    claimed(session)
    after = claim(session, "collect:ted", "2026-05-04", owner="b", now=NOW, alone=True)
    assert after is not None
    own = claim(session, "collect:ted", "2026-05-04", owner="b", now=NOW, alone=True)
    assert own is None, "a second thread of the same process"


@pytest.mark.parametrize(
    ("outcome", "due"),
    [
        (Outcome.OK, False),
        (Outcome.SKIPPED, False),
        (Outcome.PARTIAL, True),
        (Outcome.FAILED, True),
    ],
)
def test_only_what_did_not_succeed_is_due_again(
    session: Session, outcome: Outcome, due: bool
) -> None:
    finish(session, claimed(session), Report(outcome, "why"), NOW)
    assert (claim(session, "collect:ted", "2026-05-04", owner="b", now=NOW) is not None) is due


def test_a_person_may_ask_for_a_finished_run_again(session: Session) -> None:
    finish(session, claimed(session), Report(Outcome.OK, "read all", read=50), NOW)
    assert claimed(session, "b", again=True).attempt == 2
    row = session.exec(select(RunRow)).one()
    assert (row.state, row.outcome, row.reason, row.read) == ("running", None, "", 0)


def test_a_run_that_ended_cannot_end_again(session: Session) -> None:
    held = claimed(session)
    finish(session, held, Report(Outcome.OK), NOW)
    with pytest.raises(LeaseLost):
        finish(session, held, Report(Outcome.FAILED), NOW)


def test_a_day_begins_at_midnight_in_almaty() -> None:
    # Kazakhstan is UTC+5 everywhere since 2024-03-01
    assert day_slot(datetime(2026, 5, 4, 18, 59, tzinfo=UTC), "Asia/Almaty") == "2026-05-04"
    assert day_slot(datetime(2026, 5, 4, 19, 0, tzinfo=UTC), "Asia/Almaty") == "2026-05-05"


class Holders(RuleBasedStateMachine):
    """Three processes and a clock that jumps: at most one of them may ever commit."""

    databases = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store(f"sqlite:///{self.folder}/{next(self.databases)}.db")
        self.now = NOW
        self.held: dict[str, Claim] = {}
        self.ended = 0

    folder: Path

    @rule(minutes=st.sampled_from([-1, 1, 6, 11]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(owner=st.sampled_from("abc"))
    def take(self, owner: str) -> None:
        with self.store.writing() as session:
            held = claim(session, "job", "slot", owner=owner, now=self.now)
        if held is not None:
            self.held[owner] = held

    @rule(owner=st.sampled_from("abc"))
    def work(self, owner: str) -> None:
        if owner in self.held:
            try:
                with self.store.writing() as session:
                    renew(session, self.held[owner], self.now)
            except LeaseLost:
                newest = max(each.fencing for each in self.held.values())
                assert self.held.pop(owner).fencing < newest

    @rule(owner=st.sampled_from("abc"))
    def end(self, owner: str) -> None:
        held = self.held.pop(owner, None)
        if held is not None and all(held.fencing > each.fencing for each in self.held.values()):
            with self.store.writing() as session:
                finish(session, held, Report(Outcome.FAILED, "for the test"), self.now)

    @invariant()
    def claims_are_told_apart(self) -> None:
        numbers = [held.fencing for held in self.held.values()]
        assert len(numbers) == len(set(numbers))

    def teardown(self) -> None:
        self.store.close()


def test_whatever_the_order_one_holder_commits(tmp_path: Path) -> None:
    Holders.folder = tmp_path
    run_state_machine_as_test(
        Holders, settings=settings(deadline=None, max_examples=15, stateful_step_count=20)
    )
