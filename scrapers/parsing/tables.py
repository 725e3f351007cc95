"""Tables of pages: grids mapped by their header, and label/value tables.

Columns are found by header text, never by position: goszakup shows six or seven of them, and a
column put in between must not turn a quantity into a sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import html

from scrapers.parsing.html import Page, changed, find, words


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a grid: its element and its cells by the names asked for."""

    element: html.HtmlElement
    cells: Mapping[str, html.HtmlElement]

    def text(self, name: str) -> str:
        """Words of a cell, "" where the table has no such column."""
        return words(self.cells.get(name))


def grid(
    page: Page,
    table: html.HtmlElement,
    columns: Mapping[str, tuple[str, ...]],
    optional: frozenset[str] = frozenset(),
) -> list[Row]:
    """Read the body rows of `table`. `columns` maps our names to the beginnings a header may have.

    A single cell that spans the table is a message, not a row, and is left out. Raises
    `LayoutChanged` when a column is missing or doubled, or a row has another number of cells.
    """
    headers = [words(th).casefold() for th in find(table, "./thead/tr[1]/th")]
    places: dict[str, int] = {}
    for name, beginnings in columns.items():
        found = [
            index
            for index, header in enumerate(headers)
            if any(header.startswith(beginning.casefold()) for beginning in beginnings)
        ]
        if len(found) > 1 or (not found and name not in optional):
            raise changed(page, f"{len(found)} columns «{beginnings[0]}» in {headers}", "thead th")
        if found:
            places[name] = found[0]
    rows = []
    for element in find(table, "./tbody/tr"):
        cells = find(element, "./td")
        if len(cells) == 1 and len(headers) > 1:
            continue
        if len(cells) != len(headers):
            raise changed(page, f"{len(cells)} cells under {len(headers)} headers", "tbody tr")
        rows.append(Row(element, {name: cells[index] for name, index in places.items()}))
    return rows


def message(table: html.HtmlElement) -> str:
    """The text of a body that is one cell across the table ("nothing found"), or ""."""
    rows = find(table, "./tbody/tr")
    cells = find(rows[0], "./td") if len(rows) == 1 else []
    return words(cells[0]) if len(cells) == 1 else ""


def labels(page: Page, tables: list[html.HtmlElement]) -> dict[str, html.HtmlElement]:
    """Value cells of th/td rows by label. The first of several equal labels is kept.

    Raises `LayoutChanged` for a row that has a label and not exactly one value: a value that lost
    its place must not become "not stated", nor another label's value.
    """
    values: dict[str, html.HtmlElement] = {}
    for table in tables:
        for row in find(table, "./tr | ./tbody/tr"):
            heads, cells = find(row, "./th"), find(row, "./td")
            if (len(heads), len(cells)) != (1, 1):
                raise changed(page, f"{len(heads)} labels for {len(cells)} values", "tr: th, td")
            values.setdefault(words(heads[0]), cells[0])
    return values
