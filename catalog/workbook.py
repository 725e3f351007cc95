"""Rows of text out of an XLSX workbook, guarded against archives made to exhaust memory.

Numbers become the text a person sees: `0012` stays, `125.0` is 125; a date is ISO.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from catalog.faults import CatalogueError

MOST_MEMBERS = 2000
LARGEST_UNPACKED = 400 * 1024 * 1024
HIGHEST_RATIO = 200
"""Unpacked to packed bytes; sheets of real catalogues pack about ten to one."""
RATIO_FROM = 20 * 1024 * 1024
"""Unpacked bytes below which the ratio is no danger."""
MOST_ROWS = 1_048_576
MOST_COLUMNS = 64
"""Cells further right are not looked at: a lone cell in column XFD would pad every row to it."""
ZEROS = re.compile(r"0+")


def sheet_rows(path: Path) -> Iterator[list[str]]:
    """Rows of the first sheet from row 1, blank ones as empty lists.

    Raises `CatalogueError` on a file that is no workbook, is damaged, or unpacks to too much.
    """
    check_archive(path)
    with warnings.catch_warnings():
        # openpyxl warns of drop-down lists and missing styles, which no catalogue needs.
        warnings.simplefilter("ignore")
        try:
            yield from _rows(path)
        except CatalogueError:
            raise
        except RAISED as error:
            phrase = "a damaged workbook (%(error)s); save it anew as .xlsx"
            raise CatalogueError(path.name, phrase, error=type(error).__name__) from None


RAISED = (
    *(zlib.error, zipfile.BadZipFile, InvalidFileException, ParseError, OSError, EOFError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, NotImplementedError),
    *(OverflowError, RuntimeError, SyntaxError, AssertionError, ArithmeticError),
)
"""What openpyxl, zlib and the XML parser are seen to raise on damaged bytes."""


def check_archive(path: Path) -> None:
    """Weigh the archive by its directory before anything is unpacked.

    The directory can be believed: `zipfile` never yields more bytes than it states.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        raise CatalogueError(path.name, "no Excel workbook; save it anew as .xlsx") from None
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    is_dense = unpacked > RATIO_FROM and unpacked > packed * HIGHEST_RATIO
    if len(members) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED or is_dense:
        phrase = "unpacks to %(size)s bytes in %(count)s parts; such a workbook is not read"
        raise CatalogueError(path.name, phrase, size=unpacked, count=len(members))


def _rows(path: Path) -> Iterator[list[str]]:
    # Opened here, since openpyxl leaves a file open that it fails to read.
    with path.open("rb") as file:
        book = load_workbook(file, read_only=True, data_only=True)
        if not book.worksheets:
            raise CatalogueError(path.name, "the workbook has no sheet")
        sheet = book.worksheets[0]
        if not isinstance(sheet, ReadOnlyWorksheet):
            raise CatalogueError(path.name, "the first sheet is no table")
        # What the sheet says of its own size may be wrong, or a million rows of nothing.
        sheet.reset_dimensions()
        blank: object = None
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            if number > MOST_ROWS:
                raise CatalogueError(path.name, "more than %(most)s rows", most=MOST_ROWS)
            if cells is blank:
                yield []
                continue
            texts = [
                "" if cell.value is None else cell_text(cell.value, cell.number_format)
                for cell in cells
            ]
            while texts and not texts[-1]:
                texts.pop()
            if not texts:
                # openpyxl gives one and the same row for gaps, and a stray cell at the very end
                # of a sheet makes a million of them.
                blank = cells
            yield texts


def cell_text(value: object, number_format: object) -> str:
    """Text of a cell as a person sees it in the table."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and value >= 0 and ZEROS.fullmatch(str(number_format)):
        return str(value).zfill(len(str(number_format)))
    return str(value)
