"""Write a catalogue as CSV, XLSX or JSON that `catalog.reading` reads back the same.

A row has one source for all its capabilities: where they differ, the row carries the weakest
standing, so that nothing becomes confirmed by being written and read. Plants without a product,
and what only a zone's data holds (addresses, obligations), are not part of the form.
"""

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from catalog.capability import format_capabilities
from catalog.cells import NUMBER, clean, format_certificates, format_decimal
from catalog.codes import format_codes
from catalog.faults import CatalogueError
from catalog.records import Catalogue, Plant, PlantId, Product, Source, Standing
from catalog.rows import COLUMNS, OWNER
from catalog.tables import needs_guard

Cell = str | Decimal | int
STANDINGS = (Standing.CONFIRMED, Standing.REPORTED, Standing.TYPICAL)
WORDS = {Standing.CONFIRMED: "yes", Standing.REPORTED: "no", Standing.TYPICAL: "typical"}


def write_catalogue(catalogue: Catalogue, path: Path) -> None:
    """Write a catalogue in the form that the suffix names, whole or not at all.

    Raises `CatalogueError` on an unknown suffix, a folder that cannot be written, or a name that
    the form cannot carry (`|` or `;` within a name of a capability).
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise CatalogueError(path.name, "unknown kind of file; write .csv, .xlsx or .json")
    plants = {plant.id: plant for plant in catalogue.plants}
    try:
        rows = [product_cells(product, plants) for product in catalogue.products]
        write_whole(path, lambda file: writer(rows, file))
    except (OSError, ValueError) as error:
        raise CatalogueError(path.name, f"cannot be written: {error}") from None


def write_whole(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Write beside the file and put it in place at the end: a reader never sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def product_cells(product: Product, plants: Mapping[PlantId, Plant]) -> tuple[Cell, ...]:
    """Cells of a product in the order of `COLUMNS`; what is not known is empty."""
    plant = plants.get(product.plant) if product.plant else None
    source = row_source(product)
    return (
        clean(product.plant or ""),
        (plant.bin if plant else None) or "",
        clean(product.code),
        clean(product.name),
        clean(product.description),
        product.family or "",
        format_codes(product.codes),
        format_capabilities(product.capabilities),
        product.unit or "",
        "" if product.capacity_per_year is None else product.capacity_per_year,
        "" if product.utilisation_pct is None else product.utilisation_pct,
        "" if product.lead_time_days is None else product.lead_time_days,
        clean(format_certificates(product.certificates)),
        "" if source.text == OWNER else clean(source.text),
        source.as_of.isoformat() if source.as_of else "",
        WORDS[source.standing],
    )


def row_source(product: Product) -> Source:
    """Source of a row: the one of its facts that says least, and every differing text."""
    sources = [one.source for one in product.capabilities]
    if product.source:
        sources.insert(0, product.source)
    if not sources:
        return Source(OWNER)
    weakest = max(sources, key=lambda source: STANDINGS.index(source.standing))
    texts = dict.fromkeys([weakest.text, *(source.text for source in sources)])
    return Source("; ".join(texts), weakest.as_of, weakest.standing)


def write_csv(rows: Iterable[tuple[Cell, ...]], file: IO[bytes]) -> None:
    """Write UTF-8 with the mark that Excel needs; no text begins as a formula does."""
    lines = csv.writer(_Encoded(file))
    lines.writerow(COLUMNS)
    lines.writerows([guarded(cell) for cell in row] for row in rows)


class _Encoded:
    """What `csv.writer` writes to: UTF-8 bytes, begun with the byte order mark."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        file.write(b"\xef\xbb\xbf")

    def write(self, text: str) -> int:
        return self.file.write(text.encode())


def guarded(cell: Cell) -> str:
    """Text of a CSV cell, with a `'` before what a spreadsheet would run; numbers stay."""
    if not isinstance(cell, str):
        return plain_number(cell)
    return f"'{cell}" if needs_guard(cell) and not NUMBER.fullmatch(cell) else cell


def plain_number(number: Decimal | int) -> str:
    """Digits of a number, without an exponent."""
    return format_decimal(Decimal(number))


def write_xlsx(rows: Iterable[tuple[Cell, ...]], file: IO[bytes]) -> None:
    """Write one sheet; text is typed as text, so that no cell is a formula and zeros stay."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("catalog")
    sheet.append(list(COLUMNS))
    for row in rows:
        cells = []
        for value in row:
            typed = as_xlsx(value)
            cell = WriteOnlyCell(sheet, value=typed)
            if isinstance(typed, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(file)


def as_xlsx(cell: Cell) -> str | float | None:
    """A number where a float holds it without loss, otherwise text; None for an empty cell."""
    if isinstance(cell, str):
        return cell or None
    number = float(cell)
    return number if Decimal(repr(number)) == cell else plain_number(cell)


def write_json(rows: Iterable[tuple[Cell, ...]], file: IO[bytes]) -> None:
    """Write a list of objects, one a line; empty cells are left out."""
    objects = [
        {column: as_json(cell) for column, cell in zip(COLUMNS, row, strict=True) if cell != ""}
        for row in rows
    ]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in objects)
    file.write(f"[\n{lines}\n]\n".encode())


def as_json(cell: Cell) -> str | int:
    """A whole number stays one; a broken one is text, since a float would lose digits."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else plain_number(cell)
    return cell


WRITERS: Mapping[str, Callable[[Iterable[tuple[Cell, ...]], IO[bytes]], None]] = {
    ".csv": write_csv,
    ".xlsx": write_xlsx,
    ".json": write_json,
}
