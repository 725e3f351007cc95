"""The portals of Uzbekistan: the saved answers. Every value was read by eye in the files.

The trade and the first row of xt-xarid are real; the rest is partly invented by whoever saved it.
"""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.portal import Answer, Query, Request
from scrapers.portals import uz_etender, uz_xt_xarid
from scrapers.records import Code, Depth, Money, Period, Phase, Unit

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads"
NOW = datetime(2026, 5, 10, 13, tzinfo=UTC)
QUERY = Query(NOW)

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(
        not (FOLDER / "uzex_etender").is_dir(),
        reason=f"SKIPPED: no saved portal answers in {FOLDER}",
    ),
]


def answer(file: str, request: Request | None) -> Answer:
    assert request is not None
    headers = {"content-type": "application/json"}
    return Answer(request, request.url, 200, headers, (FOLDER / file).read_bytes(), NOW)


def test_the_trade_has_its_sum_times_files_and_one_product() -> None:
    saved = answer("uzex_etender/detail_482604.json", uz_etender.entry("482604"))
    notice = uz_etender.detail(None, saved)
    assert (notice.id, notice.number) == ("482604", "26120012482604")
    assert notice.value == Money(247_600_000_000, "UZS")
    assert notice.period == Period(
        datetime(2026, 5, 15, 7, 36, 31, tzinfo=UTC),
        datetime(2026, 5, 22, 7, 36, 31, tzinfo=UTC),
        "Asia/Tashkent",
    )
    assert (notice.phase, notice.depth) == (Phase.CLOSED, Depth.DETAIL)
    assert notice.status == "Таклифларни кабул килиш муддати тугатилди"
    assert notice.language == "uz"
    assert notice.title.startswith("“O‘zbektelekom” AK ehtiyojlari uchun iqlim strategiyasini")
    assert notice.description == ""  # both descriptions say the title again
    assert notice.buyer is not None
    assert (notice.buyer.name, notice.buyer.id) == (
        "АО O`ZBEKTELEKOM",
        Code("UZ-STIR", "203366731"),
    )
    (lot,) = notice.lots
    (item,) = lot.items
    assert (item.id, item.quantity, item.codes) == ("1864914", None, ())
    titles = [document.title for document in notice.documents]
    assert titles[:3] == [
        "202604233529711988.rar",
        "202604233530012202.pdf",
        "202604233529805959.docx",
    ]
    assert len(titles) == 5  # and the forms of a criterion and of a qualification
    assert titles[3] == "4-ilova"


def test_the_saved_listing_of_trades_has_five_rows_of_384() -> None:
    page = uz_etender.listing(
        answer("uzex_etender/listing.json", uz_etender.first(QUERY)[0]), QUERY
    )
    assert (len(page.notices), page.total, page.next is None) == (5, 384, False)
    assert [notice.id for notice in page.notices] == [
        "488134",
        "488120",
        "488101",
        "488080",
        "488061",
    ]
    # 196 428 571.25 + 84 000 000 + 12 500 000.5 + 45 670 000 + 28 000 000
    assert sum(n.value.minor for n in page.notices if n.value) == 36_659_857_175
    assert [notice.language for notice in page.notices] == [None, None, "uz", None, None]
    assert {notice.phase for notice in page.notices} == {Phase.OPEN}


def test_the_real_procedure_has_twelve_goods_that_add_up_to_its_sum() -> None:
    saved = answer("xt_xarid/listing.json", uz_xt_xarid.first(QUERY)[0])
    page = uz_xt_xarid.listing(saved, QUERY)
    assert [notice.id for notice in page.notices] == ["7393512", "7393500", "7393488"]
    notice = page.notices[0]
    assert notice.value == Money(509_998_210_104, "UZS")
    assert notice.title == "Услуги по аутсорсингу приготовления еды"
    assert (notice.method, notice.status) == ("Тендер", "docs_objections")
    assert (notice.phase, notice.period) == (Phase.OPEN, None)
    assert notice.buyer is not None
    assert notice.buyer.id == Code("UZ-STIR", "200935928")
    assert notice.buyer.address is not None
    assert notice.buyer.address.endswith("Шайхантахурский район")
    (lot,) = notice.lots
    assert lot.value is None  # the lot says 0
    assert len(lot.items) == 12
    assert sum(item.value.minor for item in lot.items if item.value) == notice.value.minor
    # 5 x 7245 + 7244 + 991 + 5 x 987
    assert sum(item.quantity for item in lot.items if item.quantity) == Decimal(49_395)
    assert {item.unit for item in lot.items} == {Unit("порц.")}
    assert {code.id for item in lot.items for code in item.codes} == {
        "56.29.19.000-00004",
        "56.29.19",
    }
    assert lot.items[6].unit_price == Money(10_324_810, "UZS")
    assert lot.items[6].value == Money(10_231_886_710, "UZS")


def test_the_other_procedures_have_their_lots_and_deadlines() -> None:
    saved = answer("xt_xarid/listing.json", uz_xt_xarid.first(QUERY)[0])
    _, furniture, medical = uz_xt_xarid.listing(saved, QUERY).notices
    assert furniture.published_at == datetime(2026, 5, 10, 3, tzinfo=UTC)
    assert furniture.period == Period(None, datetime(2026, 5, 20, 13, tzinfo=UTC), "Asia/Tashkent")
    assert [(lot.id, len(lot.items)) for lot in medical.lots] == [("1", 1), ("2", 2)]
    assert medical.lots_stated == 2
    assert medical.lots[1].title == "Расходные материалы для лабораторий"
