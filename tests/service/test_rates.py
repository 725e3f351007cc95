"""Rates of the tenge: read as described, stored with their day, and sums in tenge by them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlmodel import select

from scrapers.errors import LayoutChanged, SourceError
from scrapers.fetch.network import LoopbackNetwork
from scrapers.portal import Answer
from scrapers.rates import SOURCE, Rate, read_rates, request_for
from scrapers.records import Money, Vat
from service.clock import FixedClock
from service.config import Collect, Config
from service.jobs.rates import fetch_rates
from service.replay import Asked, ReplayServer, Reply
from service.store import Store, open_store
from service.store.rates import Rates, save_rates, stored_rates
from service.store.tables import RunRow

DAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 7, tzinfo=UTC)
# Made up by us in the shape that public clients read; the numbers are no real rates.
DATED = """<?xml version="1.0" encoding="utf-8"?>
<rates><generator>made up</generator><title>Official exchange rates</title>
<date>04.05.2026</date>
<item><fullname>ДОЛЛАР США</fullname><title>USD</title><description>500.25</description>
<quant>1</quant><index>UP</index><change>+0.10</change></item>
<item><fullname>УЗБЕКСКИЙ СУМ</fullname><title>UZS</title><description>4.05</description>
<quant>100</quant><index/><change>0</change></item></rates>"""
FEED = """<rss version="2.0"><channel><title>made up</title>
<item><title>USD</title><pubDate>04.05.2026</pubDate><description>500.25</description>
<quant>1</quant><index/><change>0.10</change><link/></item></channel></rss>"""
USD = Rate("USD", DAY, 1, Decimal("500.25"))
UZS = Rate("UZS", DAY, 100, Decimal("4.05"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        yield store


def answer(body: str) -> Answer:
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    return Answer(request_for(DAY), SOURCE, 200, headers, body.encode(), NOON)


def test_a_days_rates_are_read() -> None:
    assert read_rates(answer(DATED)) == (USD, UZS)


def test_the_feed_of_all_rates_is_read_too() -> None:
    assert read_rates(answer(FEED)) == (USD,)


@pytest.mark.parametrize(
    ("was", "instead"),
    [
        ("500.25", "n/a"),
        ("500.25", "-500.25"),
        ("500.25", "0"),
        ("<quant>1</quant>", "<quant>0</quant>"),
        ("<quant>1</quant>", ""),
        ("USD", "доллар"),
        ("UZS", "USD"),
        ("04.05.2026", "2026-05-04"),
        ("04.05.2026", "31.02.2026"),
        ("<item>", "<row>"),
        ("</rates>", ""),
    ],
)
def test_a_changed_answer_gives_no_rate_at_all(was: str, instead: str) -> None:
    body = DATED.replace(was, instead).replace(
        "</item>", "</row>" if was == "<item>" else "</item>"
    )
    with pytest.raises(SourceError):
        read_rates(answer(body))


def test_an_empty_list_of_rates_is_a_changed_layout() -> None:
    with pytest.raises(LayoutChanged):
        read_rates(answer("<rates><date>04.05.2026</date></rates>"))


def test_a_sum_is_told_in_tenge_by_the_rate_that_held_on_its_day() -> None:
    later = Rate("USD", date(2026, 5, 6), 1, Decimal("510"))
    rates = Rates({"USD": (USD, later), "UZS": (UZS,)})
    dollars = Money(100_00, "USD", Vat.EXCLUDED)
    assert rates.in_tenge(dollars, DAY) == (Money(50_025_00, "KZT", Vat.EXCLUDED), DAY)
    assert rates.in_tenge(dollars, date(2026, 5, 5)) == (Money(50_025_00, "KZT", Vat.EXCLUDED), DAY)
    assert rates.in_tenge(dollars, date(2026, 5, 6)) == (
        Money(51_000_00, "KZT", Vat.EXCLUDED),
        date(2026, 5, 6),
    )
    # 1000 sums at 4.05 tenge for 100
    assert rates.in_tenge(Money(1000_00, "UZS"), DAY) == (Money(40_50, "KZT"), DAY)


def test_a_stale_rate_says_its_own_day_and_a_missing_one_is_none() -> None:
    rates = Rates({"USD": (USD,)})
    found = rates.in_tenge(Money(1_00, "USD"), date(2026, 11, 1))
    assert found is not None
    assert found[1] == DAY
    assert rates.in_tenge(Money(1_00, "USD"), date(2026, 5, 3)) is None
    assert rates.in_tenge(Money(1_00, "EUR"), DAY) is None
    assert rates.in_tenge(Money(5_00, "KZT"), DAY) == (Money(5_00, "KZT"), DAY)


def test_saving_the_same_rates_again_adds_nothing_and_a_correction_holds(store: Store) -> None:
    with store.writing() as session:
        assert save_rates(session, [USD, UZS], SOURCE, NOON) == 2
        assert save_rates(session, [USD], SOURCE, NOON) == 0
        corrected = Rate("USD", DAY, 1, Decimal("500.30"))
        assert save_rates(session, [corrected], SOURCE, NOON) == 0
    with store.reading() as session:
        found = stored_rates(session)
    assert found.by_currency == {"USD": (corrected,), "UZS": (UZS,)}
    assert found.latest == DAY


def fetched(store: Store, reply: Reply) -> tuple[str, str | None, list[str]]:
    def serve(asked: Asked) -> Reply:
        return Reply(status=404) if asked.path == "/robots.txt" else reply

    with ReplayServer(serve) as server:
        report = fetch_rates(
            store,
            Config(collect=Collect(delay_seconds=0)),
            FixedClock(NOON),
            network=LoopbackNetwork(server.port),
            wall=FixedClock(NOON),
        )
        return report.outcome, report.fault, [asked.target for asked in server.requests]


def test_the_days_rates_are_fetched_once(store: Store) -> None:
    good = Reply(DATED.encode(), "text/xml; charset=utf-8")
    outcome, fault, asked = fetched(store, good)
    assert (outcome, fault) == ("OK", None)
    assert asked[1:] == ["/rss/get_rates.cfm?fdate=04.05.2026"]
    assert fetched(store, good) == ("SKIPPED", None, [])
    with store.reading() as session:
        assert stored_rates(session).by_currency["USD"] == (USD,)


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(b"", "text/html", 500), "Unreachable"),
        (Reply(b"<html><body>503</body></html>", "text/html"), "WrongContentType"),
        (Reply(b"<rates></rates>", "text/xml"), "LayoutChanged"),
    ],
)
def test_a_publisher_that_fails_is_named_and_stops_nothing(
    store: Store, reply: Reply, fault: str
) -> None:
    assert fetched(store, reply)[:2] == ("FAILED", fault)
    with store.reading() as session:
        (run,) = session.exec(select(RunRow).where(RunRow.job == "rates"))
    assert (run.outcome, run.fault) == ("FAILED", fault)
