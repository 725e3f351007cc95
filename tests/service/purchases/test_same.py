"""One purchase seen twice is told once; what only looks alike is never merged."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from scrapers.records import Buyer, Code, Money, Notice, Period, Phase
from service.purchases.same import Same, Sighting, same_purchases
from service.store import Store, open_store
from service.store.notices import save_page
from service.store.same import hidden, link_same, stands_for
from tests.service.notices import DEADLINE, NOON, pipe_lot, pipe_notice

TITLE = "Трубы стальные для ремонта теплотрассы по улице Примерной"
WATER = Buyer("ГКП «Водоканал Примера»", Code("KZ-BIN", "000140000001"), "KZ")
HEAT = Buyer("ГКП «Тепло Примера»", Code("KZ-BIN", "000140000002"), "KZ")


def notice(
    id_: str = "1",
    portal: str = "kz_goszakup",
    number: str | None = "17013627-1",
    buyer: Buyer | None = WATER,
    phase: Phase = Phase.OPEN,
    title: str = TITLE,
) -> Notice:
    made = pipe_notice(id_, portal=portal, phase=phase, title=title)
    return replace(made, number=number, buyer=buyer, country="KZ")


def found(*notices: Notice) -> list[Same]:
    sightings = [
        Sighting(
            key,
            each.portal,
            each.number,
            each.title,
            each.phase,
            each.period.end if each.period else None,
            lambda each=each: each,  # type: ignore[misc]  # binds the loop's value
        )
        for key, each in enumerate(notices, start=1)
    ]
    return same_purchases(sightings)


def ending(notice: Notice, days: int) -> Notice:
    return replace(notice, period=Period(NOON, DEADLINE + timedelta(days=days), "Asia/Almaty"))


def test_a_second_version_of_an_announcement_takes_the_place_of_the_first() -> None:
    old = notice("1", phase=Phase.CANCELLED)
    new = ending(notice("2", number="17013627-2"), 10)
    assert found(old, new) == [Same(1, 2, "number")]


def test_two_versions_that_take_bids_at_once_are_two_purchases() -> None:
    assert found(notice("1"), ending(notice("2", number="17013627-2"), 10)) == []


def test_two_open_versions_are_not_joined_through_a_finished_one() -> None:
    old = notice("1", phase=Phase.CANCELLED)
    second = ending(notice("2", number="17013627-2"), 10)
    third = ending(notice("3", number="17013627-3"), 20)
    assert found(old, second, third) == []


def test_versions_of_different_buyers_are_two_purchases() -> None:
    old = notice("1", phase=Phase.CANCELLED)
    assert found(old, notice("2", number="17013627-2", buyer=HEAT)) == []


def test_one_announcement_number_on_two_portals_is_one_purchase_shown_as_first_seen() -> None:
    other = replace(notice("x", portal="ocds"), title="Pipes")
    assert found(notice(), other) == [Same(2, 1, "two portals")]


@pytest.mark.parametrize(
    "other",
    [
        notice("x", portal="ocds", buyer=HEAT, title="Pipes"),
        notice("x", portal="ocds", buyer=None, title="Pipes"),
        notice("x", portal="ocds", number="1-1", title="Pipes"),
        replace(notice("x", portal="ocds", title="Pipes"), value=Money(1, "KZT")),
        ending(notice("x", portal="ocds", title="Pipes"), 1),
        replace(notice("x", portal="ocds", title="Pipes"), lots=(pipe_lot("1"), pipe_lot("2"))),
        notice("x", portal="ocds", title="Pipes", phase=Phase.PLAN),
        notice("x", portal="ocds", title="Pipes", phase=Phase.AWARDED),
    ],
    ids=["buyer", "no buyer", "number", "sum", "deadline", "lots", "plan", "contract"],
)
def test_what_differs_in_one_fact_is_another_purchase(other: Notice) -> None:
    assert found(notice(), other) == []


def test_buyers_without_a_common_register_are_told_by_name_and_country() -> None:
    named = Buyer('гкп "Водоканал примера"')
    one = notice("1", buyer=replace(WATER, id=None))
    assert found(one, notice("2", portal="ocds", buyer=named)) == [Same(2, 1, "two portals")]
    abroad = replace(notice("2", portal="ocds", buyer=named), country="UZ")
    assert found(one, abroad) == []


def test_the_same_text_and_deadline_of_a_buyer_on_two_portals_is_one_purchase() -> None:
    one = notice("1", portal="eu_ted", number="512345-2026")
    other = notice("2", portal="ocds", number="RO-77")
    assert found(one, other) == [Same(2, 1, "same text")]


def test_the_same_text_is_not_enough_on_one_portal_or_in_a_short_title() -> None:
    assert found(notice("1", number="100001-1"), notice("2", number="100002-1")) == []
    short = "Трубы стальные"
    one = notice("1", portal="eu_ted", number="a", title=short)
    assert found(one, notice("2", portal="ocds", number="b", title=short)) == []


def test_the_same_text_twice_on_a_portal_proves_nothing_about_another() -> None:
    one = notice("1", portal="eu_ted", number="a")
    others = [notice(id_, portal="ocds", number=id_) for id_ in ("b", "c")]
    assert found(one, *others) == []


def test_without_a_deadline_the_same_text_proves_nothing() -> None:
    pair = [replace(notice(p, portal=p, number=p), period=None) for p in ("eu_ted", "ocds")]
    assert found(*pair) == []


def test_the_order_in_which_portals_are_read_changes_only_which_is_shown() -> None:
    one, other = notice(), notice("x", portal="ocds")
    assert [{s.notice, s.shown} for s in found(one, other)] == [
        {s.notice, s.shown} for s in found(other, one)
    ]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        yield store


def linked(store: Store, *notices: Notice, days: int = 0) -> list[int]:
    now = NOON + timedelta(days=days)
    with store.writing() as session:
        save_page(session, notices, now)
        return link_same(session, now)


def test_links_are_kept_moved_and_taken_back(store: Store) -> None:
    one, other = notice(), notice("x", portal="ocds")
    assert linked(store, one, other) == [1, 2]
    assert linked(store) == []
    with store.reading() as session:
        assert stands_for(session, [1, 2]) == {2: 1}
    cancelled = replace(one, phase=Phase.CANCELLED)
    assert linked(store, cancelled, days=1) == [1, 2]
    with store.reading() as session:
        assert stands_for(session, [1, 2]) == {1: 2}
    assert linked(store, replace(other, buyer=HEAT), days=2) == [1, 2]
    with store.reading() as session:
        assert hidden(session, [1, 2]) == {}
