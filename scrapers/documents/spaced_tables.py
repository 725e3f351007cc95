"""Tables without lines: pieces of text that stand in columns, found by the gaps between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scrapers.documents.drawn_tables import Glyph
from scrapers.documents.records import Table

_GAP = 1.5
"""Gap between two columns in heights of the type; a space between words is a third of that."""
_FEWEST_ROWS = 2
_FEWEST_COLUMNS = 3
_HEADER = (
    re.compile(r"наименован|атауы|описание|name", re.IGNORECASE),
    re.compile(r"\bед\.?\s|единиц|изм|өлшем", re.IGNORECASE),
    re.compile(r"кол[-.\s]|количеств|саны|объ[её]м|көлем", re.IGNORECASE),
)


@dataclass(slots=True)
class _Piece:
    """Text of one line without a wide gap in it."""

    text: str
    left: float
    right: float


def looks_tabular(text: str) -> bool:
    """Whether a page has the words that head a bill; looking at every page would be dear."""
    return all(pattern.search(text) for pattern in _HEADER)


def spaced_tables(glyphs: Sequence[Glyph]) -> tuple[Table, ...]:
    """Rebuild tables from runs of lines that have at least three pieces each."""
    tables: list[Table] = []
    run: list[list[_Piece]] = []
    for line in [*_lines(glyphs), []]:
        if len(line) >= _FEWEST_COLUMNS or (run and len(line) == 1 and _inside(line[0], run)):
            run.append(line)
            continue
        table = _table(run)
        if table is not None:
            tables.append(table)
        run = []
    return tuple(tables)


def _inside(piece: _Piece, run: list[list[_Piece]]) -> bool:
    """Whether a lone piece goes on the name above: it begins within a column that is not the
    first and does not reach over the next."""
    above = run[-1]
    return any(one.left - 3 <= piece.left <= one.right for one in above[1:]) and (
        piece.right < above[-1].right
    )


_Sign = tuple[float, float, str, float]
"""Left and right edge, the character with a space before it where the text has one, height."""


def _lines(glyphs: Sequence[Glyph]) -> list[list[_Piece]]:
    """Pieces line by line, top to bottom. A line is what stands at one height."""
    by_height: dict[int, list[_Sign]] = {}
    space = ""
    for sign, left, right, bottom, top in glyphs:
        if sign.isspace():
            space = " "
            continue
        line = by_height.setdefault(round((bottom + top) / 8), [])
        line.append((left, right, space + sign, top - bottom))
        space = ""
    rows: list[list[_Sign]] = []
    last: int | None = None
    for height in sorted(by_height, reverse=True):
        if last is not None and last - height <= 1:
            rows[-1] += by_height[height]
        else:
            rows.append(by_height[height])
        last = height
    return [_pieces(sorted(row)) for row in rows]


def _pieces(line: Sequence[_Sign]) -> list[_Piece]:
    pieces: list[_Piece] = []
    height = max([4.0, *(high for _, _, _, high in line)])
    for left, right, sign, _ in line:
        if pieces and left - pieces[-1].right < _GAP * height:
            pieces[-1].text += sign
            pieces[-1].right = max(right, pieces[-1].right)
        else:
            pieces.append(_Piece(sign.strip(), left, right))
    return pieces


def _table(run: list[list[_Piece]]) -> Table | None:
    full = [line for line in run if len(line) >= _FEWEST_COLUMNS]
    if len(full) < _FEWEST_ROWS:
        return None
    spans: list[tuple[float, float]] = []
    for left, right in sorted((one.left, one.right) for line in full for one in line):
        if spans and left <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(right, spans[-1][1]))
        else:
            spans.append((left, right))
    if len(spans) < _FEWEST_COLUMNS:
        return None
    rows: list[list[str]] = []
    for line in run:
        row = [""] * len(spans)
        for piece in line:
            place = max(
                (at for at, span in enumerate(spans) if span[0] - 1 <= piece.left), default=0
            )
            row[place] = f"{row[place]} {piece.text}".strip()
        if len(line) == 1 and rows:  # a name that goes on
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], row, strict=True)]
        else:
            rows.append(row)
    return tuple(map(tuple, rows))
