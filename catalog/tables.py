"""Rows of text out of a catalogue file: CSV, XLSX or JSON. Knows no column's meaning.

Rows come one at a time, so that a file of a million products is never held twice. A row's line
counts records as a spreadsheet shows them: the header is 1, blank rows count, and a cell with
line breaks is one row still. A file that cannot be trusted as a whole raises `CatalogueError`.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from catalog.charsets import charset, marked_lines
from catalog.faults import CatalogueError, show

LARGEST = 50 * 1024 * 1024
"""Bytes of a workbook or JSON file that are read at all: it is held in memory as a whole."""
LARGEST_CSV = 500 * 1024 * 1024
"""Bytes of a CSV file, read line by line; a million plain products are 40 to 100 MB."""
DELIMITERS = ",;\t"
KINDS = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm"), "xlsx"),
    ".json": "json",
}
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class TableRow(NamedTuple):
    """One row: `cells` in the header's order, `bad_byte` the offset of a byte of no character."""

    line: int
    cells: Sequence[str]
    bad_byte: int | None = None


class Table(NamedTuple):
    """A file's header, as written, and its rows."""

    columns: tuple[str, ...]
    rows: Iterator[TableRow]


def read_table(path: Path, known: Sequence[str]) -> Table:
    """Open a file by its suffix; `known` are the right column names, which tell the delimiter.

    Raises `CatalogueError` on a file that is missing, empty, too large or of another kind; its
    rows raise it when the file breaks further down.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise CatalogueError(path.name, "cannot be read: %(why)s", why=error.strerror) from None
    kind = KINDS.get(path.suffix.lower())
    most = LARGEST_CSV if kind == "csv" else LARGEST
    if size > most:
        phrase = "%(size)s bytes are too many; at most %(most)s are read"
        raise CatalogueError(path.name, phrase, size=size, most=most)
    if not start:
        raise CatalogueError(path.name, "the file is empty")
    if start.startswith(OLD_EXCEL):
        raise CatalogueError(path.name, "an old or locked Excel file; save it as .xlsx")
    if kind is None:
        raise CatalogueError(path.name, "unknown kind of file; write .csv, .xlsx or .json")
    if start.startswith(b"PK\x03\x04") and kind != "xlsx":
        raise CatalogueError(path.name, "this is an Excel workbook; name it .xlsx")
    if kind == "csv":
        return csv_table(path, known)
    return xlsx_table(path) if kind == "xlsx" else json_table(path)


def csv_table(path: Path, known: Sequence[str]) -> Table:
    """Open a CSV file; the delimiter is the one under which the header has most known names."""
    encoding, is_damaged = charset(path)
    bad_bytes: list[int] = []
    lines = marked_lines(path, bad_bytes) if is_damaged else text_lines(path, encoding)
    first = next(lines, "")
    try:
        headers = {mark: next(csv.reader([first], delimiter=mark), []) for mark in DELIMITERS}
    except csv.Error as error:
        phrase = "line 1: no header of a table (%(error)s)"
        raise CatalogueError(path.name, phrase, error=error) from None

    def known_names(mark: str) -> int:
        return len({name.strip().lower() for name in headers[mark]} & set(known))

    delimiter = max(DELIMITERS, key=known_names)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    bad_bytes.clear()  # those of the header; its names are told as unknown columns
    return Table(tuple(headers[delimiter]), csv_rows(path.name, reader, bad_bytes))


def text_lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines of a file whose encoding is known, ends kept as they are."""
    with path.open(encoding=encoding, newline="") as file:
        yield from file


