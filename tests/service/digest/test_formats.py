from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from scrapers.records import Money, Vat
from service.digest import formats
from service.texts import language
from tests.service.digest.samples import NOW

RU, KK, EN = language("ru"), language("kk"), language("en")
NBSP = "\u00a0"
ALMATY = "Asia/Almaty"


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("3660", "3 660"),
        ("3660.49", "3 660"),
        ("12.4", "12,4"),
        ("12.446", "12,4"),
        ("0.075", "0,075"),
        ("0.0001234", "0,000123"),
        ("7.00", "7"),
        ("1E+3", "1 000"),
        ("0", "0"),
    ],
)
def test_numbers_are_written_without_false_precision(value: str, written: str) -> None:
    assert plain(formats.number(Decimal(value), RU)) == written


def test_english_numbers_are_english() -> None:
    assert formats.number(Decimal("3660.5"), EN) == "3,661"
    assert formats.percent(Decimal("0.0366"), EN) == "3.7%"


@pytest.mark.parametrize(
    ("share", "written"),
    [
        ("0.0366", "3,7 %"),
        ("0.000124", "меньше 0,1 %"),
        ("1", "100 %"),
        ("23.5", "2 350 %"),
    ],
)
def test_a_small_share_is_not_shown_as_nothing(share: str, written: str) -> None:
    assert plain(formats.percent(Decimal(share), RU)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Money(1_830_000_000_00, "KZT", Vat.EXCLUDED), "1 830 000 000 ₸, без НДС"),
        (Money(12_345_678_50, "EUR"), "12 345 678,50 €"),
        (Money(99, "UZS", Vat.INCLUDED), "0,99 UZS, с НДС"),
        (Money(5000, "JPY"), "5 000 JPY"),
    ],
)
def test_sums_keep_their_minor_units_and_vat(value: Money, written: str) -> None:
    assert plain(formats.money(value, RU)) == written


def test_days_are_written_as_each_language_writes_them() -> None:
    day = date(2026, 11, 23)
    assert plain(formats.day(day, RU, year=True)) == "23 ноября 2026 г."
    assert plain(formats.day(day, KK, year=True)) == "2026 жылғы 23 қараша"
    assert plain(formats.day(day, EN, year=True)) == "23 November 2026"
    assert plain(formats.day(day, KK)) == "23 қараша"


def test_a_deadline_names_its_clock_and_the_days_left() -> None:
    end = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
    assert (
        plain(formats.deadline(NOW, end, ALMATY, ALMATY, RU))
        == "до 18:00, 26 ноября (время Астаны), осталось 3 рабочих дня"
    )


def test_a_deadline_abroad_is_also_told_by_the_readers_clock() -> None:
    # Brussels is UTC+1 in winter, Almaty UTC+5: 23:30 there is 03:30 of the next day here.
    end = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
    assert (
        plain(formats.deadline(NOW, end, "Europe/Brussels", ALMATY, RU))
        == "до 23:30, 1 декабря (время Брюсселя) = 03:30, 2 декабря (время Астаны), "
        "осталось 6 рабочих дней"
    )


def test_kazakhstan_is_five_hours_ahead_of_utc() -> None:
    # tzdata older than 2024a would say UTC+6 and shift every deadline by an hour.
    at = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert plain(formats.moment(at, ALMATY, RU)).startswith("17:00")


@pytest.mark.parametrize(
    ("zone", "name"),
    [("America/St_Johns", "UTC−3:30"), ("Asia/Dubai", "UTC+4"), ("UTC", "UTC+0")],
)
def test_a_zone_without_a_name_is_told_by_its_distance(zone: str, name: str) -> None:
    assert formats.moment(NOW, zone, RU).endswith(f"({name})")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (datetime(2026, 11, 23, 2, 59, tzinfo=UTC), "срок истёк"),
        (datetime(2026, 11, 23, 13, 0, tzinfo=UTC), "сегодня последний день"),
        (datetime(2026, 11, 24, 13, 0, tzinfo=UTC), "остался 1 рабочий день"),
    ],
)
def test_the_last_days_are_said_plainly(end: datetime, words: str) -> None:
    assert formats.time_left(NOW, end, ALMATY, RU) == words


def test_a_deadline_on_the_weekend_leaves_no_working_day() -> None:
    friday, sunday = datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 11, 29, 9, tzinfo=UTC)
    assert formats.time_left(friday, sunday, ALMATY, RU) == "рабочих дней не осталось"


def test_a_missing_deadline_is_a_question_to_the_buyer_and_not_closed() -> None:
    assert formats.deadline(NOW, None, ALMATY, ALMATY, RU) == "не указан — уточнить у заказчика"


@pytest.mark.parametrize(
    ("value", "written"),
    [("4321.5", "4 321,5 т"), ("1000.125", "1 000,125 т"), ("7.00", "7 т"), ("36.49172", "36,5 т")],
)
def test_a_stated_quantity_is_written_as_stated_and_a_computed_one_rounded(
    value: str, written: str
) -> None:
    assert plain(formats.quantity(Decimal(value), "t", RU)) == written


def test_an_estimate_is_called_one() -> None:
    value = Decimal(3660)
    assert plain(formats.quantity(value, "t", RU, estimated=True)) == "3 660 т (оценка)"
    assert plain(formats.quantity(value, None, RU)) == "3 660"
    assert plain(formats.quantity(value, "furlong", RU)) == "3 660 furlong"
