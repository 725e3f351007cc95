"""What is written reads back the same; nothing in a cell is run by a spreadsheet."""

import csv
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalog.bin import check_digit
from catalog.faults import CatalogueError
from catalog.reading import read_catalogue
from catalog.records import (
    Capability,
    Catalogue,
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
from catalog.writing import write_catalogue
from tests.catalog.plants import FAMILIES, PIPE, products, read

letters = st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\n\t")
texts = (
    st.text(letters, min_size=1, max_size=30) | st.sampled_from(["=1+1", "'=x", "''@a", "-5", "+a"])
).map(lambda text: text.strip() or "x")
one_line = st.text("абвABC019 -./", min_size=1, max_size=10).map(
    lambda text: " ".join(text.split()) or "x"
)
amounts = st.decimals(0, 10**9, places=3) | st.integers(0, 10**9).map(Decimal)
dates = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))
sources = st.builds(Source, texts, dates, st.sampled_from(Standing))
starts = st.integers(10**9, 10**11 - 1).map(lambda number: f"{number:011}")
bins = starts.filter(lambda start: check_digit(start) is not None).map(
    lambda start: f"{start}{check_digit(start)}"
)
marks = st.builds(
    ProductCodeMark, st.sampled_from(["ENSTRU", "CPV"]), st.from_regex("[0-9]{8}", fullmatch=True)
)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Catalogues as a file can hold them: lines in order, one source a row, each plant used."""
    names = draw(st.lists(texts, max_size=3, unique=True))
    plants = [Plant(PlantId(one), one, bin=draw(st.none() | bins)) for one in names]
    codes = draw(st.lists(texts, max_size=5, unique=True))
    made = []
    for line, code in enumerate(codes, start=2):
        source = draw(sources)
        product = Product(
            code=ProductCode(code),
            name=draw(texts),
            plant=draw(st.sampled_from(plants)).id if plants else None,
            description=draw(st.just("") | texts),
            family=draw(st.sampled_from([None, PIPE])),
            codes=tuple(draw(st.lists(marks, max_size=2, unique=True))),
            capabilities=draw(capabilities(source)),
            unit=draw(st.sampled_from([None, "t", "m2", "pcs", "1000pcs"])),
            capacity_per_year=draw(st.none() | amounts),
            utilisation_pct=draw(st.none() | st.decimals(0, 100, places=2)),
            lead_time_days=draw(st.none() | st.integers(0, 3650)),
            certificates=draw(certificates),
            source=source,
            line=line,
        )
        made.append(product)
    used = {one.plant: None for one in made if one.plant}
    by_id = {plant.id: plant for plant in plants}
    return Catalogue(tuple(by_id[plant] for plant in used), tuple(made))


certificates = st.lists(st.builds(Certificate, one_line, dates), max_size=2).map(tuple)


def capabilities(source: Source) -> st.SearchStrategy[tuple[Capability, ...]]:
    wall = Capability("wall_mm", source, spans=(Span(4.5, 25), Span(30, None)))
    grade = Capability("steel_grade", source, names=frozenset({"20", "09Г2С"}))
    return st.sampled_from([(), (wall,), (wall, grade)])


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
@given(catalogue=catalogues())
@settings(max_examples=100, deadline=None)
def test_what_is_written_reads_back_the_same(suffix: str, catalogue: Catalogue) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"catalog.{suffix}"
        write_catalogue(catalogue, path)
        reading = read_catalogue(path, FAMILIES)
        assert not reading.faults, "\n".join(map(str, reading.faults))
        assert reading.catalogue == catalogue


DANGEROUS = [
    "=1+1",
    "+7",
    "-x",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    " =1",
    "'=1",
]


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows as a spreadsheet program would take them from the file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", DANGEROUS)
def test_no_text_of_a_csv_begins_as_a_formula_does(tmp_path: Path, name: str) -> None:
    path = tmp_path / "catalog.csv"
    write_catalogue(Catalogue(products=(Product(ProductCode("1"), name),)), path)
    (row,) = rows_of(path)
    is_number = name == "+7"
    assert row["name"].startswith("'") != is_number
    assert products(read(path))[0].name == name.strip()


def test_numbers_of_a_csv_stay_numbers(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    product = Product(ProductCode("-5"), "x", capacity_per_year=Decimal("1E+5"), lead_time_days=0)
    write_catalogue(Catalogue(products=(product,)), path)
    (row,) = rows_of(path)
    assert (row["product_code"], row["capacity_per_year"], row["lead_time_days"]) == (
        "-5",
        "100000",
        "0",
    )


@pytest.mark.parametrize("name", DANGEROUS)
def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path, name: str) -> None:
    path = tmp_path / "catalog.xlsx"
    product = Product(ProductCode("0012"), name, capacity_per_year=Decimal("4.5"))
    write_catalogue(Catalogue(products=(product,)), path)
    sheet = load_workbook(path)["catalog"]
    kinds = {sheet.cell(1, column).value: sheet.cell(2, column) for column in range(1, 17)}
    assert kinds["name"].data_type == "s"
    assert (kinds["product_code"].data_type, kinds["product_code"].value) == ("s", "0012")
    assert (kinds["capacity_per_year"].data_type, kinds["capacity_per_year"].value) == ("n", 4.5)


def test_writing_never_makes_a_fact_more_certain(tmp_path: Path) -> None:
    told = Source("паспорт завода")
    press = Source("газета", date(2019, 3, 1), Standing.REPORTED)
    product = Product(
        ProductCode("1"),
        "Труба",
        capabilities=(
            Capability("wall_mm", told, spans=(Span(6, 25),)),
            Capability("outer_diameter_mm", press, spans=(Span(300, 900),)),
        ),
    )
    path = tmp_path / "catalog.csv"
    write_catalogue(Catalogue(products=(product,)), path)
    read_back = products(read(path))[0]
    expected = Source("газета; паспорт завода", date(2019, 3, 1), Standing.REPORTED)
    assert {one.source for one in read_back.capabilities} == {expected}


def test_a_catalogue_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    path.write_text("old")
    source = Source("завод")
    odd = Capability("coating", source, names=frozenset({"3PE|ВУС"}))
    product = Product(ProductCode("1"), "Труба", capabilities=(odd,))
    with pytest.raises(CatalogueError, match="cannot be written"):
        write_catalogue(Catalogue(products=(product,)), path)
    with pytest.raises(CatalogueError, match="unknown kind"):
        write_catalogue(Catalogue(), tmp_path / "catalog.ods")
    with pytest.raises(CatalogueError, match="cannot be written"):
        write_catalogue(Catalogue(), tmp_path / "none" / "catalog.csv")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["catalog.csv"]
