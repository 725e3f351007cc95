"""Which rows of a listing are opened, in which order, and what is left for the next run or day."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from scrapers.errors import LayoutChanged
from scrapers.fetch.network import LoopbackNetwork
from scrapers.portal import Answer, no_details
from scrapers.records import Award, AwardStatus, Depth, Notice, Party, Phase
from service.clock import FixedClock
from service.config import Collect, Config, PortalTable
from service.jobs.collect import Collecting, collect
from service.jobs.runs import Report
from service.replay import Asked, ReplayServer, Reply
from service.store import Store, open_store
from service.store.tables import PortalDayRow
from service.store.waiting import WaitingCount, requests_today, waiting_counts
from tests.service.notices import NOON, stored_notices
from tests.service.portals import Shop, portal, row


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        yield store


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def server(shop: Shop) -> Iterator[ReplayServer]:
    with ReplayServer(shop.answer) as server:
        yield server


@pytest.fixture
def work(store: Store, server: ReplayServer) -> Collecting:
    return Collecting(
        store=store,
        config=Config(collect=Collect(delay_seconds=0, retries=0)),
        clock=FixedClock(NOON),
        network=LoopbackNetwork(server.port),
        registry={"first": portal("first")},
        wall=FixedClock(NOON),
    )


def ran(work: Collecting, *, most: int | None = None, days: int = 0) -> Report:
    """Read once, `days` after the first day, with at most so many requests a day."""
    table = PortalTable(enabled=True, requests_per_day=most)
    work = replace(
        work,
        config=work.config.model_copy(update={"portals": {"first": table}}),
        clock=FixedClock(NOON + timedelta(days=days)),
    )
    (result,) = collect(work)
    return result.report


def opened(server: ReplayServer) -> list[str]:
    paths = [asked.path for asked in server.requests]
    return [path.rpartition("/")[2] for path in paths if path.startswith("/notice/")]


def deep(store: Store) -> list[str]:
    with store.reading() as session:
        return [n.id for n in stored_notices(session) if n.depth is Depth.DETAIL]


def waiting(store: Store, days: int = 0) -> dict[str, WaitingCount]:
    with store.reading() as session:
        return waiting_counts(session, lambda _portal: NOON + timedelta(days=days))


def ending(id_: str, day: int, title: str = "Труба стальная") -> dict[str, str]:
    return row(id_) | {"ends": f"2026-05-{day:02}T04:00:00", "title": title}


def test_rows_that_name_no_family_are_stored_and_not_opened(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    shop.rows = [
        ending("1", 20, "Бумага офисная А4"),
        ending("2", 20, "Реконструкция тепловой сети"),
        ending("3", 20, "Услуги охраны объекта"),
    ]
    report = ran(work)
    assert (report.outcome, report.read, report.new) == ("OK", 3, 3)
    assert opened(server) == ["2"]
    assert waiting(store) == {}
    ran(work, days=1)
    assert opened(server) == ["2"], "refused rows are not looked at again"


def test_the_nearest_deadline_is_opened_first(
    work: Collecting, shop: Shop, server: ReplayServer
) -> None:
    shop.per_page = 9
    shop.rows = [ending(str(day), day) for day in (20, 8, 30, 6, 12)]
    ran(work)
    assert opened(server) == ["6", "8", "12", "20", "30"]


def test_an_awarded_notice_is_opened_after_all_that_still_take_bids(
    work: Collecting, shop: Shop, server: ReplayServer
) -> None:
    shop.per_page = 9
    shop.rows = [ending("3", 2) | {"phase": "awarded"}, ending("30", 30), ending("6", 6)]
    ran(work)
    assert opened(server) == ["6", "30", "3"]


def protocol(notice: Notice | None, answer: Answer) -> Notice:
    """As goszakup: the protocol says who won and nothing else."""
    assert notice is not None
    if json.loads(answer.body)["version"] == "no protocol yet":
        raise LayoutChanged("no protocol", selector="tr a", portal="first", url=answer.url)
    winner = Party("ТОО «Победитель»")
    return replace(notice, awards=(Award("1", ("1",), (winner,), status=AwardStatus.ACTIVE),))


def test_an_awarded_notice_is_opened_until_it_was_read_who_won_and_then_not_again(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    work = replace(work, registry={"first": replace(portal("first"), detail=protocol)})
    shop.rows = [ending("3", 2) | {"phase": "awarded", "version": "no protocol yet"}]
    for day in range(2):
        assert ran(work, days=day).outcome == "PARTIAL"
    assert opened(server) == ["3"] * 2
    shop.rows[0]["version"] = "360"
    assert ran(work, days=3).outcome == "OK"
    assert waiting(store, 3) == {}
    for day in (4, 5):
        ran(work, days=day)
    assert opened(server) == ["3"] * 3
    with store.writing() as session:
        session.execute(update(PortalDayRow).values(basis="other families"))
        (notice,) = stored_notices(session)
    assert (notice.depth, notice.awards[0].suppliers[0].name) == (
        Depth.LISTING,
        "ТОО «Победитель»",
    )
    ran(work, days=9)
    assert opened(server) == ["3"] * 3, "nor when a family is added"


def test_what_a_detail_page_said_stays_when_the_protocol_is_read(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    shop.rows = [row("3") | {"ends": "2026-05-20T04:00:00"}]
    ran(work)
    awarding = replace(work, registry={"first": replace(portal("first"), detail=protocol)})
    shop.rows = [ending("3", 2) | {"phase": "awarded", "version": "360"}]
    for day in (1, 2):
        ran(awarding, days=day)
    assert opened(server) == ["3", "3"]
    with store.reading() as session:
        (notice,) = stored_notices(session)
    assert (notice.depth, notice.phase, len(notice.lots), len(notice.awards)) == (
        Depth.DETAIL,
        Phase.AWARDED,
        1,
        1,
    )


def test_what_has_no_page_to_open_does_not_wait(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    whole = replace(portal("first"), details=no_details)
    shop.rows = [ending("3", 2) | {"phase": "awarded"}, ending("20", 20)]
    ran(work, most=2)  # robots.txt and the listing
    assert waiting(store)["first"].count == 2
    ran(replace(work, registry={"first": whole}), days=1)
    assert (opened(server), waiting(store, 1)) == ([], {})


def test_a_row_that_gives_only_its_number_is_opened(
    work: Collecting, shop: Shop, server: ReplayServer
) -> None:
    shop.rows = [ending("ocds-b3wdp1-MD-1", 20, "ocds-b3wdp1-MD-1"), ending("2", 20, "Бумага")]
    ran(work)
    assert opened(server) == ["ocds-b3wdp1-MD-1"]


def test_what_the_days_requests_do_not_reach_waits_for_the_next_day(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    shop.per_page = 9
    shop.rows = [ending(str(day), day) for day in (20, 8, 30, 16, 12)]
    report = ran(work, most=4)  # robots.txt, the listing, two notices
    assert (report.outcome, report.read) == ("OK", 5)
    assert report.reason == "3 notices wait to be opened, nearest deadline first"
    assert opened(server) == ["8", "12"]
    assert waiting(store) == {"first": WaitingCount(3, NOON)}
    spent = ran(work, most=4)
    assert (spent.outcome, len(server.requests)) == ("SKIPPED", 4)
    assert "4 requests of 2026-05-04 are used" in spent.reason
    report = ran(work, most=4, days=1)
    assert opened(server)[2:] == ["16", "20"]
    assert waiting(store, 1) == {"first": WaitingCount(1, NOON)}
    ran(work, most=4, days=2)
    assert deep(store) == ["12", "16", "20", "30", "8"]
    assert waiting(store, 2) == {}
    with store.reading() as session:
        assert requests_today(session, "first", "2026-05-06") == 3


def test_what_is_over_waits_no_longer(work: Collecting, shop: Shop, store: Store) -> None:
    shop.rows = [ending("6", 6), ending("20", 20)]
    ran(work, most=2)
    assert waiting(store)["first"].count == 2
    assert waiting(store, 5)["first"].count == 1
    ran(work, days=5)
    assert deep(store) == ["20"]


def test_a_listing_longer_than_the_days_requests_leaves_half_of_them_for_opening(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    shop.per_page = 1
    shop.rows = [ending(str(day), day) for day in range(10, 20)]
    report = ran(work, most=7)
    assert (report.outcome, report.fault) == ("PARTIAL", "BudgetSpent")
    assert opened(server) == ["10", "11", "12"]
    for day in range(1, 4):
        ran(work, most=7, days=day)
    assert len(deep(store)) == 10


def test_a_notice_whose_pages_fail_comes_after_the_others_and_is_given_up(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    shop.rows = [ending("6", 28), ending("20", 29)]

    def broken(asked: Asked) -> Reply | None:
        return Reply(b"", "text/html", 404) if asked.path == "/notice/6" else None

    shop.fault = broken
    assert ran(work).outcome == "PARTIAL"
    assert opened(server) == ["6", "20"]
    shop.rows.append(ending("21", 29))
    ran(work, days=1)
    assert opened(server)[2:] == ["21", "6"]
    for day in range(2, 12):
        ran(work, days=day)
    assert opened(server).count("6") == 5
    assert waiting(store, 12) == {}


def test_another_set_of_families_sifts_what_is_stored_anew(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    shop.rows = [ending("1", 20, "Кирпич керамический")]
    ran(replace(work, worth=lambda _notice: False))
    assert opened(server) == []
    with store.writing() as session:
        session.execute(update(PortalDayRow).values(basis="other families"))
    ran(replace(work, worth=lambda _notice: True), days=1)
    assert opened(server) == ["1"]
