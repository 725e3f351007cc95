"""The engine of EEP Mitwork and National Bank: costs, statuses, requests."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from scrapers.errors import LayoutChanged
from scrapers.portal import Query
from scrapers.portals import kz_mitwork, kz_national_bank, yii_publics
from scrapers.records import Depth, Money, Phase, Unit, Vat
from tests.scrapers.portals.cases import FIXTURES, load

NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["5.000 шт x 1234 тг. = 6170 тг.", "1 234,00 KZT x 5 шт = 6 170,00 KZT"],
)
def test_a_cost_is_read_in_either_order(text: str) -> None:
    assert yii_publics.cost_of(text, Vat.EXCLUDED) == (
        Decimal(5),
        Unit("шт"),
        Money(123_400, "KZT", Vat.EXCLUDED),
        Money(617_000, "KZT", Vat.EXCLUDED),
    )


@pytest.mark.parametrize("text", ["", "5 шт", "5 x 7 = 35 тг.", "x " * 50_000, "a x b = c"])
def test_what_is_no_cost_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        yii_publics.cost_of(text, Vat.UNKNOWN)


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("Опубликован", Phase.OPEN),
        ("Отменен", Phase.CANCELLED),
        ("Итоги. Закупка состоялась", Phase.AWARDED),
        ("Итоги. Закупка не состоялась", Phase.CLOSED),
        ("Отказ от закупки", Phase.CANCELLED),
        ("Приостановлено", Phase.CLOSED),
        ("Завершено", Phase.CLOSED),
        ("Невиданный", None),
    ],
)
def test_statuses_of_the_search_form_have_a_phase(status: str, phase: Phase | None) -> None:
    assert yii_publics.phase_of(status) is phase


def test_each_word_is_a_query_of_its_own() -> None:
    query = Query(NOW, settings={"words": ["труба", "кабель"], "type": ["G"]})
    asked = [dict(parse_qsl(urlsplit(r.url).query)) for r in kz_national_bank.first(query)]
    assert [one["filter[search]"] for one in asked] == ["труба", "кабель"]
    assert {(one["filter[lot_status]"], one["filter[type][]"]) for one in asked} == {("5", "G")}
    found = kz_mitwork.first(Query(NOW, settings={"words": ["труба"]}))
    assert [dict(parse_qsl(urlsplit(r.url).query))["filter[search]"] for r in found] == ["труба"]


def test_lots_without_a_unit_are_opened_after_the_announcement() -> None:
    case = load(FIXTURES / "kz_mitwork" / "multi_lot")
    row = kz_mitwork.listing(case.answers[0], case.query).notices[0]
    assert [r.kind for r in kz_mitwork.details(row)] == ["buy"]
    notice = kz_mitwork.detail(row, case.answers[1])
    assert [r.ref for r in kz_mitwork.details(notice)] == ["880001", "880002"]
    assert [r.ref for r in kz_mitwork.details(kz_mitwork.detail(notice, case.answers[2]))] == [
        "880002"
    ]


def test_closed_rows_are_not_opened() -> None:
    case = load(FIXTURES / "kz_mitwork" / "cancelled")
    row = kz_mitwork.listing(case.answers[0], case.query).notices[0]
    assert row.depth is Depth.LISTING
    assert kz_mitwork.details(row) == ()


def test_a_lot_page_with_another_quantity_is_not_joined() -> None:
    case = load(FIXTURES / "kz_mitwork" / "multi_lot")
    row = kz_mitwork.listing(case.answers[0], case.query).notices[0]
    notice = kz_mitwork.detail(row, case.answers[1])
    text = case.answers[2].body.decode().replace("3,500 т", "3,600 т")
    with pytest.raises(LayoutChanged, match="quantity"):
        kz_mitwork.detail(notice, replace(case.answers[2], body=text.encode()))


def test_the_page_of_another_announcement_is_not_joined() -> None:
    case = load(FIXTURES / "kz_mitwork" / "multi_lot")
    row = kz_mitwork.listing(case.answers[0], case.query).notices[0]
    strayed = replace(case.answers[1], url="https://eep.mitwork.kz/ru/publics/buy/900102")
    with pytest.raises(LayoutChanged, match="not 900101"):
        kz_mitwork.detail(row, strayed)


def test_a_document_of_another_site_is_refused() -> None:
    case = load(FIXTURES / "kz_national_bank" / "multi_lot")
    row = kz_national_bank.listing(case.answers[0], case.query).notices[0]
    text = case.answers[1].body.decode()
    text = text.replace("https://zakup.nationalbank.kz/ru/files", "https://example.org/ru/files")
    with pytest.raises(LayoutChanged, match="another site"):
        kz_national_bank.detail(row, replace(case.answers[1], body=text.encode()))
