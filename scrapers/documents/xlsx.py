"""XLSX: every sheet a page, every page one table."""

import io
from collections.abc import Iterator

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from scrapers.documents.limits import Limits
from scrapers.documents.office import check_office
from scrapers.documents.records import Kind, Read, State, Table, Unreadable
from scrapers.documents.sheets import filled, plain, read_sheets


def read_xlsx(body: bytes, limits: Limits) -> Read:
    """Read the sheets of an XLSX as pages, each one table of its cells' values.

    The size a sheet states of itself is not believed. Raises `Unreadable`.
    """
    check_office(body, limits)
    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises a dozen kinds on a broken file
        raise Unreadable(State.BROKEN, f"broken XLSX: {error!r}"[:200]) from error
    sheets = [one for one in book.worksheets if isinstance(one, ReadOnlyWorksheet)]

    def read(at: int, left: int) -> tuple[str, Table, bool]:
        return sheets[at].title, *filled(_rows(sheets[at], limits), limits, left)

    return read_sheets(Kind.XLSX, len(sheets), read, limits)


def _rows(sheet: ReadOnlyWorksheet, limits: Limits) -> Iterator[tuple[str, ...]]:
    sheet.reset_dimensions()
    for values in sheet.iter_rows(values_only=True, max_col=limits.columns):  # type: ignore[misc]  # the stubs know it of Worksheet only
        yield tuple(plain(value) for value in values)
