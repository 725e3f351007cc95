"""The portals of Uzbekistan: languages, codes, and how their listings are paged."""

import json
from dataclasses import replace

import pytest

from scrapers.errors import ImplausibleListing, LayoutChanged
from scrapers.ocds.values import mapping
from scrapers.portal import Answer, Query
from scrapers.portals import uz_etender, uz_xt_xarid
from scrapers.portals.uz_terms import codes_of, language_of, tax_number
from scrapers.records import Code, Depth, Phase
from tests.scrapers.portals.cases import FIXTURES, NOW, load


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Polietilen quvurlar xaridi", "uz"),
        ("“O‘zbektelekom” AK ehtiyojlari uchun", "uz"),
        ("Энг яхши таклифни танлаб олиш бўйича тендер", "uz"),
        ("Закупка оконных блоков", "ru"),
        ("Поставка труб", None),  # these letters are in both alphabets
        ("Поставка труб / Quvurlar", None),
        ("Бўёқ закупить было бы", None),
        ("12345", None),
        ("", None),
    ],
)
def test_a_language_is_told_by_letters_or_not_at_all(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_a_product_code_is_kept_whole_with_its_cpa_beside_it() -> None:
    assert codes_of("24.20.13.110-00001", "Труба") == (
        Code("UZ-ENKT", "24.20.13.110-00001", "Труба"),
        Code("CPA", "24.20.13"),
    )


@pytest.mark.parametrize(
    "written", ["", "24.20.13", "24.20.13.110", "٢٤.20.13.110-00001", "x" * 99]
)
def test_what_is_no_product_code_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no product code"):
        codes_of(written)


def test_a_tax_number_has_nine_digits() -> None:
    assert tax_number("012345678") == Code("UZ-STIR", "012345678")
    assert tax_number("12345678") is None


def trades(rows: list[dict[str, object]], start: int) -> Answer:
    answer = load(FIXTURES / "uz_etender" / "ordinary").answers[0]
    asked = json.dumps({"From": start, "To": start + 49, "TypeId": 2, "System_Id": 0})
    request = replace(answer.request, json=asked)
    return replace(answer, request=request, body=json.dumps(rows).encode())


def trade(number: int, total: int) -> dict[str, object]:
    return {"rn": number, "id": 600_000 + number, "total_count": total, "name": "Труба"}


def test_a_page_of_trades_begins_with_the_last_row_of_the_one_before() -> None:
    first = trades([trade(number, 80) for number in range(1, 50)], 1)  # `To` was not within
    page = uz_etender.listing(first, Query(NOW))
    assert (page.total, len(page.notices)) == (80, 49)
    assert page.next is not None
    body = mapping(json.loads(page.next.json or ""))
    assert (body["From"], body["To"], body["TypeId"]) == (49, 98, 2)
    last = trades([trade(number, 80) for number in range(49, 81)], 49)
    assert uz_etender.listing(last, Query(NOW)).next is None


def test_trades_that_do_not_go_on_are_not_read_for_ever() -> None:
    with pytest.raises(ImplausibleListing):
        uz_etender.listing(trades([trade(49, 80)], 49), Query(NOW))


def test_an_empty_page_behind_others_does_not_say_that_there_are_none() -> None:
    assert uz_etender.listing(trades([], 49), Query(NOW)).total is None
    assert uz_etender.listing(trades([], 1), Query(NOW)).total == 0


def test_only_an_open_trade_is_opened_and_once() -> None:
    rows = uz_etender.listing(load(FIXTURES / "uz_etender" / "ordinary").answers[0], Query(NOW))
    assert [len(uz_etender.details(notice)) for notice in rows.notices] == [1, 1, 0]
    assert uz_etender.details(replace(rows.notices[0], depth=Depth.DETAIL)) == ()


@pytest.mark.parametrize("text", ["482604", "https://etender.uzex.uz/lot/482604"])
def test_a_trade_is_found_by_number_or_address(text: str) -> None:
    request = uz_etender.entry(text)
    assert request is not None
    assert request.url == "https://apietender.uzex.uz/api/common/GetTrade/482604/0"
    assert uz_etender.entry("https://example.org/lot/482604") is None


def test_each_type_of_trade_and_each_register_is_a_listing_of_its_own() -> None:
    query = Query(NOW, settings={"types": ["1", "2", "9"], "registers": ["ref_tender_public"]})
    assert [json.loads(r.json or "")["TypeId"] for r in uz_etender.first(query)] == [1, 2]
    (asked,) = uz_xt_xarid.first(query)
    params = json.loads(asked.json or "")["params"]
    assert (params["ref"], params["offset"]) == ("ref_tender_public", 0)
    assert params["filters"] == {"status": ["docs_objections", "open"]}


def test_a_full_page_of_procedures_leads_on_by_offset() -> None:
    answer = load(FIXTURES / "uz_xt_xarid" / "ordinary").answers[0]
    page = uz_xt_xarid.listing(answer, Query(NOW))
    assert page.next is not None
    params = json.loads(page.next.json or "")["params"]
    assert (params["offset"], params["limit"]) == (2, 2)


def test_a_procedure_without_a_deadline_stays_open_and_its_deadline_unknown() -> None:
    answer = load(FIXTURES / "uz_xt_xarid" / "ordinary").answers[0]
    _, second = uz_xt_xarid.listing(answer, Query(NOW)).notices
    assert (second.phase, second.period, second.published_at) == (Phase.OPEN, None, None)


@pytest.mark.parametrize("body", ['{"result": null}', "[]", '{"result": [1]}', "{}"])
def test_what_is_no_result_is_a_new_layout(body: str) -> None:
    answer = load(FIXTURES / "uz_xt_xarid" / "ordinary").answers[0]
    with pytest.raises(LayoutChanged):
        uz_xt_xarid.listing(replace(answer, body=body.encode()), Query(NOW))
