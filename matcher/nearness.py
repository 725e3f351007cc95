"""How near the figures of two texts are: «стенка 4,5» was bought as 4, never as 10.

Figures are the numbers of a text that measure something, lengths in millimetres, nominal
diameters with the outer ones they stand for; each as its logarithm, so that near means near in
proportion.
"""

import math
from collections.abc import Sequence, Set

import numpy as np
from scipy import sparse

from matcher.terms import DIAMETER, Floats, Ints, Matrix, Term

REACH = 0.5
"""Logarithm of the proportion at which two figures no longer count as near (1 : 1.65)."""
MOST_FIGURES = 24
"""Figures of one text that are compared: a table of sizes names everything."""


def logarithm(term: Term) -> float:
    """Return the logarithm of a term that is a figure above zero, NaN for all others."""
    block, text = term
    if block != DIAMETER or not text[:1].isdecimal():
        return math.nan
    value = float(text)
    return math.log(value) if value > 0 else math.nan


def figures(counts: Matrix, logs: Floats) -> Matrix:
    """Return the figures of each row of a matrix of terms as CSR, columns being running numbers."""
    known = np.flatnonzero(~np.isnan(logs[counts.indices]))
    row = np.searchsorted(counts.indptr, known, side="right") - 1
    return packed(row, logs[counts.indices[known]], counts.shape[0])


def asked_figures(counts: Matrix, logs: Floats, unknown: Sequence[Set[Term]]) -> Matrix:
    """Return the figures of queries, with those that no row of the catalogue has."""
    row: list[int] = []
    beyond: list[float] = []
    for number, missed in enumerate(unknown):
        # Few terms are figures and fewer are unknown: an array a query costs more than this loop.
        for term in sorted(each for each in missed if each[0] == DIAMETER):
            value = logarithm(term)
            if not math.isnan(value):
                row.append(number)
                beyond.append(value)
    if not row:
        return figures(counts, logs)
    known = np.flatnonzero(~np.isnan(logs[counts.indices]))
    rows = np.concatenate([np.searchsorted(counts.indptr, known, side="right") - 1, row])
    values = np.concatenate([logs[counts.indices[known]], np.array(beyond, dtype=np.float32)])
    order = np.argsort(rows, kind="stable")
    return packed(rows[order], values[order], counts.shape[0])


def packed(row: Ints, values: Floats, height: int) -> Matrix:
    """Return values as CSR by their rows, which rise; at most `MOST_FIGURES` a row are kept."""
    ends = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=height))))
    place = np.arange(len(row)) - ends[row]
    kept = place < MOST_FIGURES
    lengths = np.bincount(row[kept], minlength=height)
    return sparse.csr_matrix(
        (values[kept], place[kept], np.concatenate(([0], np.cumsum(lengths)))),
        shape=(height, MOST_FIGURES),
    )


def near(asked: Matrix, of: Ints, offered: Matrix, rows: Ints) -> Floats:
    """Return for each pair how near its offered figures come to the asked ones, 0..1 on average.

    Pair `i` compares row `of[i]` of `asked` with row `rows[i]` of `offered`. A pair of which
    either side has no figures is 0.
    """
    left, right = np.diff(asked.indptr)[of], np.diff(offered.indptr)[rows]
    out = np.zeros(len(of), dtype=np.float32)
    some = np.flatnonzero((left > 0) & (right > 0))
    if not len(some):
        return out
    left, right = left[some], right[some]
    # One line for each figure asked in a pair, then one cell for each figure offered to it.
    pair = np.repeat(np.arange(len(some)), left)
    figure = asked.data[_spread(asked.indptr[of[some]], left)]
    cells = right[pair]
    other = offered.data[_spread(offered.indptr[rows[some]][pair], cells)]
    apart = np.abs(np.repeat(figure, cells) - other)
    starts = np.cumsum(cells) - cells
    nearest = np.maximum(0, 1 - np.minimum.reduceat(apart, starts) / REACH)
    out[some] = np.bincount(pair, nearest, minlength=len(some)) / left
    return out


def _spread(starts: Ints, lengths: Ints) -> Ints:
    """Return the places start, start + 1, … of every stretch, one after the other."""
    ends = np.cumsum(lengths)
    spread: Ints = np.repeat(starts - (ends - lengths), lengths) + np.arange(ends[-1])
    return spread
