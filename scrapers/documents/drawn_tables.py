"""Tables from drawn cells: the page is cut into bands by horizontal lines, each band by the
vertical lines that cross it, and every character falls into the cell its middle lies in."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scrapers.documents.records import Table
from scrapers.documents.rulings import Line, Rulings

Glyph = tuple[str, float, float, float, float]
"""A character and its box: left, right, bottom, top."""

_NEAR = 2.5
"""Points within which two lines are one: borders of neighbouring cells lie side by side."""
_Cell = tuple[int, int]
"""Band from the top, and the place of its left line among all vertical ones."""


@dataclass(frozen=True, slots=True)
class _Band:
    """Between two horizontal lines: the vertical lines that cross it, as places in `xs`, and for
    each cell the cell it belongs to (itself, or the one above when no line parts them)."""

    bounds: tuple[int, ...]
    cells: tuple[_Cell, ...]


def tables_of(rulings: Rulings, glyphs: Sequence[Glyph]) -> tuple[Table, ...]:
    """Rebuild the tables of a page, top to bottom; a frame of one cell is none."""
    xs = _clustered([x for x, _, _ in rulings.vertical])
    ys = _clustered([y for y, _, _ in rulings.horizontal])
    bands = _bands(rulings, xs, ys)
    texts = _texts(glyphs, xs, ys, bands)
    tables: list[Table] = []
    run: list[int] = []
    for number, band in enumerate([*bands, _Band((), ())]):
        if len(band.bounds) >= 2:
            run.append(number)
            continue
        tables += _table(run, bands, texts)
        run = []
    return tuple(tables)


def _clustered(values: Sequence[float]) -> list[float]:
    """Ascending positions, those within `_NEAR` of the last as one."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _NEAR:
            kept.append(value)
    return kept


def _bands(rulings: Rulings, xs: Sequence[float], ys: Sequence[float]) -> list[_Band]:
    """Bands from the top of the page down."""
    crossing = [(_place(xs, x), low, high) for x, low, high in rulings.vertical]
    above: dict[float, list[Line]] = {}
    for line in rulings.horizontal:
        above.setdefault(ys[_place(ys, line[0])], []).append(line)
    bands: list[_Band] = []
    for number in range(len(ys) - 1):
        low, high = ys[-2 - number], ys[-1 - number]
        middle = (low + high) / 2
        bounds = tuple(sorted({at for at, start, end in crossing if start <= middle <= end}))
        cells = []
        for left, right in pairwise(bounds):
            centre = (xs[left] + xs[right]) / 2
            parted = any(start <= centre <= end for _, start, end in above[high])
            cells.append((number, left) if parted else _above(bands, left, right, number))
        bands.append(_Band(bounds, tuple(cells)))
    return bands


def _above(bands: Sequence[_Band], left: int, right: int, number: int) -> _Cell:
    """The cell over this one, if it has the same sides."""
    if bands and left in bands[-1].bounds:
        place = bands[-1].bounds.index(left)
        if bands[-1].bounds[place + 1 : place + 2] == (right,):
            return bands[-1].cells[place]
    return (number, left)


def _place(positions: Sequence[float], value: float) -> int:
    """The cluster a value was put into."""
    return max(bisect_right(positions, value) - 1, 0)


def _texts(
    glyphs: Sequence[Glyph], xs: Sequence[float], ys: Sequence[float], bands: Sequence[_Band]
) -> dict[_Cell, str]:
    parts: dict[_Cell, list[str]] = {}
    last: _Cell | None = None
    limits = [[xs[bound] for bound in band.bounds] for band in bands]
    for sign, left, right, bottom, top in glyphs:
        if sign.isspace():
            if last is not None:
                parts[last].append(" ")
            continue
        number = len(ys) - 1 - bisect_left(ys, (bottom + top) / 2)
        if not 0 <= number < len(bands):
            last = None
            continue
        place = bisect_left(limits[number], (left + right) / 2) - 1
        if not 0 <= place < len(bands[number].cells):
            last = None
            continue
        last = bands[number].cells[place]
        parts.setdefault(last, []).append(sign)
    return {cell: " ".join("".join(signs).split()) for cell, signs in parts.items()}


def _table(run: Sequence[int], bands: Sequence[_Band], texts: dict[_Cell, str]) -> list[Table]:
    if not run:
        return []
    places = sorted({bound for number in run for bound in bands[number].bounds[:-1]})
    rows: list[tuple[str, ...]] = []
    for number in run:
        own = {cell[1]: texts.get(cell, "") for cell in bands[number].cells if cell[0] == number}
        if any(own.values()):
            rows.append(tuple(own.get(place, "") for place in places))
    columns = [place for place in range(len(places)) if any(row[place] for row in rows)]
    if len(columns) < 2:
        return []
    return [tuple(tuple(row[place] for place in columns) for row in rows)]
