"""Units of quantity by every name a portal gives them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.units import convert, dimension, fold_unit, fold_unit_word


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Тонна (метрическая)", "t"),
        ("тонн", "t"),
        ("168", "t"),
        ("пог. м", "m"),
        ("п.м.", "m"),
        ("м/п", "m"),
        ("Метр погонный", "m"),
        ("006", "m"),
        ("018", "m"),
        ("Километр (тысяча метров)", "km"),
        ("Километр; тысяча метров", "km"),
        ("кв.м.", "m2"),
        ("м²", "m2"),
        ("шаршы метр", "m2"),
        ("055", "m2"),
        ("дана", "pcs"),
        ("dona", "pcs"),
        ("Штука", "pcs"),
        ("796", "pcs"),
        ("тыс. шт", "1000pcs"),
        ("мың дана", "1000pcs"),
        ("Тысяча квадратных метров", "1000m2"),
        ("тыс. м", "km"),
        ("166", "kg"),
        ("112", "l"),
        ("113", "m3"),
        ("Комплект", "set"),
        ("жиынтық", "set"),
        ("to‘plam", "set"),
        ("МПа", "MPa"),
        ("кгс/см²", "atm"),
        ("Одна пачка", "pack"),
        ("", None),
        ("трактор", None),
    ],
)
def test_a_unit_has_one_name(written: str, unit: str | None) -> None:
    assert fold_unit(written) == unit


@pytest.mark.parametrize(
    ("value", "unit", "to", "converted"),
    [
        ("12.3", "km", "m", "12300"),
        ("1.6", "MPa", "bar", "16"),
        ("10", "atm", "bar", "9.80665"),
        ("250", "kg", "t", "0.25"),
        ("3", "1000pcs", "pcs", "3000"),
        ("2", "1000m2", "m2", "2000"),
    ],
)
def test_conversion_is_exact(value: str, unit: str, to: str, converted: str) -> None:
    assert convert(Decimal(value), unit, to) == Decimal(converted)


def test_tonnes_do_not_become_metres() -> None:
    assert convert(Decimal(1), "t", "m") is None
    assert convert(Decimal(1), "set", "pcs") is None
    assert dimension("1000m2") == "area"
    assert dimension("nothing") is None


@given(st.text())
def test_any_text_is_a_unit_or_none(text: str) -> None:
    assert fold_unit(text) is None or dimension(fold_unit(text) or "") is not None


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("тонн", "t"),
        ("құбыр", None),
        ("узындықметрі", "m"),
        ("жұп", "pair"),
        ("to'plam", "set"),
        ("тыскг", "t"),
        ("мыңшт", "1000pcs"),
        ("тысяч", None),
    ],
)
def test_a_word_alone_is_the_unit_it_is_in_a_field(word: str, unit: str | None) -> None:
    assert fold_unit_word(word) == fold_unit(word) == unit
