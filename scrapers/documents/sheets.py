"""Sheets of workbooks, XLSX and old XLS alike: every sheet a page, every page one table."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from scrapers.documents.limits import Limits
from scrapers.documents.records import Kind, Page, Read, State, Table, Unreadable

EMPTY_ROWS = 200
"""In a row, after which a sheet is taken to be over: one million empty rows are a trick."""


def read_sheets(
    kind: Kind, count: int, read: Callable[[int, int], tuple[str, Table, bool]], limits: Limits
) -> Read:
    """Read the sheets of a workbook as pages; one that breaks is named, the others stay.

    `read` gives a sheet by its place, counted from 0, and the characters still allowed: its name,
    its rows and whether these are all. Raises `Unreadable` BROKEN or UNREAD.
    """
    pages: list[Page] = []
    reasons: list[str] = []
    left = limits.characters
    for number in range(1, min(count, limits.pages) + 1):
        try:
            name, rows, whole = read(number - 1, left)
        except MemoryError:
            raise
        except Exception as error:  # the libraries raise whatever they trip over in a broken sheet
            reasons.append(f"sheet {number} is broken: {error!r}"[:200])
            continue
        if not whole:
            reasons.append(f"sheet {number}: the first {len(rows)} rows read")
        text = "\n".join("\t".join(row).rstrip("\t") for row in rows)
        left -= len(text)
        label = "".join(sign for sign in name if sign.isprintable())[:60]
        pages.append(Page(number, text[: limits.page_characters], (rows,) if rows else (), label))
        if left <= 0:
            break
    if not any(page.text for page in pages):
        broken = State.BROKEN if reasons else State.UNREAD
        raise Unreadable(broken, "; ".join(reasons) or "no cell with a value")
    if len(pages) < count and not reasons:
        reasons.append(f"{len(pages)} of {count} sheets read")
    state = State.PARTIAL if reasons else State.READ
    return Read(state, kind, "; ".join(reasons), tuple(pages), count)


def filled(rows: Iterable[tuple[str, ...]], limits: Limits, left: int) -> tuple[Table, bool]:
    """Return the rows with a value, at most `left` characters, and whether these are all."""
    kept: list[tuple[str, ...]] = []
    empty = 0
    for row in rows:
        if not any(row):
            empty += 1
            if empty > EMPTY_ROWS:
                break
            continue
        empty = 0
        kept.append(row)
        left -= sum(map(len, row))
        if len(kept) >= limits.rows or left <= 0:
            return even(kept), False
    return even(kept), True


def even(rows: list[tuple[str, ...]]) -> Table:
    """Rows of one width, without the columns right of the last value."""
    ends = [max(at for at, cell in enumerate(row, 1) if cell) for row in rows]
    widest = max(ends, default=0)
    return tuple((*row[:widest], *[""] * (widest - len(row))) for row in rows)


def plain(value: object) -> str:
    """A value as people write it: 12.0 is «12», a day is 2026-05-18."""
    if value is None:
        return ""
    if isinstance(value, float):
        plain = Decimal(repr(value))
        return f"{plain.normalize():f}" if plain.is_finite() and abs(plain) < 10**15 else str(value)
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return " ".join(str(value).split())[:5_000]
