"""XLSX: every sheet a page, every page one table."""

import io

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from scrapers.documents.cells import EMPTY_ROWS, even, plain
from scrapers.documents.limits import Limits
from scrapers.documents.office import check_office
from scrapers.documents.records import Kind, Page, Read, State, Table, Unreadable


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
    pages: list[Page] = []
    reasons: list[str] = []
    left = limits.characters
    sheets = [one for one in book.worksheets if isinstance(one, ReadOnlyWorksheet)]
    for number, sheet in enumerate(sheets[: limits.pages], 1):
        try:
            rows, whole = _sheet(sheet, limits, left)
        except MemoryError:
            raise
        except Exception as error:
            reasons.append(f"sheet {number} is broken: {error!r}"[:200])
            continue
        if not whole:
            reasons.append(f"sheet {number}: the first {len(rows)} rows read")
        text = "\n".join("\t".join(row).rstrip("\t") for row in rows)
        left -= len(text)
        label = "".join(sign for sign in sheet.title if sign.isprintable())[:60]
        pages.append(Page(number, text[: limits.page_characters], (rows,) if rows else (), label))
        if left <= 0:
            break
    if not any(page.text for page in pages):
        broken = State.BROKEN if reasons else State.UNREAD
        raise Unreadable(broken, "; ".join(reasons) or "no cell with a value")
    state = State.PARTIAL if reasons or len(pages) < len(sheets) else State.READ
    if len(pages) < len(sheets) and not reasons:
        reasons.append(f"{len(pages)} of {len(sheets)} sheets read")
    return Read(state, Kind.XLSX, "; ".join(reasons), tuple(pages), len(sheets))


def _sheet(sheet: ReadOnlyWorksheet, limits: Limits, left: int) -> tuple[Table, bool]:
    """Rows with a value, and whether these are all."""
    sheet.reset_dimensions()
    rows: list[tuple[str, ...]] = []
    empty = 0
    for values in sheet.iter_rows(values_only=True, max_col=limits.columns):  # type: ignore[misc]  # the stubs know it of Worksheet only
        row = tuple(plain(value) for value in values)
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
