"""The clocks: UTC always, and a replay stands at the day of capture."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from service.clock import Clock, FixedClock, ReplayClock, SystemClock

MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def test_every_clock_gives_utc() -> None:
    clocks: list[Clock] = [SystemClock(), FixedClock(MAY), ReplayClock({"ted": MAY})]
    assert all(clock.now().tzinfo is UTC for clock in clocks)


def test_a_replayed_portal_stands_at_its_own_day() -> None:
    clock = ReplayClock({"ted": MAY, "mitwork": JUNE})
    assert clock.now("ted") == MAY
    assert clock.now("mitwork") == JUNE


def test_a_replay_as_a_whole_stands_at_the_latest_day() -> None:
    clock = ReplayClock({"ted": MAY, "mitwork": JUNE})
    assert clock.now() == JUNE
    assert clock.now("never saved") == JUNE


def test_a_replay_of_nothing_has_no_time() -> None:
    with pytest.raises(ValueError, match="at least one portal"):
        ReplayClock({})


def test_a_clock_refuses_another_zone() -> None:
    with pytest.raises(ValueError, match="UTC"):
        FixedClock(MAY.astimezone(timezone(timedelta(hours=5))))
