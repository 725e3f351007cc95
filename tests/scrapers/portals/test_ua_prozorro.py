"""Prozorro: paging and pasted ids, and the saved tenders, read by eye in the files."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.portal import Answer, Query, Request
from scrapers.portals.ua_prozorro import PORTAL, detail, details, entry, first, listing
from scrapers.records import Code, Depth, Money, Notice, Phase, Related, Relation, Unit, Vat
from service.purchases.joining import keys_of, successors
from tests.scrapers.portals.cases import FIXTURES, load, read

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads" / "prozorro"
NOW = datetime(2026, 6, 4, 9, tzinfo=UTC)
REAL, EXAMPLE = "de80d4f75fbf4062905c5e1c1d9afe5c", "fa2e9cbf88314cb6ae4f240dacbb041f"
TENDERS = "https://public-api.prozorro.gov.ua/api/2.5/tenders"
PLANS = "https://public-api.prozorro.gov.ua/api/2.5/plans"


def test_the_feed_is_asked_newest_first_and_a_senseless_limit_is_not_sent() -> None:
    (request,) = first(Query(NOW, settings={"limit": 100_000}))
    assert request.url.startswith(f"{TENDERS}?descending=1&limit=100&opt_fields=status")


def test_a_page_older_than_the_days_asked_for_is_the_last() -> None:
    case = load(FIXTURES / "ua_prozorro" / "last_page")
    answer = case.answers[0]
    page = listing(answer, Query(case.query.now, settings={"days": 60}))
    assert page.next is not None
    assert page.next.url.endswith("&offset=1775026800.0")
    assert listing(answer, Query(case.query.now, settings={"days": 30})).next is None


@pytest.mark.parametrize("pasted", [REAL, f" {TENDERS}/{REAL.upper()} "])
def test_an_id_or_address_of_the_api_leads_to_the_tender(pasted: str) -> None:
    request = entry(pasted)
    assert request is not None
    assert (request.url, request.ref) == (f"{TENDERS}/{REAL}", REAL)


@pytest.mark.parametrize(
    "pasted", ["", "UA-2023-02-16-009364-a", f"https://prozorro.gov.ua/tender/{REAL}", REAL[:31]]
)
def test_what_names_no_tender_leads_nowhere(pasted: str) -> None:
    assert entry(pasted) is None


def notices(name: str) -> tuple[Notice, ...]:
    return read(PORTAL, load(FIXTURES / "ua_prozorro" / name))[1]


def test_plans_are_a_feed_of_their_own_and_each_is_opened_once() -> None:
    asked = [one.url for one in first(Query(NOW, settings={"read": ["tenders", "plans"]}))]
    assert [url.partition("?")[0] for url in asked] == [TENDERS, PLANS]
    whole, row, over = notices("plans")
    assert (details(whole), [one.url for one in details(row)]) == ((), [f"{PLANS}/{'bb20' * 8}"])
    assert over.phase is Phase.CANCELLED
    request = entry(f"{PLANS}/{'bb20' * 8}")
    assert request is not None
    assert (request.kind, request.ref) == ("plan", "bb20" * 8)


def test_a_plan_and_the_tender_it_became_are_of_one_purchase_and_its_leads_go_over() -> None:
    plan, sand = notices("plans_carried_out")
    (tender, *_) = notices("ordinary")
    assert keys_of(plan) & keys_of(tender) == {("ua_prozorro", Relation.NOTICE, tender.id)}
    assert successors(plan, "1", tender) == ("1",)
    assert sand.phase is Phase.CLOSED  # carried out without a tender
    # A tender names its plan too, whichever of the two is read first.
    named = replace(tender, related=(Related(Relation.PLAN, "aa10" * 8),))
    (planned, *_) = notices("plans")
    assert keys_of(planned) & keys_of(named) == {("ua_prozorro", Relation.PLAN, "aa10" * 8)}


@pytest.mark.payloads
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"SKIPPED: no saved portal answers in {FOLDER}")
class TestSaved:
    def test_the_real_tender_is_closed_with_a_line_code_unit_and_place(self) -> None:
        repair = opened(REAL, (FOLDER / "base_tender.json").read_bytes())
        assert (repair.number, repair.status, repair.phase, repair.category) == (
            "UA-2023-02-16-009364-a",
            "active.qualification",
            Phase.CLOSED,
            "services",
        )
        assert repair.value == Money(4177_00, "UAH", Vat.INCLUDED)
        assert repair.published_at == datetime(2023, 2, 16, 12, 30, 13, 746921, tzinfo=UTC)
        assert repair.amended_at == datetime(2023, 3, 1, 10, 4, 5, 175816, tzinfo=UTC)
        assert repair.period is not None
        assert repair.period.end == datetime(2023, 2, 26, 22, tzinfo=UTC)
        assert repair.procuring_entity is not None
        assert repair.procuring_entity.id == Code("UA-EDR", "39604270")
        assert repair.procuring_entity.country == "UA"
        (lot,) = repair.lots
        (line,) = lot.items
        assert (line.quantity, line.unit) == (
            Decimal(1),
            Unit("послуга", Code("UNCEFACT", "E48")),
        )
        assert line.codes == (Code("CPV", "45310000", "Електромонтажні роботи"),)
        assert [place.text for place in line.places] == [
            "02175, Україна, м. Київ, Харківське шосе, 148"
        ]
        assert lot.delivery == "… – 2023-03-09"

    def test_its_documents_are_three_without_the_signature_nor_those_of_bids(self) -> None:
        repair = opened(REAL, (FOLDER / "base_tender.json").read_bytes())
        assert [(one.title, one.kind) for one in repair.documents] == [
            ("ОГОЛОШЕННЯ_ХШ_148.docx", "biddingDocuments"),
            ("ОГОЛОШЕННЯ.pdf", "biddingDocuments"),
            ("ПРОЄКТ ДОГОВОРУ.docx", "contractProforma"),
        ]

    def test_the_makers_example_is_a_draft_and_not_announced(self) -> None:
        cases = opened(EXAMPLE, body_of("tender_view.http"))
        assert (cases.phase, cases.category, cases.depth) == (Phase.PLAN, "goods", Depth.DETAIL)
        assert cases.value == Money(500_00, "UAH", Vat.EXCLUDED)
        assert cases.period is not None
        assert cases.period.end == datetime(2027, 1, 14, 22, tzinfo=UTC)
        (line,) = cases.lots[0].items
        assert (line.quantity, line.unit) == (
            Decimal(5),
            Unit("кілограм", Code("UNCEFACT", "KGM")),
        )
        assert [(code.scheme, code.id) for code in line.codes] == [
            ("CPV", "44617100"),
            ("ДКПП", "17.21.1"),
        ]
        assert {text.language for text in line.translations} == {"en", "ru"}

    def test_the_saved_feed_is_empty(self) -> None:
        (request,) = first(Query(NOW))
        page = listing(answer(request, body_of("tender_listing.http")), Query(NOW))
        assert (page.notices, page.next) == ((), None)


def body_of(file: str) -> bytes:
    """The body of a saved exchange: what follows the empty line after the status line."""
    return (FOLDER / file).read_bytes().rpartition(b"HTTP/1.0 200 OK")[2].partition(b"\n\n")[2]


def answer(request: Request, body: bytes) -> Answer:
    return Answer(request, request.url, 200, {"content-type": "application/json"}, body, NOW)


def opened(ident: str, body: bytes) -> Notice:
    request = entry(ident)
    assert request is not None
    notice = detail(None, answer(request, body))
    assert details(notice) == ()
    return notice
