"""ETS-Tender: what is opened, and the saved pages, whose values were read by eye in the files."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.portal import Answer, Query, Request
from scrapers.portals.kz_ets_tender import detail, details, entry, first, listing
from scrapers.records import Code, Depth, Money, Notice, Phase, Vat
from tests.scrapers.portals.cases import FIXTURES, load

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads" / "ets_tender"
NOW = datetime(2026, 5, 18, 6, 15, tzinfo=UTC)
QUERY = Query(NOW)
STEEL = "https://www.ets-tender.kz/market/list-stalnoi-g-k/tender-2085996/"


def test_only_open_procedures_that_are_not_by_invitation_are_opened() -> None:
    case = load(FIXTURES / "kz_ets_tender" / "ordinary")
    pipe, paint, invited = listing(case.answers[0], case.query).notices
    assert [request.ref for request in details(pipe)] == ["9000001"]
    assert (paint.phase, details(paint)) == (Phase.CLOSED, ())
    assert (invited.period, details(invited)) == (None, ())


def test_a_page_of_a_full_listing_leads_on_and_one_past_the_end_does_not() -> None:
    case = load(FIXTURES / "kz_ets_tender" / "last_page")
    (answer,) = case.answers
    second = Request(answer.request.url.replace("page=3", "page=2"))
    following = listing(replace(answer, request=second), case.query).next
    assert following == answer.request
    assert listing(answer, case.query).next is None


@pytest.mark.parametrize("pasted", [STEEL, f"{STEEL}#btid=2", STEEL.replace("www.", "")])
def test_an_address_leads_to_the_procedure(pasted: str) -> None:
    request = entry(pasted)
    assert request is not None
    assert (request.url, request.ref) == (STEEL, "2085996")


@pytest.mark.parametrize("pasted", ["", "2085996", "https://example.invalid/market/a/tender-1/"])
def test_what_names_no_procedure_leads_nowhere(pasted: str) -> None:
    assert entry(pasted) is None


@pytest.mark.payloads
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"SKIPPED: no saved portal pages in {FOLDER}")
class TestSaved:
    def test_the_listing_has_ten_open_procedures_of_418(self) -> None:
        found = listing(answer("listing.html", first(QUERY)[0]), QUERY)
        assert found.total == 418
        assert found.next is not None
        assert found.next.url.endswith("/market/?show=actual&page=2")
        assert [notice.id for notice in found.notices] == [
            "2085996",
            "2085995",
            "2085935",
            "2085994",
            "2085993",
            "2085992",
            "2085990",
            "2085989",
            "2085988",
            "2085981",
        ]
        assert {notice.phase for notice in found.notices} == {Phase.OPEN}

    def test_rows_have_title_lines_organiser_and_times(self) -> None:
        clothes = rows()["2085935"]
        assert clothes.title == 'Повторный конкурс "Спецодежда"'
        assert clothes.description.count("\n") == 6
        assert clothes.method == "Конкурс"
        assert clothes.procuring_entity is not None
        assert clothes.procuring_entity.name == 'ТОО "ЖЭС"'
        assert clothes.published_at == datetime(2026, 5, 18, 5, 53, tzinfo=UTC)
        assert clothes.period is not None
        assert clothes.period.end == datetime(2026, 5, 28, 5, tzinfo=UTC)

    def test_a_hidden_procedure_has_neither_times_nor_a_name(self) -> None:
        hidden = rows()["2085989"]
        assert (hidden.title, hidden.period) == ("Закрытый запрос цен № 2085989", None)
        assert hidden.published_at is None

    def test_the_page_has_code_quantity_price_and_a_sum_with_vat(self) -> None:
        row = rows()["2085996"]
        (request,) = details(row)
        steel = detail(row, answer("tender_2085996.html", request))
        assert (steel.url, steel.depth) == (STEEL, Depth.DETAIL)
        assert (steel.title, steel.period) == (row.title, row.period)
        assert steel.value == Money(1_550_000_00, "KZT", Vat.INCLUDED)
        assert steel.amended_at is None
        ((item,),) = (lot.items for lot in steel.lots)
        assert item.codes[0] == Code(
            "KZ-ENSTRU",
            "241031.900.000011",
            "Лист стальной горячекатаный, толщиной от 4 до 10 мм",
        )
        assert (item.quantity, item.unit) == (Decimal(10), None)
        assert item.unit_price == Money(155_000_00, "KZT", Vat.UNKNOWN)
        assert [place.text for place in item.places] == ["г. Алматы, ул. Промышленная, 5"]


def rows() -> dict[str, Notice]:
    found = listing(answer("listing.html", first(QUERY)[0]), QUERY)
    return {notice.id: notice for notice in found.notices}


def answer(file: str, request: Request) -> Answer:
    headers = {"content-type": "text/html; charset=utf-8"}
    return Answer(request, request.url, 200, headers, (FOLDER / file).read_bytes(), NOW)
