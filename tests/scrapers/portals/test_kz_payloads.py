"""The Kazakh portals' real saved pages. Counts and sums were made with plain patterns over the raw
bytes, the chosen fields read by eye."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.portal import Answer, Portal, Query, Request
from scrapers.portals import PORTALS
from scrapers.records import Code, Depth, Money, Notice, Phase, Unit, Vat

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads"
NOW = datetime(2026, 5, 12, 9, tzinfo=UTC)
QUERY = Query(NOW)

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(
        not (FOLDER / "goszakup_kz").is_dir(),
        reason=f"SKIPPED: no saved portal answers in {FOLDER}",
    ),
]


def answer(file: str, request: Request) -> Answer:
    headers = {"content-type": "text/html; charset=utf-8"}
    return Answer(request, request.url, 200, headers, (FOLDER / file).read_bytes(), NOW)


def listed(portal: Portal, file: str) -> tuple[dict[str, Notice], int | None, str]:
    found = portal.listing(answer(file, portal.first(QUERY)[0]), QUERY)
    assert found.next is not None
    return {notice.id: notice for notice in found.notices}, found.total, found.next.url


def by_number(name: str, text: str, file: str) -> Notice:
    portal = PORTALS[name]
    assert portal.entry is not None
    assert portal.detail is not None
    request = portal.entry(text)
    assert request is not None
    return portal.detail(None, answer(file, request))


def test_goszakup_search_page_gives_fifty_lots_in_45_announcements() -> None:
    notices, total, _ = listed(PORTALS["kz_goszakup"], "goszakup_kz/lots_search_page.html")
    lots = [lot for notice in notices.values() for lot in notice.lots]
    assert (len(notices), len(lots), total) == (45, 50, 10_000)
    assert sum(lot.value.minor for lot in lots if lot.value) == 90_684_059_687
    assert Counter(lot.status for lot in lots) == {
        "Опубликован": 35,
        "Опубликован (прием ценовых предложений)": 10,
        "Опубликован (прием заявок)": 5,
    }
    quantities = [item.quantity for lot in lots for item in lot.items]
    # Two lots of 10 and 60 million tenge print 0: no quantity is announced.
    assert quantities.count(None) == 2
    assert sum(q for q in quantities if q) == 475_422
    assert {notice.phase for notice in notices.values()} == {Phase.OPEN}
    assert all(notice.depth is Depth.LISTING for notice in notices.values())


def test_goszakup_first_row_is_read_by_its_columns() -> None:
    notices, _, _ = listed(PORTALS["kz_goszakup"], "goszakup_kz/lots_search_page.html")
    notice = notices["16099116"]
    assert notice.number == "16099116-1"
    assert notice.method == "Запрос ценовых предложений"
    lot = notice.lots[0]
    assert lot.number == "39332519-ОЛ-ЗЦП3"
    assert lot.items[0].quantity == Decimal(2)
    assert lot.value == Money(630_000_000, "KZT", Vat.UNKNOWN)


def test_goszakup_announcement_has_times_in_utc_and_sums_without_vat() -> None:
    notice = by_number("kz_goszakup", "17013627-1", "goszakup_kz/announce_17013627.html")
    assert (notice.id, notice.number) == ("17013627", "17013627-1")
    assert notice.status == "Опубликовано (прием заявок)"
    assert notice.phase is Phase.OPEN
    assert notice.category == "services"
    assert notice.value == Money(15_500_000, "KZT", Vat.EXCLUDED)
    assert notice.lots_stated == 1
    assert notice.period is not None
    assert notice.period.start == datetime(2026, 5, 18, 5, 46, 26, tzinfo=UTC)
    assert notice.period.end == datetime(2026, 5, 20, 5, 46, 26, tzinfo=UTC)
    assert notice.procuring_entity is not None
    assert notice.procuring_entity.id == Code("KZ-BIN", "151241012513")


def test_goszakup_lot_window_gives_code_unit_price_and_six_places() -> None:
    notice = by_number("kz_goszakup", "81610885-ОК2", "goszakup_kz/lot_modal.html")
    assert notice.id == "lot:81610885-ОК2"
    assert notice.buyer is not None
    assert notice.buyer.id == Code("KZ-BIN", "000540002083")
    (lot,) = notice.lots
    (item,) = lot.items
    assert lot.status == "Закупка не состоялась"
    assert lot.delivery == "30 календарных дней со дня подписания договора; DDP"
    assert item.codes[0].id == "279033.900.000002"
    assert item.description == "для контроля разряда аккумуляторной батареи\nАктиватор АКБ"
    assert (item.quantity, item.unit) == (Decimal(7), Unit("Штука"))
    assert item.unit_price == Money(322_041_571, "KZT")
    assert item.value == Money(2_254_290_997, "KZT")
    places = [(p.code.id, int(p.quantity)) for p in item.places if p.code and p.quantity]
    assert places == [
        ("631010000", 1),
        ("791310000", 1),
        ("391010000", 1),
        ("751410000", 2),
        ("711310000", 1),
        ("151010000", 1),
    ]


def test_mitwork_listing_gives_fifty_announcements_and_46_sums() -> None:
    notices, total, following = listed(PORTALS["kz_mitwork"], "mitwork/listing.html")
    assert (len(notices), total) == (50, 177_165)
    assert following == "https://eep.mitwork.kz/ru/publics/buys?page=2&per-page=50"
    sums = [notice.value for notice in notices.values() if notice.value]
    assert (len(sums), sum(value.minor for value in sums)) == (46, 31_090_423_579)
    assert {value.vat for value in sums} == {Vat.EXCLUDED}
    assert sum(notice.lots_stated or 0 for notice in notices.values()) == 110
    assert notices["192072"].number == "186288-6"
    assert notices["192012"].phase is Phase.CLOSED


def test_mitwork_announcement_gives_its_lot_and_document() -> None:
    portal = PORTALS["kz_mitwork"]
    assert portal.detail is not None
    notices, _, _ = listed(portal, "mitwork/listing.html")
    (request,) = portal.details(notices["192049"])
    notice = portal.detail(notices["192049"], answer("mitwork/buy_192049.html", request))
    assert (notice.id, notice.number) == ("192049", "191748-2")
    assert notice.value == Money(200_000_000, "KZT", Vat.EXCLUDED)
    assert notice.category == "services"
    assert notice.period is not None
    assert notice.period.end == datetime(2026, 5, 14, 8, tzinfo=UTC)
    (lot,) = notice.lots
    assert (lot.id, lot.number) == ("642204", "694789-ОИ2")
    assert lot.items[0].codes[0].id == "016110.510.000001"
    assert lot.items[0].unit_price == Money(200_000_000, "KZT", Vat.EXCLUDED)
    (document,) = notice.documents
    assert document.published_at == datetime(2026, 5, 5, 12, 47, 5, tzinfo=UTC)
    assert notice.procuring_entity is not None
    assert notice.procuring_entity.id == Code("KZ-BIN", "031140000170")


def test_national_bank_listing_gives_fifty_lots_each_with_a_code() -> None:
    notices, total, _ = listed(PORTALS["kz_national_bank"], "national_bank/listing.html")
    assert (len(notices), total) == (50, 72_204)
    assert sum(n.value.minor for n in notices.values() if n.value) == 12_008_273_174
    codes = [n.lots[0].items[0].codes[0].id for n in notices.values()]
    assert (len(codes), len(set(codes))) == (50, 41)
    cable = notices["lot-228317"].lots[0]
    assert cable.number == "252495-ЗЦП3"
    assert cable.items[0].description == "Марка ВВГ/NYY, 3 * 2,5 кв.мм"
    assert cable.value == Money(2_100_000, "KZT", Vat.EXCLUDED)


def test_national_bank_lot_gives_quantity_place_and_announcement() -> None:
    portal = PORTALS["kz_national_bank"]
    assert portal.detail is not None
    notices, _, _ = listed(portal, "national_bank/listing.html")
    (request,) = portal.details(notices["lot-228344"])
    notice = portal.detail(notices["lot-228344"], answer("national_bank/lot_228344.html", request))
    assert notice.number == "102968"
    assert notice.period is not None
    assert notice.period.start == datetime(2026, 5, 15, 4, tzinfo=UTC)
    (item,) = notice.lots[0].items
    assert (item.quantity, item.unit) == (Decimal(1), Unit("Работа"))
    assert item.value == Money(796_423_103, "KZT", Vat.EXCLUDED)
    assert item.places[0].text == "г.Астана, В соответствии с условиями Договора"
    assert [(text.language, len(text.value)) for text in item.translations] == [
        ("kk", 36),
        ("kk", 89),
    ]
    kinds = Counter(document.kind for document in notice.documents)
    assert kinds == {"contractDraft": 3, "technicalSpecifications": 2}


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("kz_goszakup", "goszakup_kz/lots_search_page.html"),
        ("kz_mitwork", "mitwork/listing.html"),
        ("kz_national_bank", "national_bank/listing.html"),
    ],
)
def test_a_quantity_or_sum_changed_by_hand_changes_the_record(name: str, file: str) -> None:
    portal = PORTALS[name]
    first = answer(file, portal.first(QUERY)[0])
    old, new = {
        "kz_goszakup": (">9000<", ">9001<"),
        "kz_mitwork": ("46 347,00", "46 348,00"),
        "kz_national_bank": (">315 000,00", ">316 000,00"),
    }[name]
    text = first.body.decode()
    assert text.count(old) == 1
    changed = Answer(
        first.request, first.url, 200, first.headers, text.replace(old, new).encode(), NOW
    )
    before = set(portal.listing(first, QUERY).notices)
    after = set(portal.listing(changed, QUERY).notices)
    assert len(after - before) == 1
