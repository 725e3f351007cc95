"""Tables as files for other programs: CSV and XLSX in which no scraped text can be a formula.

OWASP ASVS 5.0, 1.2.10: a cell that begins like a formula is run by spreadsheets when opened.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from service.digest.cleaning import clean

Cell = str | int | float | Decimal | date | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "|", "%")
LONGEST = 32_000
"""Excel takes 32,767 characters in a cell."""
_WIDTH = (10, 60)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its title, the heads of columns, rows as long as the heads."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def csv_of(sheet: Sheet) -> bytes:
    """Write a table as CSV (RFC 4180) in UTF-8 with the mark that Excel needs to know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_plain(each) for each in sheet.heads])
    writer.writerows([_plain(each) for each in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if not isinstance(value, str):
        return str(value)
    text = clean(value)[:LONGEST]
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def xlsx_of(sheets: Iterable[Sheet]) -> bytes:
    """Write tables as one workbook: numbers stay numbers, text is typed as text."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(_title(sheet.title))
        page.freeze_panes = "A2"
        for place, width in enumerate(_widths(sheet), start=1):
            page.column_dimensions[get_column_letter(place)].width = width
        page.append([_cell(page, head, bold=True) for head in sheet.heads])
        for row in sheet.rows:
            page.append([_cell(page, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(text: str) -> str:
    """Excel takes 31 characters and none of these."""
    return "".join("-" if each in "[]:*?/\\'\"" else each for each in clean(text))[:31] or "-"


def _widths(sheet: Sheet) -> list[int]:
    low, high = _WIDTH
    longest = [len(head) + 2 for head in sheet.heads]
    for row in sheet.rows[:200]:
        longest = [
            max(pair) for pair in zip(longest, (len(str(each)) for each in row), strict=True)
        ]
    return [min(max(low, each), high) for each in longest]


def _cell(page: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> Any:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)  # Excel knows no zones; the head names it
    if not isinstance(value, str):
        number = float(value) if isinstance(value, Decimal) else value
        return WriteOnlyCell(page, value=number)  # type: ignore[arg-type]  # the stubs forget None
    text = ILLEGAL_CHARACTERS_RE.sub("", clean(value))[:LONGEST]
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"  # openpyxl takes a text that begins with «=» for a formula
    if bold:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
