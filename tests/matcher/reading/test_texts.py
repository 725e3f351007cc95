"""What one text states. Expected values are read off the texts by hand."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.family import load_families
from catalog.records import Span
from matcher.reading import read_text
from matcher.reading.answers import reading_to_json

FAMILIES = load_families()


def attributes(text: str) -> dict[str, Any]:
    answer: dict[str, Any] = reading_to_json("1", read_text(text, FAMILIES))["attributes"]
    return answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Труба стальная эл/св 159х4,5", {"outer_diameter_mm": 159, "wall_mm": 4.5}),
        ("Труба стальная 159*4.5 мм", {"outer_diameter_mm": 159, "wall_mm": 4.5}),
        ("Труба стальная 159×4,5", {"outer_diameter_mm": 159, "wall_mm": 4.5}),
        ("Труба стальная 159x4,5", {"outer_diameter_mm": 159, "wall_mm": 4.5}),
        ("Труба стальная 159мм х 4,5мм", {"outer_diameter_mm": 159, "wall_mm": 4.5}),
        ("Труба ВГП Ду 32х3,2", {"nominal_diameter_mm": 32, "wall_mm": 3.2}),
        (
            "Труба ВГП Ду 25 (33,5х3,2)",
            {"outer_diameter_mm": 33.5, "nominal_diameter_mm": 25, "wall_mm": 3.2},
        ),
        ("Труба эл/св Ду 89х3,5", {"outer_diameter_mm": 89, "wall_mm": 3.5}),
        ("Труба 40х25х1,5", {"width_mm": 40, "height_mm": 25, "wall_mm": 1.5}),
        (
            "Труба профильная 60х40х2х6000",
            {"width_mm": 60, "height_mm": 40, "wall_mm": 2, "length_m": 6},
        ),
        ("Труба стальная Ø108х4 L=6м", {"outer_diameter_mm": 108, "wall_mm": 4, "length_m": 6}),
        ("Труба эс 219*6,0 12+нд", {"outer_diameter_mm": 219, "wall_mm": 6, "length_m": 12}),
        (
            "Труба эс 219*6 (8,0-8,25)",
            {"outer_diameter_mm": 219, "wall_mm": 6, "length_m": {"min": 8, "max": 8.25}},
        ),
        ("Труба стальная 1 020х10", {"outer_diameter_mm": 1020, "wall_mm": 10}),
        ("Труба стальная диаметром 1 020 мм", {"outer_diameter_mm": 1020}),
        ("Труба стальная наружным диаметром 0,82 м", {"outer_diameter_mm": 820}),
        ("Труба стальная Ду 100–400", {"nominal_diameter_mm": {"min": 100, "max": 400}}),
        (
            "Труба стальная диаметром от 530 до 1420 мм",
            {"outer_diameter_mm": {"min": 530, "max": 1420}},
        ),
        (
            "Труба стальная 820 мм, толщина стенки не менее 8 мм",
            {"outer_diameter_mm": 820, "wall_mm": {"min": 8}},
        ),
        (
            "Труба стальная диаметром до 1020 мм",
            {"outer_diameter_mm": {"max": 1020}},
        ),
        (
            "Труба 530х8, 720х10",
            {"outer_diameter_mm": [530, 720], "wall_mm": [8, 10]},
        ),
        (
            "Ішкі диаметрі 40 мм, қабырғы қалыңдығы 4 мм жіксіз болат құбыр",
            {"inner_diameter_mm": 40, "wall_mm": 4},
        ),
        (
            "Болат құбыр 820 мм, қабырға қалыңдығы 8 мм кем емес",
            {"outer_diameter_mm": 820, "wall_mm": {"min": 8}},
        ),
        (
            "Welded steel pipe 1020 mm diameter, wall thickness 12 mm",
            {"outer_diameter_mm": 1020, "wall_mm": 12},
        ),
        ("Poʻlat quvur 820x10", {"outer_diameter_mm": 820, "wall_mm": 10}),
        (
            "Труба ПЭ100 SDR 17,6 - 110х6,3 PN 9,5",
            {
                "outer_diameter_mm": 110, "wall_mm": 6.3, "sdr": 17.6, "pe_grade": "PE100",
                "nominal_pressure_bar": 9.5,
            },
        ),
        (
            "Труба напорная ПНД d.63 (6,3 бар, 1,6 МПа)",
            {"outer_diameter_mm": 63, "nominal_pressure_bar": [6.3, 16]},
        ),
        ("Фасадная система RAL 9003", {"color_ral": "RAL 9003"}),
        (
            "Труба 1220-14-К60-ГОСТ 31447",
            {"outer_diameter_mm": 1220, "wall_mm": 14, "steel_grade": "К60"},
        ),
        ("Труба стальная 89 на 4 мм", {"outer_diameter_mm": 89, "wall_mm": 4}),
        ("Труба стальная 89 на 2026 год", {"outer_diameter_mm": 89}),
        ("Труба стальная 720-10-12", {"outer_diameter_mm": 720}),
        ("Эмаль ПФ-115 1,9 кг", {"mass_kg": 1.9, "kind": "ПФ-115"}),
        ("Краска фасадная 10 л", {"volume_l": 10}),
        ("Окно ПВХ 1200х1400", {"width_mm": 1200, "height_mm": 1400, "material": "ПВХ"}),
        ("Окна ПВХ 1,5х1,4 м", {"width_mm": 1500, "height_mm": 1400, "material": "ПВХ"}),
        ("Краска серая 1 кг", {"mass_kg": 1, "color": "серый"}),
        ("Отвод Ø250 L=700 мм", {"outer_diameter_mm": 250, "length_m": 0.7}),
        (
            "Стеклопакет 24 мм 1200х800",
            {"width_mm": 1200, "height_mm": 800, "thickness_mm": 24},
        ),
        ("Труба дымовая", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_sizes_are_read_as_written(text: str, expected: dict[str, Any]) -> None:
    assert attributes(text) == expected


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("Труба Ст3сп 820х10", "Ст3сп"),
        ("Швеллер 16П ст3сп5", "Ст3сп5"),
        ("Труба ст. 20 820х10", "20"),
        ("Труба сталь 20 820х10", "20"),
        ("Труба 09Г2C 820х10", "09Г2С"),
        ("Труба 17Г1С-У 820х10", "17Г1С-У"),
        ("Труба 820х10 К-52", "К52"),
        ("Труба 820х10 17Г1СУ", "17Г1С-У"),
        ("Steel pipe 820x10 X60", "X60"),
        ("Труба бесшовная 12Х18Н10Т 57х3,5", "12Х18Н10Т"),
        ("Круг 40Х 125мм", "40Х"),
        ("Круг СтШХ15-В 90 мм", "ШХ15-В"),
        ("Круг ст20х13 210 мм", "20Х13"),
        ("Труба AISI 304 57х3", "AISI 304"),
        ("Арматура А500С 12 мм", "А500С"),
    ],
)
def test_steel_grades_have_one_writing(text: str, grade: str) -> None:
    assert attributes(text)["steel_grade"] == grade


@pytest.mark.parametrize(
    "text", ["Труба 60х40х3", "Мука 50кг", "Труба 6м", "10т щебня", "ст. метро 5 этаж", "25 г соли"]
)
def test_sizes_and_weights_are_no_steel_grades(text: str) -> None:
    assert "steel_grade" not in attributes(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Труба 820х10, 500 п.м.", 500, "m"),
        ("Труба 820х10 120 тонн", 120, "t"),
        ("Водовод Ду 800, 12,3 км", 12.3, "km"),
        ("Окно ПВХ, количество 25 шт.", 25, "pcs"),
        ("Болты 10 тыс. шт", 10000, "pcs"),
        ("Стеклопакет 150 м²", 150, "m2"),
    ],
)
def test_a_stated_quantity_keeps_its_unit(text: str, value: float, unit: str) -> None:
    answer = reading_to_json("1", read_text(text, FAMILIES))
    assert answer["quantity"] == {"value": value, "unit": unit}


@pytest.mark.parametrize(
    "text", ["Труба 530х8, -5 т", "Труба 530х8, −5 т", "Труба 530х8, количество: -5 т"]
)
def test_a_quantity_below_zero_is_unknown(text: str) -> None:
    assert reading_to_json("1", read_text(text, FAMILIES))["quantity"] is None


@pytest.mark.parametrize("text", ["Труба 530х8 - 5 т", "Труба 530х8 -5 т", "Труба 530х8, - 5 т"])
def test_a_dash_before_a_quantity_is_no_minus(text: str) -> None:
    answer = reading_to_json("1", read_text(text, FAMILIES))
    assert answer["quantity"] == {"value": 5, "unit": "t"}


@settings(max_examples=300)
@given(st.text(alphabet="труба0123456789,.-+*хx×()° мдДуØстГСгPESDRNкLl=\"'/№", max_size=120))
def test_any_text_gives_plain_json(text: str) -> None:
    line = json.dumps(reading_to_json("1", read_text(text, FAMILIES)), allow_nan=False)
    assert not any(isinstance(v, float) and math.isnan(v) for v in json.loads(line).values())


def test_inches_behind_a_size_sign_are_no_steel() -> None:
    read = read_text('Тройник комбинированный ВР 20х1/2" полипропилен', FAMILIES)
    assert "steel_grade" not in read.attributes
    assert read.attributes["nominal_diameter_mm"] == (Span(15.0, 15.0),)
