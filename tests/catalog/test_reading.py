"""Catalogue files that are right: what they say becomes plants and products."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from catalog.reading import read_catalogue
from catalog.records import (
    Capability,
    Certificate,
    Plant,
    PlantId,
    Product,
    ProductCode,
    ProductCodeMark,
    Source,
    Span,
    Standing,
)
from tests.catalog.plants import FAMILIES, HEADER, PIPE, products, read, read_text, workbook

FIXTURES = Path(__file__).parent.parent / "fixtures" / "catalog"
TOLD = Source("паспорт завода", date(2026, 3, 1))
FULL = Product(
    code=ProductCode("0012"),
    name='Труба 3/4" стальная, прямошовная',
    plant=PlantId("Образец-Труба"),
    description="Первая строка\nвторая строка",
    family=PIPE,
    codes=(ProductCodeMark("ENSTRU", "242013.900.000001"), ProductCodeMark("CPA", "24.20.13")),
    capabilities=(
        Capability("outer_diameter_mm", TOLD, spans=(Span(530, 1420),)),
        Capability("wall_mm", TOLD, spans=(Span(6, 25),)),
        Capability("steel_grade", TOLD, names=frozenset({"Ст20", "09Г2С"})),
    ),
    unit="t",
    capacity_per_year=Decimal(60000),
    utilisation_pct=Decimal("20.5"),
    lead_time_days=30,
    certificates=(Certificate("СТ-KZ", date(2027, 5, 1)), Certificate("ISO 9001")),
    source=TOLD,
    line=2,
)
FULL_PLANT = Plant(PlantId("Образец-Труба"), "Образец-Труба", bin="123456789013")


def test_every_column_of_a_full_row_is_read() -> None:
    reading = read(FIXTURES / "full.csv")
    assert products(reading)[0] == FULL
    assert reading.catalogue.plants == (FULL_PLANT,)


def test_a_plain_row_knows_only_its_name() -> None:
    plain = products(read(FIXTURES / "full.csv"))[1]
    assert plain == Product(
        code=ProductCode("3"),
        name="Эмаль ПФ-115",
        source=Source("заявлено в файле каталога"),
        line=3,
    )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_each_delimiter_is_recognised(tmp_path: Path, mark: str) -> None:
    text = f"product_code{mark}name{mark}capacity_per_year\n7{mark}Труба{mark}4.5\n"
    (product,) = products(read_text(tmp_path, text))
    assert (product.code, product.name, product.capacity_per_year) == ("7", "Труба", Decimal("4.5"))


def test_a_lone_column_of_names_is_enough(tmp_path: Path) -> None:
    found = products(read_text(tmp_path, "name\nТруба стальная 530х8\nКраска; белая\n"))
    assert [(one.code, one.name) for one in found] == [
        ("2", "Труба стальная 530х8"),
        ("3", "Краска; белая"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_each_encoding_of_excel_reads_the_same(tmp_path: Path, encoding: str) -> None:
    text = HEADER.replace(",", ";") + "А-1;Труба «стальная» № 5, 530×8;;;т\n".replace("×", "х")
    (product,) = products(read_text(tmp_path, text, encoding))
    assert (product.code, product.name, product.unit) == ("А-1", "Труба «стальная» № 5, 530х8", "t")


def test_blank_rows_count_as_lines_and_are_left_out(tmp_path: Path) -> None:
    found = products(read_text(tmp_path, "name,unit\nТруба,\n\n,\nКраска,\n"))
    assert [one.code for one in found] == ["2", "5"]


def test_a_cell_with_line_breaks_is_one_line_of_the_table(tmp_path: Path) -> None:
    found = products(read_text(tmp_path, 'name\n"Труба\r\nстальная"\nКраска\n'))
    assert [(one.code, one.name) for one in found] == [("2", "Труба\nстальная"), ("3", "Краска")]


def test_the_guard_before_a_formula_is_taken_off(tmp_path: Path) -> None:
    found = products(read_text(tmp_path, "name\n'=1+1\n'Кыргыз'\n-5\n"))
    assert [one.name for one in found] == ["=1+1", "'Кыргыз'", "-5"]


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ("", Standing.CONFIRMED),
        ("да", Standing.CONFIRMED),
        ("TRUE", Standing.CONFIRMED),
        ("нет", Standing.REPORTED),
        ("жоқ", Standing.REPORTED),
        ("0", Standing.REPORTED),
        ("типовые", Standing.TYPICAL),
        ("typical", Standing.TYPICAL),
    ],
)
def test_a_row_is_confirmed_unless_it_says_otherwise(
    tmp_path: Path, said: str, standing: Standing
) -> None:
    text = f"name,capability,confirmed\nТруба,wall_mm=6..25,{said}\n"
    (product,) = products(read_text(tmp_path, text))
    assert product.source is not None
    assert product.source.standing is standing
    assert product.capabilities[0].source.standing is standing


def test_sources_that_disagree_may_stand_side_by_side(tmp_path: Path) -> None:
    text = "name,capability,confirmed\nТруба,wall_mm=6..25; wall_mm=8..30,нет\n"
    (product,) = products(read_text(tmp_path, text))
    assert [one.spans for one in product.capabilities] == [(Span(6, 25),), (Span(8, 30),)]


def test_a_workbook_keeps_zeros_and_drops_the_point_of_whole_numbers(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["product_code", "name", "plant_bin", "capacity_per_year", "as_of", "confirmed"])
    sheet.append(["0012", "Труба", "000000000101", 125.0, datetime(2026, 3, 1), False])  # noqa: DTZ001 - a date of Excel has no zone
    sheet.append([125.0, "Краска", 101, 4.5, "01.03.2026", None])
    sheet.append([None, None, None, None, None, None])
    sheet.append([None, "Окно", None, None, date(2026, 3, 2), True])
    sheet["A3"].number_format = "00000"
    sheet["C3"].number_format = "000000000000"
    path = tmp_path / "catalog.xlsx"
    book.save(path)
    first, second, third = products(read(path))
    assert (first.code, first.plant) == ("0012", "000000000101")
    assert (first.capacity_per_year, first.line) == (Decimal(125), 2)
    assert first.source == Source("заявлено в файле каталога", date(2026, 3, 1), Standing.REPORTED)
    assert (second.code, second.plant, second.capacity_per_year) == (
        "00125",
        "000000000101",
        Decimal("4.5"),
    )
    assert (third.code, third.line) == ("5", 5)


def test_a_number_that_excel_shows_whole_is_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["product_code", "name"], [125.0, "Труба"], [7, 530.0])
    assert [(one.code, one.name) for one in products(read(path))] == [
        ("125", "Труба"),
        ("7", "530"),
    ]


def test_json_numbers_keep_their_digits(tmp_path: Path) -> None:
    path = tmp_path / "catalog.json"
    rows = '[{"name": "Труба", "product_code": 123456789012345678901234567890},'
    path.write_text(rows + ' {"name": "Краска", "unit": "кг", "capacity_per_year": 0.10}, {}]')
    first, second = products(read(path))
    assert (first.code, first.line) == ("123456789012345678901234567890", 2)
    assert (second.code, second.capacity_per_year) == ("3", Decimal("0.1"))


def test_csv_workbook_and_json_of_one_table_read_the_same(tmp_path: Path) -> None:
    header = ["product_code", "name", "unit", "capability", "confirmed"]
    row = ["0012", "Труба 530х8", "т", "wall_mm=4,5..25", "нет"]
    (tmp_path / "a.csv").write_text(";".join(header) + "\n" + ";".join(row) + "\n")
    (tmp_path / "a.json").write_text(json.dumps([dict(zip(header, row, strict=True))]))
    book = workbook(tmp_path, list(header), list(row))
    readings = [read(tmp_path / "a.csv"), read(tmp_path / "a.json"), read(book)]
    assert readings[0] == readings[1] == readings[2]
    assert products(readings[0])[0].capabilities[0].spans == (Span(4.5, 25),)


def test_the_bundled_families_are_known_without_being_given(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    path.write_text("name,family\nТруба,steel_pipe_large\n")
    assert products(read_catalogue(path))[0].family in FAMILIES
