"""zakupki.gov.ru: requests, signs and zones, and the saved answers.

Expected counts and sums of saved answers were made with plain patterns over the raw bytes, chosen
fields read by eye."""

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from scrapers import errors
from scrapers.portal import Answer, Listing, Query, Request, Setting, settled
from scrapers.portals.ru_eis import PORTAL, details, entry, first, listing
from scrapers.portals.ru_eis_44 import characteristics
from scrapers.portals.ru_eis_tree import zone
from scrapers.records import Code, Depth, Lot, Money, Notice, Phase, Unit

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads" / "ru_eis"
NOW = datetime(2026, 7, 29, 9, tzinfo=UTC)
SEARCH = "https://zakupki.gov.ru/epz/order/extendedsearch"
saved = [
    pytest.mark.payloads,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"SKIPPED: no saved portal answers in {FOLDER}"),
]


def answer(url: str, body: bytes, kind: str = "application/xml") -> Answer:
    return Answer(Request(url), url, 200, {"content-type": kind}, body, NOW)


def asked(**settings: Setting) -> list[dict[str, str]]:
    query = Query(NOW, datetime(2026, 7, 26, 9, tzinfo=UTC), settings)
    return [dict(parse_qsl(urlsplit(one.url).query)) for one in first(query)]


def test_a_feed_is_asked_per_word_from_the_day_of_the_last_run() -> None:
    (feed,) = asked(words=["труба"])
    assert feed == {
        "searchString": "труба",
        "morphology": "on",
        "sortBy": "UPDATE_DATE",
        "fz44": "on",
        "fz223": "on",
        "updateDateFrom": "26.07.2026",
        "pageNumber": "1",
    }
    (page,) = asked(words="труба", laws=["223"], feed=False)
    assert (page["recordsPerPage"], page["pageNumber"]) == ("_50", "1")
    assert "fz44" not in page


def test_without_a_word_nothing_is_asked() -> None:
    """All records of the system are 27 million."""
    assert asked() == asked(words=[""]) == []


def test_the_hosts_of_saved_documents_are_the_only_ones_added() -> None:
    settings: dict[str, Setting] = {"files": ["https://saved.example/a.xml", "no address"]}
    assert settled(PORTAL, settings).hosts == {"zakupki.gov.ru", "saved.example"}
    requests = first(Query(NOW, settings=settings))
    assert [one.url for one in requests] == ["https://saved.example/a.xml"]


@pytest.mark.parametrize(
    ("text", "ident"),
    [
        ("0111200004623000009", "0111200004623000009"),
        (
            "https://zakupki.gov.ru/epz/order/notice/ea20/view/common-info.html"
            "?regNumber=0111200004623000009&x=1",
            "0111200004623000009",
        ),
        ("31603913641", None),  # 223-FZ: the address of its XML is not known
        ("https://zakupki.gov.ru.example/?regNumber=0111200004623000009", None),
    ],
)
def test_a_notice_is_found_by_what_people_paste(text: str, ident: str | None) -> None:
    request = entry(text)
    assert (request.ref if request else None) == ident


def test_only_open_notices_by_44_fz_are_opened() -> None:
    def row(ident: str, phase: Phase) -> Notice:
        return Notice("ru_eis", ident, "", "Трубы", phase, depth=Depth.LISTING)

    assert details(row("1" * 19, Phase.OPEN))[0].url.endswith("viewXml.html?regNumber=" + "1" * 19)
    assert details(row("1" * 19, Phase.CLOSED)) == ()
    assert details(row("3" * 11, Phase.OPEN)) == ()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("2026-08-11T09:00:00+02:00", "Europe/Kaliningrad"),
        ("2026-08-11T09:00:00.5+12:00", "Asia/Kamchatka"),
        ("2026-08-11T09:00:00", "Europe/Moscow"),
        ("", "Europe/Moscow"),
    ],
)
def test_the_offset_names_the_zone(written: str, name: str) -> None:
    assert zone({"endDT": written}, "endDT") == name


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ({"minMathNotation": "greater", "min": "8"}, "Толщина: > 8 мм"),
        ({"maxMathNotation": "less", "max": 12}, "Толщина: < 12 мм"),
        (
            {
                "minMathNotation": "greaterOrEqual",
                "min": "530",
                "maxMathNotation": "lessOrEqual",
                "max": "1420",
            },
            "Толщина: ≥ 530 и ≤ 1420 мм",
        ),
        ({}, ""),
    ],
)
def test_a_range_keeps_its_signs(limits: dict[str, object], text: str) -> None:
    value = {"rangeSet": {"valueRange": limits}, "OKEI": {"nationalCode": "мм"}}
    one = {"name": "Толщина", "values": {"value": value}}
    ktru = {"characteristics": {"characteristicsUsingReferenceInfo": one}}
    assert characteristics(ktru, answer("", b"")) == text


