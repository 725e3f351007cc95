"""The lines a PDF page draws: those from which cells of a table can be rebuilt."""

import ctypes
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

_MOST_OBJECTS = 4_000
"""Of one page: a drawing has more, and is no table."""
_MOST_SEGMENTS = 4_000
_THIN = 3.0
_SHORT = 5.0
_WHOLE = 0.95
"""A rectangle that takes this share of the page is its background."""

Line = tuple[float, float, float]
"""Where it lies on its axis, then from and to on the other; points from the lower left corner."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """Horizontal lines as (y, x0, x1) and vertical ones as (x, y0, y1)."""

    horizontal: list[Line]
    vertical: list[Line]


def rulings_of(page: pdfium.PdfPage) -> Rulings | None:
    """Gather the straight lines and edges of rectangles, None where they make no cell."""
    found = Rulings([], [])
    width, height = page.get_size()
    handle = page.raw
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    segments = 0
    for index in range(min(raw.FPDFPage_CountObjects(handle), _MOST_OBJECTS)):
        drawn = raw.FPDFPage_GetObject(handle, index)
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_PATH:
            continue
        count = raw.FPDFPath_CountSegments(drawn)
        if count > 5:
            segments += count
            if segments > _MOST_SEGMENTS:
                return None
            _add_path(found, drawn, count)
        elif raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            box = (left.value, bottom.value, right.value, top.value)
            if box[2] - box[0] < _WHOLE * width or box[3] - box[1] < _WHOLE * height:
                _add_box(found, *box)
    few = len(found.horizontal) < 2 or len(found.vertical) < 2
    return None if few else found


def _add_box(found: Rulings, left: float, bottom: float, right: float, top: float) -> None:
    wide, high = right - left, top - bottom
    if high <= _THIN:
        if wide > _SHORT:
            found.horizontal.append(((bottom + top) / 2, left, right))
    elif wide <= _THIN:
        if high > _SHORT:
            found.vertical.append(((left + right) / 2, bottom, top))
    else:
        found.horizontal.extend([(bottom, left, right), (top, left, right)])
        found.vertical.extend([(left, bottom, top), (right, bottom, top)])


def _add_path(found: Rulings, drawn: object, count: int) -> None:
    """Add the straight parts of a path of many: whole grids are drawn as one."""
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(drawn, matrix)
    at_x, at_y = ctypes.c_float(), ctypes.c_float()
    last: tuple[float, float] | None = None
    begun: tuple[float, float] | None = None
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(drawn, index)
        raw.FPDFPathSegment_GetPoint(segment, at_x, at_y)
        point = (
            matrix.a * at_x.value + matrix.c * at_y.value + matrix.e,
            matrix.b * at_x.value + matrix.d * at_y.value + matrix.f,
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            begun = point
        elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
            _add_stroke(found, last, point)
        if raw.FPDFPathSegment_GetClose(segment) and begun is not None:
            _add_stroke(found, point, begun)
        last = point


def _add_stroke(found: Rulings, one: tuple[float, float], other: tuple[float, float]) -> None:
    wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
    if high <= 1 and wide > _SHORT:
        found.horizontal.append((one[1], min(one[0], other[0]), max(one[0], other[0])))
    elif wide <= 1 and high > _SHORT:
        found.vertical.append((one[0], min(one[1], other[1]), max(one[1], other[1])))
