"""Old XLS (BIFF) by xlrd: every sheet a page, every page one table."""

import io
from contextlib import suppress

import xlrd
from xlrd.sheet import Sheet

from scrapers.documents.cells import EMPTY_ROWS, even, plain
from scrapers.documents.limits import Limits
from scrapers.documents.records import Kind, Page, Read, State, Table, Unreadable


def read_xls(body: bytes, limits: Limits) -> Read:
    """Read the sheets of an old XLS as pages, each one table of its cells' values.

    Raises `Unreadable` ENCRYPTED, BROKEN or UNREAD.
    """
    book = _open(body)
    pages: list[Page] = []
    reasons: list[str] = []
    left = limits.characters
    for number in range(1, min(book.nsheets, limits.pages) + 1):
        try:
            sheet = book.sheet_by_index(number - 1)
            rows, whole = _sheet(sheet, book.datemode, limits, left)
        except MemoryError:
            raise
        except Exception as error:
            reasons.append(f"sheet {number} is broken: {error!r}"[:200])
            continue
        book.unload_sheet(number - 1)
        if not whole:
            reasons.append(f"sheet {number}: the first {len(rows)} rows read")
        text = "\n".join("\t".join(row).rstrip("\t") for row in rows)
        left -= len(text)
        label = "".join(sign for sign in sheet.name if sign.isprintable())[:60]
        pages.append(Page(number, text[: limits.page_characters], (rows,) if rows else (), label))
        if left <= 0:
            break
    if not any(page.text for page in pages):
        broken = State.BROKEN if reasons else State.UNREAD
        raise Unreadable(broken, "; ".join(reasons) or "no cell with a value")
    if len(pages) < book.nsheets and not reasons:
        reasons.append(f"{len(pages)} of {book.nsheets} sheets read")
    state = State.PARTIAL if reasons else State.READ
    return Read(state, Kind.XLS, "; ".join(reasons), tuple(pages), book.nsheets)


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


def _sheet(sheet: Sheet, datemode: int, limits: Limits, left: int) -> tuple[Table, bool]:
    """Rows with a value, and whether these are all."""
    rows: list[tuple[str, ...]] = []
    empty = 0
    for at in range(sheet.nrows):
        kinds = sheet.row_types(at, end_colx=limits.columns)
        values = sheet.row_values(at, end_colx=limits.columns)
        row = tuple(_cell(*pair, datemode) for pair in zip(kinds, values, strict=True))
        if not any(row):
            empty += 1
            if empty > EMPTY_ROWS:
                return even(rows), True
            continue
        empty = 0
        rows.append(row)
        left -= sum(map(len, row))
        if len(rows) >= limits.rows or left <= 0:
            return even(rows), False
    return even(rows), True


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
