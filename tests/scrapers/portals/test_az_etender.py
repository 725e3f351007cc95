"""etender.gov.az: the request's keys, bills of several pages, and the saved answers.

Expected counts of saved answers were made by counting keys in the raw JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from scrapers.portal import Answer, Query, Request
from scrapers.portals.az_etender import PORTAL, detail, details, entry, first, listing
from scrapers.records import Code, Depth, Item, Lot, Money, Notice, Phase, Unit

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads" / "az_etender"
NOW = datetime(2026, 8, 5, 8, tzinfo=UTC)
EVENT = Notice("az_etender", "900102", "", "Polad borular", Phase.OPEN, lots=(Lot("1", "Borular"),))


def answer(request: Request, body: bytes) -> Answer:
    return Answer(request, request.url, 200, {"content-type": "application/json"}, body, NOW)


def bill(page: int, lines: range, total: int) -> bytes:
    rows = [
        {"id": line, "name": "A", "description": f"Boru {line}", "quantity": line} for line in lines
    ]
    more = lines.stop - 1 < total
    return json.dumps(
        {"currentPage": page, "totalItems": total, "items": rows, "hasNextPage": more}
    ).encode()


def test_every_key_is_in_the_query_also_an_empty_one() -> None:
    (request,) = first(Query(NOW, settings={"words": ["su kəməri"]}))
    asked = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    assert asked == {
        "EventType": "",
        "PageSize": "100",
        "PageNumber": "1",
        "EventStatus": "1",
        "Keyword": "su kəməri",
        "buyerOrganizationName": "",
        "documentNumber": "",
        "publishDateFrom": "",
        "publishDateTo": "",
        "AwardedparticipantName": "",
        "AwardedparticipantVoen": "",
        "DocumentViewType": "",
        "IsArchived": "false",
    }


def test_plans_are_those_of_the_year_in_baku() -> None:
    new_year = datetime(2026, 12, 31, 20, 30, tzinfo=UTC)  # half past midnight in Baku
    asked = first(Query(new_year, settings={"plan_buyers": ["", "SU"]}))[1:]
    assert [urlsplit(request.url).query for request in asked] == [
        "PageSize=100&PageNumber=1&Year=2027",
        "PageSize=100&PageNumber=1&Year=2027&BuyerOrganizationName=SU",
    ]


def test_a_bill_is_read_to_its_end() -> None:
    notice, pages = EVENT, {1: range(1, 101), 2: range(101, 201), 3: range(201, 204)}
    for page, lines in pages.items():
        (request,) = details(notice)
        assert dict(parse_qsl(urlsplit(request.url).query))["PageNumber"] == str(page)
        notice = detail(notice, answer(request, bill(page, lines, 203)))
    assert details(notice) == ()
    assert [item.title for item in notice.lots[0].items] == [f"Boru {n}" for n in range(1, 204)]


def test_a_bill_that_ends_with_a_full_page_is_asked_once_more_and_no_more() -> None:
    (request,) = details(EVENT)
    notice = detail(EVENT, answer(request, bill(1, range(1, 101), 100)))
    (last,) = details(notice)
    assert detail(notice, answer(last, bill(2, range(101, 101), 100))) == notice


def test_only_open_events_of_a_list_are_opened() -> None:
    row = replace(EVENT, depth=Depth.LISTING)
    assert [request.ref for request in details(row)] == ["900102"]
    for phase in (Phase.CLOSED, Phase.CANCELLED, Phase.AWARDED, Phase.PLAN):
        assert details(replace(row, phase=phase)) == ()


@pytest.mark.parametrize(
    ("text", "ident"),
    [
        ("355920", "355920"),
        ("https://etender.gov.az/main/competition/detail/355920", "355920"),
        ("https://etender.gov.az/api/events/355920/bomLines?PageSize=100", "355920"),
        ("1234", None),
        ("https://etender.gov.az.example/main/competition/detail/355920", None),
    ],
)
def test_an_event_is_found_by_what_people_paste(text: str, ident: str | None) -> None:
    request = entry(text)
    assert (request.ref if request else None) == ident


saved = [
    pytest.mark.payloads,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"SKIPPED: no saved portal answers in {FOLDER}"),
]


class TestSaved:
    pytestmark = saved

    def listed(self, file: str, place: int) -> list[Notice]:
        query = Query(NOW, settings={"words": [""], "plan_buyers": [""]})
        found = listing(answer(first(query)[place], (FOLDER / file).read_bytes()), query)
        assert found.next is not None
        return list(found.notices)

    def test_the_lists_hold_six_and_ten_open_events(self) -> None:
        newest, designs = self.listed("events_page1.json", 0), self.listed("search_page1.json", 0)
        assert (len(newest), len(designs)) == (6, 10)
        assert {one.phase for one in newest + designs} == {Phase.OPEN}
        first_one = newest[0]
        assert first_one.id == "356585"
        assert first_one.title == "Mətbəə məhsullarının satın alınması"
        assert first_one.published_at == datetime(2026, 8, 4, 13, 9, 8, tzinfo=UTC)
        assert first_one.period is not None
        assert first_one.period.end == datetime(2026, 8, 19, 12, tzinfo=UTC)
        assert first_one.depth is Depth.LISTING

    def test_the_lists_of_plans_hold_ten_each_and_one_in_both(self) -> None:
        newest = self.listed("plans_page1_2026.json", 1)
        district = self.listed("plans_zaqatala_2026.json", 1)
        assert (len(newest), len(district)) == (10, 10)
        assert {one.id for one in newest} & {one.id for one in district} == {"plan-16820"}
        assert {one.phase for one in newest + district} == {Phase.PLAN}

    def test_an_event_is_read_with_its_sum_buyer_and_200_lines(self) -> None:
        request = entry("355920")
        assert request is not None
        notice = detail(None, answer(request, (FOLDER / "event_355920.json").read_bytes()))
        for page in (1, 2):
            (more,) = details(notice)
            body = (FOLDER / f"event_355920_bomlines_page{page}.json").read_bytes()
            notice = detail(notice, answer(more, body))
        assert notice.number == "2026/AT/03601/V1"
        assert notice.value == Money(1_692_225_374, "AZN")
        assert notice.buyer is not None
        assert notice.buyer.id == Code("AZ-VOEN", "1000418451")
        assert notice.published_at == datetime(2026, 7, 22, 12, 9, 2, tzinfo=UTC)
        assert notice.period is not None
        assert notice.period.start == datetime(2026, 7, 22, 12, 59, 23, tzinfo=UTC)
        assert notice.period.end == datetime(2026, 9, 2, 13, 0, 59, tzinfo=UTC)
        assert [code.id for code in notice.codes] == ["72121400"]
        items = notice.lots[0].items
        assert len(items) == 200
        assert sum(item.quantity or 0 for item in items) == Decimal("11898.5")
        assert [item.unit for item in items].count(Unit("m")) == 15
        assert {code.id for item in items for code in item.codes} == {"72121403"}
        assert self.line(items[-1]) == ("1,0 kV-luq güc kabeli  3х35+2х16", "m", Decimal(405))
        (following,) = details(notice)
        assert following.url.endswith("/355920/bomLines?PageSize=100&PageNumber=3")

    def line(self, item: Item) -> tuple[str, str, Decimal | None]:
        return item.title, item.unit.name if item.unit else "", item.quantity


def test_the_portal_asks_only_its_own_host() -> None:
    assert PORTAL.hosts == {"etender.gov.az"}