def csv_rows(file: str, reader: Iterable[list[str]], bad_bytes: list[int]) -> Iterator[TableRow]:
    """Number the records after the header.

    Broken quoting ends the whole file: an open quote swallows rows unseen, so that whatever is
    read after it may be wrong.
    """
    line = 1
    try:
        for line, cells in enumerate(reader, start=2):
            bad_byte = bad_bytes[0] if bad_bytes else None
            bad_bytes.clear()
            if cells:
                yield TableRow(line, [undo_guard(cell) for cell in cells], bad_byte)
    except csv.Error as error:
        raise CatalogueError(
            file,
            "line %(line)s: quotes are broken (%(error)s); "
            'put the cell in quotes and write a quote inside it twice: "Труба 3/4"""',
            line=line + 1,
            error=error,
        ) from None


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Cells that a spreadsheet may run as a formula, with the full-width twins it folds."""


def needs_guard(text: str) -> bool:
    """Whether a CSV cell must be guarded: a formula's start, or what a guard would be taken off."""
    return text.lstrip(" \n\xa0").lstrip("'").startswith(FORMULA_STARTS)


def undo_guard(text: str) -> str:
    """Take off the `'` that guards a cell from being run as a formula."""
    return text[1:] if text.startswith("'") and needs_guard(text) else text


def xlsx_table(path: Path) -> Table:
    """Open the first sheet of a workbook; its first row is the header."""
    from catalog.workbook import sheet_rows  # noqa: PLC0415 - a tenth of a second, CSV needs none

    rows = sheet_rows(path)
    header = next(rows, None)
    if header is None:
        raise CatalogueError(path.name, "the first sheet is empty")
    numbered = (TableRow(line, cells) for line, cells in enumerate(rows, start=2) if cells)
    return Table(tuple(header), numbered)


def json_table(path: Path) -> Table:
    """Open a JSON list of objects; the first object is line 2, as if a header stood above it.

    Numbers keep their digits: `0.10` and a code of thirty digits are not turned into floats.
    """
    encoding, is_damaged = charset(path)
    if is_damaged:
        raise CatalogueError(path.name, "the encoding is broken; save the file as UTF-8")
    try:
        objects = json.loads(
            path.read_text(encoding=encoding),
            parse_float=lambda digits: digits.removesuffix(".0"),
            parse_int=str,
            parse_constant=str,
            object_pairs_hook=tuple,
        )
    except json.JSONDecodeError as error:
        phrase = "no JSON at line %(line)s, column %(column)s: %(error)s"
        where = {"line": error.lineno, "column": error.colno}
        raise CatalogueError(path.name, phrase, **where, error=error.msg) from None
    except RecursionError:
        raise CatalogueError(path.name, "no list of objects: nested too deep") from None
    if not isinstance(objects, list):
        raise CatalogueError(path.name, "not a list of objects: write [{…}, {…}]")
    columns = json_columns(path.name, objects)
    places = {column: place for place, column in enumerate(columns)}
    return Table(columns, json_rows(objects, places))


def json_columns(file: str, objects: list[object]) -> tuple[str, ...]:
    """Every key of every object, in order of first use. Raises `CatalogueError` on odd values."""
    columns: dict[str, None] = {} if objects else {"name": None}
    for line, pairs in enumerate(objects, start=2):
        if not isinstance(pairs, tuple):
            phrase = "line %(line)s: %(text)s is no object"
            raise CatalogueError(file, phrase, line=line, text=show(str(pairs)))
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            phrase = "line %(line)s: a key stands twice in one object"
            raise CatalogueError(file, phrase, line=line)
        for key, value in pairs:
            if isinstance(value, list | tuple):
                phrase = "line %(line)s, column %(text)s: a list or object; write one text"
                raise CatalogueError(file, phrase, line=line, text=show(key))
        columns.update(dict.fromkeys(keys))
    return tuple(columns)


def json_rows(objects: Iterable[object], places: dict[str, int]) -> Iterator[TableRow]:
    """Lay the values of each object under the columns; true, false and null become text."""
    for line, pairs in enumerate(objects, start=2):
        cells = [""] * len(places)
        assert isinstance(pairs, tuple)  # noqa: S101 - json_columns has seen to it
        for key, value in pairs:
            cells[places[key]] = "" if value is None else as_text(value)
        yield TableRow(line, cells)


def as_text(value: object) -> str:
    """Text of a JSON value; booleans in lower case as JSON writes them."""
    return value if isinstance(value, str) else str(value).lower()
