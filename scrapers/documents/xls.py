"""Old XLS (BIFF) by xlrd: every sheet a page, every page one table."""

import io
from collections.abc import Iterator
from contextlib import suppress

import xlrd
from xlrd.sheet import Sheet

from scrapers.documents.limits import Limits
from scrapers.documents.records import Kind, Read, State, Table, Unreadable
from scrapers.documents.sheets import filled, plain, read_sheets


def read_xls(body: bytes, limits: Limits) -> Read:
    """Read the sheets of an old XLS as pages, each one table of its cells' values.

    Raises `Unreadable` ENCRYPTED, BROKEN or UNREAD.
    """
    book = _open(body)

    def read(at: int, left: int) -> tuple[str, Table, bool]:
        sheet = book.sheet_by_index(at)
        rows, whole = filled(_rows(sheet, book.datemode, limits), limits, left)
        book.unload_sheet(at)
        return sheet.name, rows, whole

    return read_sheets(Kind.XLS, book.nsheets, read, limits)


def _open(body: bytes) -> xlrd.Book:
    """Open a workbook; what xlrd has to say about it goes nowhere."""
    try:
        return xlrd.open_workbook(
            file_contents=body,
            logfile=io.StringIO(),
            on_demand=True,
            ragged_rows=True,
            # Files of accounting programs share sectors by mistake; Excel opens them all the same.
            ignore_workbook_corruption=True,
        )
    except MemoryError:
        raise
    except Exception as error:  # xlrd raises whatever it trips over in a broken file
        if "encrypted" in str(error):
            raise Unreadable(State.ENCRYPTED, "the workbook has a password") from error
        raise Unreadable(State.BROKEN, f"broken XLS: {error!r}"[:200]) from error


def _rows(sheet: Sheet, datemode: int, limits: Limits) -> Iterator[tuple[str, ...]]:
    for at in range(sheet.nrows):
        kinds = sheet.row_types(at, end_colx=limits.columns)
        values = sheet.row_values(at, end_colx=limits.columns)
        yield tuple(_cell(*pair, datemode) for pair in zip(kinds, values, strict=True))


def _cell(kind: int, value: object, datemode: int) -> str:
    if kind == xlrd.XL_CELL_DATE:
        # A day before the calendar of Excel begins, or a time alone, stays the number it is.
        with suppress(xlrd.xldate.XLDateError, ValueError, OverflowError):
            return plain(xlrd.xldate_as_datetime(value, datemode))
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, ""))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return plain(bool(value))
    return plain(value)
