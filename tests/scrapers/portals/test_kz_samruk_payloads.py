"""zakup.sk.kz: the saved answers. Every value was read by eye in the files."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.portal import Answer, Query, Request
from scrapers.portals.kz_samruk import detail, details, first, listing
from scrapers.records import Code, Depth, Money, Notice, Phase, Place, Vat

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads" / "samruk_sk_kz"
NOW = datetime(2026, 5, 14, 7, tzinfo=UTC)
QUERY = Query(NOW)

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"SKIPPED: no saved portal answers in {FOLDER}"),
]


def answer(file: str, request: Request) -> Answer:
    headers = {"content-type": "application/json"}
    return Answer(request, request.url, 200, headers, (FOLDER / file).read_bytes(), NOW)


def rows() -> tuple[Notice, ...]:
    found = listing(answer("listing.json", first(QUERY)[0]), QUERY)
    assert (found.next, found.total) == (None, None)
    return found.notices


def opened() -> Notice:
    notice = rows()[0]
    for file in ("advert_1220290.json", "lots_1220290.json"):
        (request,) = details(notice)
        notice = detail(notice, answer(file, request))
    return notice


def test_the_listing_has_two_open_adverts_without_a_customer() -> None:
    works, battery = rows()
    assert (works.id, works.number, works.method, works.status) == (
        "1220290",
        "1220290",
        "OTOU",
        "PUBLISHED",
    )
    assert battery.title == "ТМЦ (Батарея) среди ТП повтор"
    assert battery.value == Money(66_105_900, "KZT", Vat.EXCLUDED)
    assert battery.translations[0].language == "kk"
    assert battery.period is not None
    assert battery.period.end == datetime(2026, 5, 18, 5, tzinfo=UTC)
    assert {notice.phase for notice in (works, battery)} == {Phase.OPEN}
    assert (works.lots_stated, battery.lots_stated) == (13, None)


def test_the_advert_says_the_same_as_its_row_and_more() -> None:
    row, deep = rows()[0], opened()
    assert (deep.value, deep.period, deep.title) == (row.value, row.period, row.title)
    assert deep.value == Money(3_419_186_947, "KZT", Vat.EXCLUDED)
    assert deep.depth is Depth.DETAIL
    assert deep.category == "works"
    assert deep.buyer is not None
    assert deep.buyer.id == Code("KZ-BIN", "960840000483")
    assert deep.buyer.address == "г.Алматы, Бостандыкский район, Манаса, 24 Б, 401"
    assert deep.procuring_entity == deep.buyer
    kinds = [document.kind for document in deep.documents]
    assert kinds == ["biddingDocuments", "contractDraft", "contractDraft", "tenderNotice"]
    assert deep.documents[0].url.endswith("/cef87f7e-1838-48e3-b331-324875fd773b-2026-minio")


def test_the_two_saved_lots_add_up_to_the_sum_of_the_advert() -> None:
    deep = opened()
    assert [lot.number for lot in deep.lots] == ["4418837", "4418838"]
    assert deep.value is not None
    assert sum(lot.value.minor for lot in deep.lots if lot.value) == deep.value.minor
    codes = [code.id for lot in deep.lots for item in lot.items for code in item.codes]
    assert codes == ["410040.300.000010", "410040.300.000012"]
    first_lot, second_lot = deep.lots
    assert first_lot.items[0].quantity == Decimal(1)
    assert first_lot.items[0].unit_price == Money(115_063_501, "KZT", Vat.EXCLUDED)
    assert first_lot.items[0].places == (
        Place("KZ", "КАЗАХСТАН, г.Алматы", Code("KZ-KATO", "750000000")),
    )
    assert (second_lot.items[0].quantity, second_lot.items[0].places) == (None, ())
    assert [len(lot.translations) for lot in deep.lots] == [1, 1]
