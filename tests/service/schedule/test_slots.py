"""Slots over a year and over changes of clocks: none lost, none twice, names sort by time."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from service.schedule.slots import Daily, Every, following, latest

ALMATY = "Asia/Almaty"
ZONES = ("Asia/Almaty", "Europe/Kyiv", "America/Sao_Paulo", "Asia/Kabul", "Australia/Lord_Howe")
TIMES = st.lists(st.integers(0, 1439), min_size=1, max_size=4, unique=True).map(
    lambda minutes: tuple(time(each // 60, each % 60) for each in minutes)
)
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001 - UTC next
    lambda moment: moment.replace(tzinfo=UTC)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def names(rhythm: Daily | Every, start: str, end: str) -> list[str]:
    return [slot.name for slot in rhythm.between(at(start), at(end))]


def test_eight_in_almaty_is_three_in_utc() -> None:
    rhythm = Daily((time(8),), ALMATY)
    (slot,) = rhythm.between(at("2026-05-04T00:00Z"), at("2026-05-05T00:00Z"))
    assert (slot.name, slot.at) == ("2026-05-04T08:00", at("2026-05-04T03:00Z"))


def test_a_slot_at_the_very_moment_is_due_and_not_due_again() -> None:
    rhythm = Daily((time(8),), ALMATY)
    eight = at("2026-05-04T08:00+05:00")
    due = latest(rhythm, eight, timedelta(hours=1))
    assert due is not None
    assert due.at == eight
    assert list(rhythm.between(eight, eight + timedelta(hours=23))) == []


def test_weekdays_are_local() -> None:
    # 2026-05-04 is a Monday; 01:00 in Almaty is still Sunday in UTC.
    monday = Daily((time(1),), ALMATY, frozenset({0}))
    assert names(monday, "2026-05-01T00:00Z", "2026-05-12T00:00Z") == [
        "2026-05-04T01:00",
        "2026-05-11T01:00",
    ]


def test_an_hour_that_the_clocks_repeat_has_one_slot_at_its_first_passing() -> None:
    # Kyiv, 25 October 2026: 04:00 summer time becomes 03:00 winter time.
    rhythm = Daily((time(3, 30),), "Europe/Kyiv")
    slots = list(rhythm.between(at("2026-10-24T12:00Z"), at("2026-10-25T12:00Z")))
    assert [(slot.name, slot.at) for slot in slots] == [
        ("2026-10-25T03:30", at("2026-10-25T00:30Z"))
    ]


def test_a_wall_time_that_the_clocks_leave_out_is_taken_right_after_the_change() -> None:
    # Kyiv, 29 March 2026: 03:00 becomes 04:00 at 01:00 UTC.
    rhythm = Daily((time(3, 30),), "Europe/Kyiv")
    slots = list(rhythm.between(at("2026-03-28T12:00Z"), at("2026-03-29T12:00Z")))
    assert [(slot.name, slot.at) for slot in slots] == [
        ("2026-03-29T03:30", at("2026-03-29T01:30Z"))
    ]


def test_every_quarter_of_an_hour_is_even_over_a_change_of_clocks() -> None:
    slots = list(Every(15).between(at("2026-10-25T00:00Z"), at("2026-10-25T02:00Z")))
    assert len(slots) == 8
    assert slots[0].name == "2026-10-25T00:15Z"
    assert {second.at - first.at for first, second in pairwise(slots)} == {timedelta(minutes=15)}


def test_the_latest_of_missed_days_stands_for_all() -> None:
    rhythm = Daily((time(8),), ALMATY)
    due = latest(rhythm, at("2026-05-07T12:00+05:00"), timedelta(days=4))
    assert due is not None
    assert due.name == "2026-05-07T08:00"


def test_the_following_slot_may_be_a_week_away() -> None:
    monday = Daily((time(9),), ALMATY, frozenset({0}))
    slot = following(monday, at("2026-05-04T09:00+05:00"))
    assert slot is not None
    assert slot.name == "2026-05-11T09:00"


@given(times=TIMES, zone=st.sampled_from(ZONES))
def test_a_year_has_one_slot_for_each_wall_time_and_day(times: tuple[time, ...], zone: str) -> None:
    local = ZoneInfo(zone)
    slots = list(Daily(times, zone).between(*YEAR))
    found = [slot.name for slot in slots]
    assert len(set(found)) == len(found)
    first, last = (moment.astimezone(local).date() for moment in YEAR)
    days = (last - first).days
    assert abs(len(slots) - days * len(times)) <= len(times)
    # A time left out may come after the next one of its day, by less than two hours.
    assert all(b.at - a.at > -timedelta(hours=2) for a, b in pairwise(slots))


@given(
    rhythm=st.one_of(
        TIMES.map(lambda times: Daily(times, "Europe/Kyiv")),
        st.sampled_from([1, 5, 15, 60]).map(Every),
    ),
    start=moments,
    cuts=st.lists(st.integers(1, 3000), max_size=5),
)
def test_however_time_is_cut_up_the_slots_are_the_same(
    rhythm: Daily | Every, start: datetime, cuts: list[int]
) -> None:
    edges = [start]
    for minutes in cuts:
        edges.append(edges[-1] + timedelta(minutes=minutes))
    pieces = [slot for a, b in pairwise(edges) for slot in rhythm.between(a, b)]
    whole = list(rhythm.between(edges[0], edges[-1]))
    assert sorted(pieces, key=lambda slot: slot.name) == sorted(whole, key=lambda slot: slot.name)