def test_json_nested_too_deeply_is_refused() -> None:
    with pytest.raises(errors.TooLarge):
        listing(answer("https://zakupki.gov.ru/a", b"[" * 400 + b"]" * 400), Query(NOW))


def test_a_refusal_names_the_settings_that_help() -> None:
    assert "`proxy`" in PORTAL.when_blocked
    assert "`ca_file`" in PORTAL.when_blocked


class TestSaved:
    pytestmark = saved

    def read(self, file: str, url: str = f"{SEARCH}/rss.html") -> Listing:
        body = (FOLDER / file).read_bytes()
        if file.endswith(".html"):
            # Both files are cut in mid-page; one has lost the count that stands above the cards.
            count = (
                b"" if b"results__total" in body else b"1 \xd0\xb7\xd0\xb0\xd0\xbf\xd0\xb8\xd1\x81"
            )
            head = b'<div class="search-results__total">' + count + b"</div>" if count else b""
            body = b"<html><body>" + head + body + b'"></div></body></html>'
            return listing(answer(url, body, "text/html; charset=utf-8"), Query(NOW))
        return listing(answer(url, body), Query(NOW))

    def test_a_saved_search_page_cut_short_is_refused(self) -> None:
        body = (FOLDER / "list_44fz.html").read_bytes()
        with pytest.raises(errors.Truncated):
            listing(answer(f"{SEARCH}/results.html", body, "text/html"), Query(NOW))

    def test_a_search_page_by_44_fz_has_ten_cards(self) -> None:
        found = self.read(
            "list_44fz.html", f"{SEARCH}/results.html?recordsPerPage=_10&pageNumber=1"
        )
        assert (len(found.notices), found.total) == (10, None)  # «более 27 000 000»
        assert found.next is not None
        assert found.next.url.endswith("pageNumber=2")
        sums = sum(one.value.minor for one in found.notices if one.value)
        # 262 512 + 60 000 + 106 236 + 211 904 + 975 398.60 + 7 242 558.45 + 99 000 + 16 583.30
        # + 85 888.50 + 88 116.50
        assert sums == 914_819_735
        assert Counter(one.status for one in found.notices) == {
            "Определение поставщика завершено": 7,
            "Работа комиссии": 3,
        }
        assert [one.procuring_entity is not None for one in found.notices].count(True) == 1
        # «05.08.2026» ends with that day in Moscow.
        assert found.notices[3].period is not None
        assert found.notices[3].period.end == datetime(2026, 8, 5, 20, 59, 59, tzinfo=UTC)

    def test_a_search_page_by_223_fz_has_one_card(self) -> None:
        url = f"{SEARCH}/results.html?recordsPerPage=_10&pageNumber=1"
        (notice,) = self.read("list_223fz.html", url).notices
        assert (notice.id, notice.phase) == ("32616184235", Phase.CLOSED)
        assert notice.method == "Иной способ"
        assert notice.value == Money(67_500_000, "RUB")
        assert notice.amended_at == datetime(2026, 8, 2, 21, tzinfo=UTC)  # 03.08 in Moscow

    def test_the_feed_has_five_items_and_null_is_no_object(self) -> None:
        notices = self.read("rss.xml").notices
        assert len(notices) == 5
        assert sum(one.value.minor for one in notices if one.value) == 166_767_802
        assert {one.phase for one in notices} == {Phase.OPEN}
        assert [one.title == one.method for one in notices] == [True, False, True, False, False]
        assert notices[4].title == (
            "Поставка контейнеров для сбора колюще-режущих медицинских отходов для ОГБУЗ ККОД"
        )

    def test_seven_notices_by_44_fz_are_read_with_codes_and_documents(self) -> None:
        notices = {one.id: one for one in self.read("ef2020_notices.json").notices}
        items = [item for one in notices.values() for lot in one.lots for item in lot.items]
        assert (len(notices), len(items)) == (7, 8)
        assert sum(len(one.documents) for one in notices.values()) == 30
        assert sum(one.value.minor for one in notices.values() if one.value) == 838_001_169
        codes = Counter(code.scheme for item in items for code in item.codes)
        assert codes == {"OKPD2": 8, "KTRU": 6}
        quantities = [item.quantity for item in items if item.quantity is not None]
        assert sorted(quantities) == [Decimal("3609.380082"), Decimal(30_000)]
        petrol = notices["0148300006823000096"]
        assert petrol.period is not None
        assert petrol.period.end == datetime(2023, 11, 21, 6, tzinfo=UTC)
        assert petrol.buyer is not None
        assert petrol.buyer.id == Code("RU-INN", "5046005836")
        (item,) = petrol.lots[0].items
        assert item.description == (
            "Октановое число бензина автомобильного по исследовательскому методу: ≥ 95 и < 98\n"
            "Экологический класс: Не ниже К5"
        )
        assert item.unit == Unit("Литр; кубический дециметр", Code("OKEI", "112"))
        assert item.unit_price == Money(5_595, "RUB")

    def test_the_same_notices_written_as_xml_give_the_same_records(self) -> None:
        def element(name: str, value: object) -> str:
            if isinstance(value, list):
                return "".join(element(name, one) for one in value)
            inside = str(value).replace("&", "&amp;").replace("<", "&lt;")
            if isinstance(value, dict):
                inside = "".join(element(key, one) for key, one in value.items() if key != "_id")
            return f"<{name}>{inside}</{name}>"

        for held, known in zip(
            json.loads((FOLDER / "ef2020_notices.json").read_text("utf-8")),
            self.read("ef2020_notices.json").notices,
            strict=True,
        ):
            inside = element("epNotificationEF2020", held)
            body = f'<export xmlns:ns4="http://zakupki.gov.ru/oos/common/1">{inside}</export>'
            assert listing(answer("https://zakupki.gov.ru/a.xml", body.encode()), Query(NOW)) == (
                Listing((known,))
            )

    def test_a_notice_by_223_fz_is_a_water_main_of_698_metres(self) -> None:
        (notice,) = self.read("notice_223fz.xml").notices
        assert (notice.id, notice.phase) == ("31603913641", Phase.CLOSED)
        assert notice.published_at == datetime(2016, 7, 22, 4, 35, 12, tzinfo=UTC)
        assert notice.period is not None
        assert notice.period.end == datetime(2016, 8, 5, 15, tzinfo=UTC)
        assert len(notice.documents) == 4
        (lot,) = notice.lots
        assert lot.value == Money(307_705_586, "RUB")
        (item,) = lot.items
        assert item.quantity == Decimal("0.698")
        assert item.unit == Unit("Километр; Тысяча метров", Code("OKEI", "008"))
        assert [code.id for code in item.codes] == ["41.20.20.310", "42.21"]

    def test_a_plan_has_209_positions_though_229_are_printed(self) -> None:
        """The 20 of the section for small business are among the 209."""
        (plan,) = self.read("plan_223fz.xml").notices
        assert (plan.id, plan.phase, len(plan.lots)) == ("plan-2180316803", Phase.PLAN, 209)
        items = [item for lot in plan.lots for item in lot.items]
        assert len(items) == 391
        assert sum(item.quantity is not None for item in items) == 310
        assert sum(item.quantity or 0 for item in items) == Decimal("108159.3")
        assert sum(lot.value.minor for lot in plan.lots if lot.value) == 116_606_313_693
        assert self.water(plan.lots[0]) == ("Поставка питьевой воды", Decimal(1200), "Москва")
        assert plan.lots[0].period is not None
        assert plan.lots[0].period.start == datetime(2018, 12, 31, 21, tzinfo=UTC)

    def water(self, lot: Lot) -> tuple[str, Decimal | None, str]:
        return lot.title, lot.items[0].quantity, lot.places[0].text
