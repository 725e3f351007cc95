"""Cells of workbooks, XLSX and old XLS alike: values as people write them, rows of one width."""

from datetime import date, datetime
from decimal import Decimal

from scrapers.documents.records import Table

EMPTY_ROWS = 200
"""In a row, after which a sheet is taken to be over: one million empty rows are a trick."""


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
