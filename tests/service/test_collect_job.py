"""Collecting from made-up portals over real HTTP on loopback into a real database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from scrapers.fetch.network import LoopbackNetwork
from scrapers.records import Depth, Notice
from service.clock import FixedClock
from service.config import Collect, Config, PortalTable
from service.errors import ConfigError
from service.jobs.collect import Collecting, PortalResult, collect
from service.replay import Asked, ReplayServer, Reply
from service.store import Store, open_store
from service.store.cursors import Cursor, read_cursor
from service.store.tables import ChangeRow, NoticeRow, RunRow
from tests.service.notices import NOON, stored_notices
from tests.service.portals import Shop, host, page, portal, row

TABLE = PortalTable(enabled=True)
NAMES = ("first", "second")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        yield store


@pytest.fixture
def shop() -> Shop:
    return Shop.of(7)


@pytest.fixture
def server(shop: Shop) -> Iterator[ReplayServer]:
    with ReplayServer(shop.answer) as server:
        yield server


@pytest.fixture
def work(store: Store, server: ReplayServer) -> Collecting:
    config = Config(
        collect=Collect(delay_seconds=0, retries=0), portals=dict.fromkeys(NAMES, TABLE)
    )
    return Collecting(
        store=store,
        config=config,
        clock=FixedClock(NOON),
        network=LoopbackNetwork(server.port),
        registry={name: portal(name) for name in NAMES},
        wall=FixedClock(NOON),
    )


def on_day(work: Collecting, days: int) -> Collecting:
    return replace(work, clock=FixedClock(NOON + timedelta(days=days)))


def with_table(work: Collecting, **settings: object) -> Collecting:
    table = TABLE.model_copy(update=settings)
    return replace(work, config=work.config.model_copy(update={"portals": {"first": table}}))


def one(work: Collecting) -> PortalResult:
    (result,) = collect(work, ["first"])
    return result


def stored(store: Store) -> list[Notice]:
    with store.reading() as session:
        return list(stored_notices(session))


def opened(server: ReplayServer) -> list[str]:
    return [asked.path for asked in server.requests if asked.path.startswith("/notice/")]


def at_host(name: str, reply: Reply) -> Callable[[Asked], Reply | None]:
    return lambda asked: reply if asked.host == host(name) else None


def on_path(path: str, reply: Reply) -> Callable[[Asked], Reply | None]:
    return lambda asked: reply if path in asked.target else None


def test_every_notice_of_every_portal_is_stored_in_detail(work: Collecting, store: Store) -> None:
    results = collect(work)
    assert [result.portal for result in results] == ["first", "second"]
    for result in results:
        report = result.report
        assert (report.outcome, report.read, report.new, report.total) == ("OK", 7, 7, 7)
    notices = stored(store)
    assert len(notices) == 14
    assert all(notice.depth is Depth.DETAIL for notice in notices)


def test_reading_again_opens_nothing_and_changes_nothing(
    work: Collecting, store: Store, server: ReplayServer
) -> None:
    one(work)
    before, asked = stored(store), len(opened(server))
    report = one(on_day(work, 1)).report
    assert (report.outcome, report.new, report.changed) == ("OK", 0, 0)
    assert stored(store) == before
    assert len(opened(server)) == asked


def test_a_changed_row_is_opened_again_and_its_change_stored(
    work: Collecting, store: Store, shop: Shop, server: ReplayServer
) -> None:
    one(work)
    asked = len(opened(server))
    shop.rows[2] = row("3", "125", version="2")
    report = one(on_day(work, 1)).report
    assert (report.new, report.changed) == (0, 1)
    assert opened(server)[asked:] == ["/notice/3"]
    shop.rows[2] = row("3", "120", version="1")
    assert one(on_day(work, 2)).report.changed == 1, "an old row that comes back is a change too"
    with store.reading() as session:
        changes = session.exec(select(ChangeRow)).all()
    assert [(each.old, each.new) for each in changes if "quantity" in each.field] == [
        ('"120"', '"125"'),
        ('"125"', '"120"'),
    ]


def test_the_next_run_asks_since_the_last_good_one_less_the_overlap(
    work: Collecting, shop: Shop
) -> None:
    one(work)
    assert shop.since == []
    one(on_day(work, 5))
    assert set(shop.since) == {"2026-05-01"}  # NOON is 4 May; the overlap is three days


def test_other_settings_begin_from_the_start(work: Collecting, shop: Shop) -> None:
    one(work)
    one(with_table(on_day(work, 5), query={"words": ["труба"]}))
    assert shop.since == []


def test_a_portal_that_fails_does_not_stop_the_others(
    work: Collecting, shop: Shop, store: Store
) -> None:
    shop.fault = at_host("first", Reply(b"<html>captcha</html>", "text/html"))
    first, second = collect(work)
    assert (first.report.outcome, first.report.fault) == ("FAILED", "WrongContentType")
    assert second.report.outcome == "OK"
    with store.reading() as session:
        run = session.exec(select(RunRow).where(RunRow.job == "collect:first")).one()
    assert (run.state, run.outcome, run.slot) == ("ended", "FAILED", "2026-05-04")
    assert run.reason.startswith("WrongContentType: ")


def test_a_changed_layout_is_named_with_its_selector_and_advice(
    work: Collecting, shop: Shop
) -> None:
    shop.fault = on_path("/list", page({"items": []}))
    report = one(work).report
    assert (report.outcome, report.fault) == ("FAILED", "LayoutChanged")
    assert "$.rows" in report.reason
    assert "--capture" in report.advice


def test_a_portal_that_refuses_us_may_say_what_else_to_do(work: Collecting, shop: Shop) -> None:
    shop.fault = at_host("first", Reply(b"", "text/html", status=403))
    assert "browser" in one(work).report.advice
    guarded = replace(work.registry["first"], when_blocked="read a saved export")
    report = one(replace(on_day(work, 1), registry={"first": guarded})).report
    assert (report.fault, report.advice) == ("Blocked", "read a saved export")


def test_nothing_found_is_ok_only_when_the_page_was_recognised(
    work: Collecting, shop: Shop
) -> None:
    shop.rows = []
    report = one(work).report
    assert (report.outcome, report.read) == ("OK", 0)
    assert "nothing fits" in report.reason


def test_a_failure_half_way_keeps_what_was_read_and_goes_on_from_there(
    work: Collecting, shop: Shop, store: Store, server: ReplayServer
) -> None:
    shop.fault = on_path("page=2", Reply(b"", "text/html", 500))
    report = one(work).report
    assert (report.outcome, report.fault, report.read) == ("PARTIAL", "Unreachable", 3)
    assert len(stored(store)) == 3
    shop.fault = lambda _asked: None
    asked = len(server.requests)
    report = one(work).report
    assert (report.outcome, report.read) == ("OK", 7)
    lists = [each.target for each in server.requests[asked:] if each.path == "/list"]
    assert lists[0] == "/list?page=2"
    assert len(stored(store)) == 7


def test_a_detail_page_that_fails_leaves_the_row_and_is_tried_again(
    work: Collecting, shop: Shop, store: Store
) -> None:
    shop.fault = on_path("/notice/2", Reply(b"", "text/html", 404))
    report = one(work).report
    assert (report.outcome, report.read, report.failed) == ("PARTIAL", 7, 1)
    assert [notice.id for notice in stored(store) if notice.depth is Depth.LISTING] == ["2"]
    shop.fault = lambda _asked: None
    assert one(work).report.outcome == "OK"
    assert all(notice.depth is Depth.DETAIL for notice in stored(store))


def test_a_changed_row_whose_page_fails_is_opened_by_the_next_run(
    work: Collecting, shop: Shop, store: Store
) -> None:
    one(work)
    shop.rows[2] = row("3", "125", version="2")
    shop.fault = on_path("/notice/3", Reply(b"", "text/html", 404))
    assert one(on_day(work, 1)).report.outcome == "PARTIAL"
    shop.fault = lambda _asked: None
    assert one(on_day(work, 2)).report.changed == 1
    (lot,) = stored(store)[2].lots
    assert lot.items[0].quantity == 125


def test_notices_may_carry_the_name_of_the_portal_another_module_reads(
    work: Collecting, store: Store, server: ReplayServer
) -> None:
    api = replace(portal("first"), name="second")
    both = replace(work, registry={"first": portal("first"), "second": api})
    assert collect(both, ["second"])[0].report.new == 7
    asked = len(opened(server))
    assert collect(on_day(both, 1), ["second"])[0].report.outcome == "OK"
    assert len(opened(server)) == asked
    assert {notice.portal for notice in stored(store)} == {"first"}


def test_a_spent_budget_is_partial_and_the_next_run_goes_on(
    work: Collecting, store: Store, server: ReplayServer
) -> None:
    ticks = iter(range(1000))
    hurried = replace(with_table(work, budget_seconds=6), monotonic=lambda: float(next(ticks)))
    report = one(hurried).report
    assert (report.outcome, report.fault) == ("PARTIAL", "BudgetSpent")
    assert "of 7" in report.reason
    assert 0 < len(stored(store)) < 7
    for _ in range(3):
        report = one(work).report
    assert report.outcome == "OK"
    assert len(stored(store)) == 7


def test_a_budget_spent_before_the_first_row_is_a_failure(work: Collecting) -> None:
    ticks = iter(range(1000))
    hurried = replace(with_table(work, budget_seconds=1), monotonic=lambda: float(next(ticks)))
    report = one(hurried).report
    assert (report.outcome, report.fault, report.read) == ("FAILED", "BudgetSpent", 0)


def test_a_vanished_notice_is_marked_gone_only_by_a_complete_reading(
    work: Collecting, shop: Shop, store: Store
) -> None:
    one(work)
    vanished = shop.rows.pop(0)
    # everything is changed, so that no page of known rows ends the listing early
    shop.rows = [row(each["id"], version="2") for each in shop.rows]
    shop.fault = on_path("page=2", Reply(b"", "text/html", 500))
    one(on_day(work, 1))
    assert gone(store) == []
    shop.fault = lambda _asked: None
    shop.rows = [row(each["id"], version="3") for each in shop.rows]
    one(on_day(work, 2))
    assert gone(store) == ["1"]
    shop.rows.insert(0, vanished)
    shop.rows = [row(each["id"], version="4") for each in shop.rows]
    one(on_day(work, 3))
    assert gone(store) == []


def gone(store: Store) -> list[str]:
    with store.reading() as session:
        rows = session.exec(select(NoticeRow)).all()
        return [each.external_id for each in rows if each.gone_at is not None]


def test_fewer_notices_than_are_plausible_is_a_failure(work: Collecting) -> None:
    report = one(with_table(work, min_per_run=8)).report
    assert (report.outcome, report.fault) == ("FAILED", "ImplausibleListing")
    report = one(with_table(work, max_per_run=6)).report
    assert (report.outcome, report.fault) == ("PARTIAL", "ImplausibleListing")


def test_a_portal_without_its_token_is_skipped_and_says_which(
    work: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FIRST_TOKEN", raising=False)
    locked = replace(portal("first"), token_env="FIRST_TOKEN")
    report = one(replace(work, registry={"first": locked}, network=None)).report
    assert (report.outcome, report.reason) == ("SKIPPED", "no access token: set FIRST_TOKEN")
    assert report.fault == "NoToken"


def test_a_parser_that_breaks_is_reported_as_our_fault(work: Collecting, shop: Shop) -> None:
    shop.fault = on_path("/list", page({"rows": [{"id": "1"}]}))
    first = collect(work)[0]
    assert (first.report.outcome, first.report.fault) == ("FAILED", "KeyError")
    assert "report" in first.report.advice


def test_an_unknown_portal_is_named_before_anything_is_read(
    work: Collecting, server: ReplayServer
) -> None:
    with pytest.raises(ConfigError, match="did you mean 'first'"):
        collect(work, ["second", "frist"])
    assert server.requests == []


def test_a_run_that_is_done_is_not_repeated_by_the_alarm_clock(work: Collecting) -> None:
    one(work)
    report = one(replace(work, again=False)).report
    assert report.outcome == "SKIPPED"
    assert "done" in report.reason


def test_progress_is_told_page_by_page(work: Collecting) -> None:
    told: list[tuple[str, int, int | None]] = []
    one(replace(work, on_progress=lambda *page: told.append(page)))
    assert told == [("first", 3, 7), ("first", 6, 7), ("first", 7, 7)]


def test_reading_everything_ignores_cursor_and_memory(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    one(work)
    asked = len(opened(server))
    report = one(replace(on_day(work, 5), everything=True)).report
    assert (report.outcome, report.read, report.new, report.changed) == ("OK", 7, 0, 0)
    assert len(opened(server)) == 2 * asked
    assert shop.since == []


def test_a_closed_notice_is_stored_but_not_opened(
    work: Collecting, shop: Shop, server: ReplayServer, store: Store
) -> None:
    shop.rows = [row("1"), row("2", phase="closed")]
    assert one(work).report.outcome == "OK"
    assert opened(server) == ["/notice/1"]
    assert len(stored(store)) == 2


def test_the_cursor_moves_only_when_the_listing_was_covered(
    work: Collecting, shop: Shop, store: Store
) -> None:
    def cursor() -> Cursor:
        with store.reading() as session:
            return read_cursor(session, "first")

    shop.fault = on_path("page=2", Reply(b"", "text/html", 500))
    one(work)
    assert cursor().since is None
    assert cursor().resume is not None
    shop.fault = lambda _asked: None
    one(work)
    assert cursor() == Cursor(since=NOON)
