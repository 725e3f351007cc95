"""Two small families and what goes with them, for the tests of catalogue files."""

from pathlib import Path

from openpyxl import Workbook

from catalog.family import AttributeRule, Family
from catalog.reading import CatalogueReading, read_catalogue
from catalog.records import FamilyName, Product, Span

PIPE = FamilyName("steel_pipe_large")
PAINT = FamilyName("paints")
FAMILIES = {
    PIPE: Family(
        PIPE,
        titles={"ru": "Стальная труба большого диаметра"},
        unit="t",
        words=("труба стальная",),
        attributes={
            "outer_diameter_mm": AttributeRule("outer_diameter_mm", plausible=Span(200, 3000)),
            "wall_mm": AttributeRule("wall_mm", plausible=Span(1, 80)),
            "steel_grade": AttributeRule("steel_grade"),
            "coating": AttributeRule("coating"),
            "layers": AttributeRule("layers", plausible=Span(1, 5)),
        },
    ),
    PAINT: Family(PAINT, titles={"ru": "Краски"}, unit="kg", words=("эмаль",)),
}
HEADER = "product_code,name,family,capability,unit\n"


def read(path: Path) -> CatalogueReading:
    """Read a file with the families of these tests."""
    return read_catalogue(path, FAMILIES)


def read_text(folder: Path, text: str, encoding: str = "utf-8") -> CatalogueReading:
    """Read a CSV file with this text."""
    path = folder / "catalog.csv"
    path.write_bytes(text.encode(encoding))
    return read(path)


def products(reading: CatalogueReading) -> tuple[Product, ...]:
    """Products of a file that must have no fault."""
    assert not reading.faults, "\n".join(map(str, reading.faults))
    return reading.catalogue.products


def only_fault(reading: CatalogueReading) -> str:
    """Text of the one fault of a file."""
    (fault,) = reading.faults
    return str(fault)


def workbook(folder: Path, *rows: list[object]) -> Path:
    """Save a workbook with these rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    path = folder / "catalog.xlsx"
    book.save(path)
    return path
