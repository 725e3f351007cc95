"""TED: how it is asked, how pages follow, and the saved search of June 2026."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.canonical import fingerprint
from scrapers.errors import SourceError
from scrapers.portal import Answer, Query, Request
from scrapers.portals.eu_ted import PORTAL, SEARCH, detail, details, entry, first, listing
from scrapers.portals.eu_ted_row import FIELDS
from scrapers.records import Depth, Notice, Phase, Vat
from tests.scrapers.portals.cases import FIXTURES

PAYLOADS = Path(__file__).resolve().parents[3].parent / "shared" / "payloads" / "ted_api"
NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)


def answer(body: object, request: Request | None = None) -> Answer:
    request = request or Request(SEARCH, method="POST", json="{}")
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(request, request.url, 200, {"content-type": "application/json"}, raw, NOW)


def asked(query: Query) -> dict[str, Any]:
    (request,) = first(query)
    assert (request.url, request.method) == (SEARCH, "POST")
    body: dict[str, Any] = json.loads(request.json or "")
    return body


def test_the_search_is_asked_for_from_the_day_of_the_last_good_run() -> None:
    settings = {"search": "classification-cpv=44160000 OR classification-cpv=44810000"}
    body = asked(Query(NOW, datetime(2026, 6, 1, 8, tzinfo=UTC), settings))
    assert body["query"] == (
        "(classification-cpv=44160000 OR classification-cpv=44810000) AND PD>=20260601"
        " SORT BY publication-date DESC"
    )
    assert body["paginationMode"] == "ITERATION"
    assert body["scope"] == "ACTIVE"
    assert body["limit"] == 250
    assert "iterationNextToken" not in body


@pytest.mark.parametrize(("limit", "sent"), [(9999, 250), (0, 1), ("много", 250), (50, 50)])
def test_no_more_is_asked_for_than_the_api_gives(limit: int | str, sent: int) -> None:
    assert asked(Query(NOW, settings={"limit": limit}))["limit"] == sent


def test_the_next_page_repeats_the_question_with_the_token() -> None:
    (request,) = first(Query(NOW, settings={"search": "x"}))
    row = {"publication-number": "1-2026", "notice-title": {"eng": "Pipes"}}
    page = {"notices": [row], "totalNoticeCount": 2, "iterationNextToken": "abc"}
    following = listing(answer(page, request), Query(NOW)).next
    assert following is not None
    question = json.loads(request.json or "")
    assert json.loads(following.json or "") == {**question, "iterationNextToken": "abc"}


def test_an_empty_last_page_ends_the_search_though_it_has_a_token() -> None:
    page = {"notices": [], "totalNoticeCount": 2, "iterationNextToken": "abc"}
    assert listing(answer(page), Query(NOW)).next is None


def row(**fields: object) -> Notice:
    base = {"publication-number": "1-2026", "notice-title": {"eng": ["Pipes"]}}
    return listing(answer({"notices": [{**base, **fields}]}), Query(NOW)).notices[0]


def test_currencies_stated_once_hold_for_all_lots_and_unpaired_ones_for_none() -> None:
    sums = ["100", "200.5"]
    once = row(**{"estimated-value-lot": sums, "estimated-value-cur-lot": ["EUR"]})
    assert [lot.value and lot.value.amount for lot in once.lots] == [100, Decimal("200.5")]
    unpaired = row(**{"estimated-value-lot": sums, "estimated-value-cur-lot": ["EUR", "NOK", "X"]})
    assert [lot.value for lot in unpaired.lots] == [None, None]
    fewer = row(
        **{
            "identifier-lot": ["LOT-1", "LOT-2", "LOT-3"],
            "estimated-value-lot": sums,
            "estimated-value-cur-lot": ["EUR"],
        }
    )
    assert [(lot.id, lot.value) for lot in fewer.lots] == [
        ("LOT-1", None),
        ("LOT-2", None),
        ("LOT-3", None),
    ]


def test_deadlines_of_several_lots_leave_the_notice_open_to_the_last() -> None:
    notice = row(
        **{
            "identifier-lot": ["LOT-1", "LOT-2"],
            "deadline-receipt-tender-date-lot": ["2026-07-01+02:00", "2026-07-09+02:00"],
            "deadline-receipt-tender-time-lot": ["10:00:00+02:00"],
        }
    )
    ends = [lot.period.end.isoformat() for lot in notice.lots if lot.period and lot.period.end]
    assert ends == ["2026-07-01T08:00:00+00:00", "2026-07-09T08:00:00+00:00"]
    assert notice.period is not None
    assert notice.period.end is not None
    assert notice.period.end.isoformat() == "2026-07-09T08:00:00+00:00"


@pytest.mark.parametrize(
    ("kind", "phase"),
    [
        ("cn-standard", Phase.OPEN),
        ("pin-cfc-standard", Phase.OPEN),
        ("pin-only", Phase.PLAN),
        ("can-standard", Phase.AWARDED),
        ("veat", Phase.AWARDED),
        (None, Phase.OPEN),
    ],
)
def test_a_phase_follows_the_type_of_notice(kind: str | None, phase: Phase) -> None:
    assert row(**{"notice-type": kind}).phase is phase


def test_a_notice_is_opened_once() -> None:
    notice = row()
    (request,) = details(notice)
    assert request.url == "https://ted.europa.eu/en/notice/1-2026/xml"
    assert details(replace(notice, depth=Depth.DETAIL)) == ()


def test_the_deadline_changed_by_hand_is_read_changed() -> None:
    body = (FIXTURES / "eu_ted" / "multi_lot" / "notice.xml").read_bytes()
    request = entry("400001-2026")
    assert request is not None
    before = detail(None, answer(body, request))
    after = detail(None, answer(body.replace(b"10:00:00+03:00", b"11:30:00+03:00"), request))
    assert [lot.period and lot.period.end for lot in before.lots] == [
        datetime(2026, 7, 20, 7, tzinfo=UTC),
        datetime(2026, 7, 27, 20, 59, 59, tzinfo=UTC),
    ]
    assert after.lots[0].period is not None
    assert after.lots[0].period.end == datetime(2026, 7, 20, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pasted", "number"),
    [
        ("383667-2026", "383667-2026"),
        (" 00383667-2026 ", "383667-2026"),
        ("https://ted.europa.eu/en/notice/-/detail/383667-2026", "383667-2026"),
        ("https://ted.europa.eu/it/notice/383667-2026/pdf?x=1", "383667-2026"),
        ("https://ted.europa.eu.evil.example/en/notice/383667-2026/xml", None),
        ("17013627-1", None),
        ("", None),
    ],
)
def test_a_pasted_number_or_address_is_known(pasted: str, number: str | None) -> None:
    request = entry(pasted)
    assert (request.ref if request else None) == number
    assert request is None or request.url == f"https://ted.europa.eu/en/notice/{number}/xml"


@pytest.mark.payloads
@pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"SKIPPED: no saved portal answers in {PAYLOADS}")
def test_the_saved_search_holds_what_was_counted_in_it_by_hand() -> None:
    body = (PAYLOADS / "search_2026-06.json").read_bytes()
    page = listing(answer(body), Query(NOW))
    notices = page.notices
    assert len(notices) == 12
    assert page.next is None
    # 48,000,000 + 7,657,500 + 1,362,509.46 + 420,000 + 30,000,000 + 263,650 + 606,000 + 452,625
    # + 891,000 + 650,000 + 6,000,000
    sums = [notice.value for notice in notices if notice.value]
    assert sum(one.amount for one in sums) == Decimal("96303284.46")
    assert {(one.currency, one.vat) for one in sums} == {("EUR", Vat.EXCLUDED)}
    lots = {
        notice.id: [lot.value and lot.value.amount for lot in notice.lots] for notice in notices
    }
    assert lots["384365-2026"] == [
        270_000, 1_425_000, 450_000, 675_000, 150_000, 450_000, 1_275_000, 337_500, 187_500, 75_000
    ]  # fmt: skip
    assert sum(map(len, lots.values())) == 20
    ends = {one.id: one.period.end for one in notices if one.period and one.period.end}
    assert {ident: f"{end:%Y-%m-%dT%H:%M:%S}" for ident, end in ends.items()} == {
        "382630-2026": "2026-07-20T08:00:00",
        "372600-2026": "2026-06-29T10:00:00",
        "373613-2026": "2026-07-06T07:00:00",
        "371438-2026": "2026-06-15T14:00:59",
        "374244-2026": "2026-07-02T17:00:00",
    }
    assert [len(notice.codes) for notice in notices] == [1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 9, 1]
    assert {notice.country for notice in notices} == {"IT"}
    nardo = next(notice for notice in notices if notice.id == "372600-2026")
    assert nardo.title.endswith("archivio di edilizia privata del Comune di Nardò")
    assert nardo.translations[0].value.startswith("Italy – Document management services")
    # Pinned after every value above was read in the file.
    assert fingerprint(notices) == (
        "cc7ab2518bf48ca4d553c5183370f673d6ca9989f1036420d401c0628978d378"
    )
    assert PORTAL.zone == "Europe/Brussels"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8))
def test_a_row_whatever_it_holds_is_read_or_refused_by_name(fields: dict[str, object]) -> None:
    fields = {"publication-number": "1-2026", "notice-title": {"eng": "Pipes"}, **fields}
    try:
        page = listing(answer({"notices": [fields]}), Query(NOW))
    except SourceError:
        return
    assert page.notices[0].title
