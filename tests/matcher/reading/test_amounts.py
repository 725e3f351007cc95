"""Which number is a quantity, whose it is, and what looks like one and is none."""

from decimal import Decimal

import pytest

from catalog.family import load_families
from catalog.records import Span
from matcher.quantities import quantity_of
from matcher.reading import read_lot
from matcher.records import Amount, LotText, Need

FAMILIES = load_families()


def needs(title: str) -> tuple[Need, ...]:
    return read_lot(LotText("n", "1", title), FAMILIES)


@pytest.mark.parametrize(
    "title",
    [
        "Замена окон в школе №25 г. Алматы",
        "Труба 530х8, школа № 12 м-н Аксай",
        "Труба ПЭ, лот №5 т",
    ],
)
def test_the_number_of_a_school_is_no_quantity(title: str) -> None:
    assert [need.quantity for need in needs(title)] == [None]


@pytest.mark.parametrize(
    ("title", "key", "expected"),
    [
        (
            "Трубы Ду 500 – 1200 м, Ду 600 – 300 м",
            "nominal_diameter_mm",
            [(500, 1200), (600, 300)],
        ),
        (
            "Труба ПЭ 110 SDR 17 - 300 м; 160 SDR17 - 200 м",
            "outer_diameter_mm",
            [(110, 300), (160, 200)],
        ),
        (
            "Трубы диаметром 530 мм – 120 м, 720 мм – 200 м",
            "outer_diameter_mm",
            [(530, 120), (720, 200)],
        ),
    ],
)
def test_a_length_behind_a_diameter_is_the_quantity_of_that_size(
    title: str, key: str, expected: list[tuple[int, int]]
) -> None:
    found = [(need.attributes[key], need.quantity) for need in needs(title)]
    assert found == [
        ((Span(size, size),), Amount(Decimal(metres), "m")) for size, metres in expected
    ]


def test_a_range_of_nominal_sizes_stays_a_range() -> None:
    (need,) = needs("Трубы стальные Ду 100-300 мм")
    assert need.attributes["nominal_diameter_mm"] == (Span(100, 300),)


@pytest.mark.parametrize(
    "title", ["Замена теплотрассы 2Ду 500, 350 м", "Реконструкция теплотрассы 2d=530 мм, 350 м"]
)
def test_two_pipes_of_a_heating_main_are_twice_the_route_and_said_so(title: str) -> None:
    (need,) = needs(title)
    found, assumed = quantity_of(need, FAMILIES[need.family] if need.family else None)
    assert (found.stated, found.unit, found.metres) == (Decimal(350), "m", Decimal(700))
    assert found.estimated
    assert any("труб рядом: 2" in each for each in assumed)


def test_a_supply_by_metres_is_not_doubled() -> None:
    (need,) = needs("Труба стальная 530х8, лот 2 Ду 500, 350 м")
    assert need.runs == 1


def test_tins_of_a_stated_mass_are_kilograms() -> None:
    (need,) = needs("Эмаль ПФ-115 белая, 1,9 кг, 200 банок")
    found, _ = quantity_of(need, FAMILIES[need.family] if need.family else None)
    assert (found.unit, found.pieces) == ("pack", Decimal(200))
    assert found.tonnes == Decimal("0.38")  # 200 tins of 1.9 kg


@pytest.mark.parametrize("title", ["Замена теплотрассы 2хДу500", "Heating network 2xDN500 laying"])
def test_two_pipes_may_be_written_with_a_sign_of_times(title: str) -> None:
    (need,) = needs(title)
    assert need.runs == 2
    assert need.attributes["nominal_diameter_mm"] == (Span(500, 500),)


def test_a_main_laid_in_two_pipes_says_so_in_a_word() -> None:
    (need,) = needs("Реконструкция теплотрассы Ду 700 L=850 м в двухтрубном исполнении")
    assert need.runs == 2
