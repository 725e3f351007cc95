"""Numbers, sums and times as portals print them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.parsing.dates import local_time
from scrapers.parsing.numbers import money, number, whole
from scrapers.records import Money, Vat

ALMATY = "Asia/Almaty"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6 300 000.00", Decimal("6300000.00")),
        ("2\u00a0000\u00a0000,00", Decimal("2000000.00")),
        ("2\u202f500", Decimal(2500)),
        ("1.000", Decimal(1)),  # one with three decimals, not a thousand
        ("7964231.03", Decimal("7964231.03")),
        (" 23 ", Decimal(23)),
    ],
)
def test_white_space_groups_and_a_dot_or_comma_divides(text: str, value: Decimal) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "-", "не указана"])
def test_what_is_not_stated_is_none(text: str) -> None:
    assert number(text) is None
    assert money(text, Vat.UNKNOWN) is None


@pytest.mark.parametrize(
    "text", ["6 30 000", "1,234.56", "12 3", "5 шт", "1e9", "-5", "1 000 0000", "9" * 40]
)
def test_a_number_that_lost_a_digit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number(text)


def test_a_sum_keeps_its_currency_and_vat_flag() -> None:
    assert money("16 900,00 KZT", Vat.EXCLUDED) == Money(1_690_000, "KZT", Vat.EXCLUDED)
    assert money("7964231.03 тг.", Vat.UNKNOWN) == Money(796_423_103, "KZT")


@pytest.mark.parametrize("text", ["100 USD", "100 KZT 200", "KZT", "1 0 KZT"])
def test_a_sum_in_an_unknown_currency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        money(text, Vat.UNKNOWN)


def test_a_count_has_no_fraction() -> None:
    assert whole("177 165") == 177_165
    with pytest.raises(ValueError, match="not a count"):
        whole("1,5")


@given(st.text(max_size=40))
def test_any_text_is_a_number_none_or_an_error(text: str) -> None:
    try:
        value = number(text)
    except ValueError:
        return
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-18 10:46:26", datetime(2026, 5, 18, 5, 46, 26, tzinfo=UTC)),
        ("18.05.2026 11:12", datetime(2026, 5, 18, 6, 12, tzinfo=UTC)),
        ("5 мая 2026 г., 17:47:05", datetime(2026, 5, 5, 12, 47, 5, tzinfo=UTC)),
        # Before 1 March 2024 Almaty was at UTC+6.
        ("2024-02-28 12:00:00", datetime(2024, 2, 28, 6, tzinfo=UTC)),
        ("2024-03-02 12:00:00", datetime(2024, 3, 2, 7, tzinfo=UTC)),
    ],
)
def test_local_times_become_utc_by_the_zones_history(text: str, moment: datetime) -> None:
    assert local_time(text, ALMATY) == moment


@pytest.mark.parametrize(
    "text",
    ["2026-02-30 10:00:00", "2026-05-18", "18/05/2026 10:00", "5 мяу 2026 г., 17:47:05", "завтра"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        local_time(text, ALMATY)


def test_an_empty_time_is_unknown() -> None:
    assert local_time("", ALMATY) is None
