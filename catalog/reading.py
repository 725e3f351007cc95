"""Read a catalogue file (CSV, XLSX, JSON) into plants and products, and tell every fault in it.

Only faultless rows become products; what becomes of a file with faults is the caller's decision.
A plant's file is its owner's statement: it is confirmed unless the column `confirmed` says not.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.bin import parse_bin
from catalog.cells import (
    clean,
    parse_amount,
    parse_certificates,
    parse_days,
    parse_percent,
)
from catalog.codes import parse_codes
from catalog.family import Family, load_families
from catalog.faults import CatalogueError, CellFault, Fault, Said, nearest, offer, said, show
from catalog.records import (
    Catalogue,
    FamilyName,
    Plant,
    PlantId,
    Product,
    ProductCode,
)
from catalog.rows import (
    COLUMNS,
    UNSTATED,
    Row,
    check_text,
    note_length,
    parse_unit,
    row_capabilities,
    row_source,
)
from catalog.tables import Table, TableRow, read_table

LONGEST_NAME = 4_000
PLAIN = frozenset({"product_code", "name"})
"""Lists of a million products mostly have no more than this."""
MOST_FAULTS = 10_000
"""Faults that are listed; a last one says how many more there are."""
MORE = "%(count)s more faults"


@dataclass(frozen=True, slots=True)
class CatalogueReading:
    """What a file holds: the products of its faultless rows, and its faults in order of lines."""

    catalogue: Catalogue
    faults: tuple[Fault, ...] = ()


class Reader:
    """State of one reading: plants and codes seen, faults told."""

    def __init__(self, file: str, families: Mapping[FamilyName, Family]) -> None:
        self.file = file
        self.families = families
        self.plants: dict[PlantId, Plant] = {}
        self.lines: dict[str, int] = {}
        self.faults: list[Fault] = []
        self.unlisted = 0

    def tell(self, line: int, column: str | None, found: Said, expected: Said) -> None:
        """List a fault, or count it once the list is full."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(self.file, line, column, found, expected))
        else:
            self.unlisted += 1

    def read(self, table: Table) -> CatalogueReading:
        """Read every row of a table."""
        products = tuple(self.stream(table))
        catalogue = Catalogue(tuple(self.plants.values()), products)
        return CatalogueReading(catalogue, tuple(self.faults))

    def stream(self, table: Table) -> Iterator[Product]:
        """Yield the products of faultless rows one by one; `faults` are complete at the end."""
        columns = self.columns(table.columns)
        last_line = 1
        for raw in table.rows:
            last_line = raw.line
            row = self.row(columns, raw)
            if not row.cells and not row.faults:
                continue
            product, plant = self.product(row)
            for column, fault in row.faults:
                self.tell(row.line, column, fault.found, fault.expected)
            if not row.faults:
                if plant:
                    self.plants[plant.id] = plant
                yield product
        if self.unlisted:
            found, expected = said(MORE, count=self.unlisted), said("mend the others first")
            self.faults.append(Fault(self.file, last_line, None, found, expected))

    def columns(self, written: tuple[str, ...]) -> tuple[str, ...]:
        """Check the header and return it with unknown and repeated columns left nameless.

        Raises `CatalogueError` when there is no column `name`.
        """
        names = [clean(name).lower() for name in written]
        if "name" not in names:
            listed = ", ".join(show(name) for name in names[:20] if name) or "none"
            phrase = "there is no column name; columns found: %(columns)s"
            raise CatalogueError(self.file, phrase, columns=listed)
        seen = Counter[str]()
        for place, name in enumerate(names):
            seen[name] += 1
            if name and name not in COLUMNS:
                near = nearest(name, COLUMNS)
                expected = said("leave the column out")
                if near:
                    expected = said("did you mean %(name)s?", name=near)
                found = said("column %(text)s is unknown", text=show(name))
                self.tell(1, " ".join(name.split())[:60], found, expected)
            elif name and seen[name] > 1:
                self.tell(1, name, said("the column stands twice"), said("keep one of the two"))
            else:
                continue
            names[place] = ""
        return tuple(names)

    def row(self, columns: tuple[str, ...], raw: TableRow) -> Row:
        """Lay the cells of a row under the columns, cleaned."""
        texts = zip(columns, map(clean, raw.cells), strict=False)
        row = Row(raw.line, {column: text for column, text in texts if text and column})
        if any(cell.strip() for cell in raw.cells[len(columns) :]):
            phrase = "the row has %(cells)s cells, the header %(heads)s"
            found = said(phrase, cells=len(raw.cells), heads=len(columns))
            row.note(None, found, said("put a cell that holds the delimiter in quotes"))
        for column, text in row.cells.items():
            check_text(row, column, text, raw.bad_byte)
        return row

    def product(self, row: Row) -> tuple[Product, Plant | None]:
        """Read a row. Its faults are noted on it; the product counts only when there are none."""
        take, cells = row.take, row.cells
        name = cells.get("name", "")
        if not name:
            row.note("name", said("the name is empty"), said("write what the product is called"))
        elif len(name) > LONGEST_NAME:
            note_length(row, "name", name, LONGEST_NAME)
        if cells.keys() <= PLAIN:
            return Product(self.code(row), name, source=UNSTATED, line=row.line), None
        family = take("family", self.family)
        source = row_source(row)
        plant = self.plant(row)
        product = Product(
            code=self.code(row),
            name=name,
            plant=plant.id if plant else None,
            description=cells.get("description", ""),
            family=family,
            codes=take("codes", parse_codes) or (),
            capabilities=row_capabilities(
                row, self.families.get(family) if family else None, source
            ),
            unit=take("unit", parse_unit),
            capacity_per_year=take("capacity_per_year", parse_amount),
            utilisation_pct=take("utilisation_pct", parse_percent),
            lead_time_days=take("lead_time_days", parse_days),
            certificates=take("certificates", parse_certificates) or (),
            source=source,
            line=row.line,
        )
        return product, plant

    def code(self, row: Row) -> ProductCode:
        """Code of a product, its line where none is given; a clash is a fault."""
        given = row.cells.get("product_code", "")
        code = given or str(row.line)
        first = self.lines.setdefault(code, row.line)
        if first != row.line:
            phrase = "code %(text)s is already taken by line %(line)s"
            if not given:
                phrase = "no code is given, and %(text)s (the line) is taken by line %(line)s"
            found = said(phrase, text=show(code), line=first)
            row.note("product_code", found, said("give each product a code of its own"))
        return ProductCode(code)

    def plant(self, row: Row) -> Plant | None:
        """Plant a row names; one named only by its BIN is known by that."""
        number = row.take("plant_bin", parse_bin)
        name = row.cells.get("plant") or number
        if not name:
            return None
        known = self.plants.get(PlantId(name)) or Plant(PlantId(name), name)
        if number and known.bin and number != known.bin:
            phrase = "plant %(text)s has BIN %(earlier)s on an earlier line, here %(here)s"
            found = said(phrase, text=show(name), earlier=known.bin, here=number)
            row.note("plant_bin", found, said("write the right one on both"))
        return replace(known, bin=number) if number and not known.bin else known

    def family(self, text: str) -> FamilyName:
        """Return a known family. Raises `CellFault` with the nearest, found by title too."""
        name = FamilyName(text.lower())
        if name in self.families:
            return name
        titled = {
            title: known for known, one in self.families.items() for title in one.titles.values()
        }
        near = nearest(text, [*self.families, *titled])
        found = said("family %(text)s is unknown", text=show(text))
        if near is None:
            raise CellFault(found, offer("", self.families))
        raise CellFault(found, said("did you mean %(name)s?", name=titled.get(near, near)))


def read_catalogue(
    path: Path, families: Mapping[FamilyName, Family] | None = None
) -> CatalogueReading:
    """Read a catalogue file; `families` are the bundled ones where none are given.

    Raises `CatalogueError` when the file as a whole cannot be used: it is missing, empty, too
    large, of another kind or encoding, broken, or has no column `name`.
    """
    known = load_families() if families is None else families
    return Reader(path.name, known).read(read_table(path, COLUMNS))
