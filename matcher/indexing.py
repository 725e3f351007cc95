"""Building an index: parts of a catalogue learn their terms, then all are weighed together.

A part's terms are numbered by themselves; together they get the numbers of the whole catalogue
and its idf. So a large catalogue is never in memory at once: `service.matching.indexing` keeps the
parts and the arrays in files. Formulas: idf = ln((1 + rows) / (1 + rows with the term)) + 1.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.nearness import MOST_FIGURES, figures
from matcher.retrieval import (
    MOST_COUNTED,
    SHARE_OF,
    VECTORS,
    Index,
    Measured,
    blocks_of,
    divided,
    measured,
)
from matcher.terms import BLOCKS, Floats, Ints, Matrix
from matcher.vocabulary import Keys, Learned, Vocabulary

Rows = NDArray[np.int32]
Part = Callable[[], Learned]
"""Loads a part of a catalogue; called more than once."""
KEPT_ENTRIES = 10_000_000
"""Entries up to which weighed parts stay in memory instead of being weighed twice."""
MOST_ENTRIES = 2**31 - 1
"""Entries are numbered in 32 bits: some ten million products."""
MOST_ROWS = 8_192
"""Rows kept for one term at the first look, the heaviest: a look-up follows no more anyway."""
AT_ONCE = 1_000
"""Rows weighed at once: what is made on the way stays near the processor."""
LEVELS = 256
"""Steps in which weights are told apart where the heaviest are chosen."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a whole catalogue."""

    keys: Keys
    logs: Floats
    seen: Ints
    """How many rows have each."""
    idf: Floats
    blocks: Ints
    rows: int
    """How many rows the catalogue has."""
    entries: int
    """How many terms stand in how many rows: the sum of `seen`."""


def whole(parts: Sequence[Part]) -> Terms:
    """Number the terms of all parts together and weigh them by how many rows have them."""
    keys: list[Keys] = [np.zeros(0, dtype=np.uint64)]
    own: list[Ints] = [np.zeros(0, dtype=np.int64)]
    told: list[Floats] = [np.zeros(0, dtype=np.float32)]
    rows = entries = 0
    for load in parts:
        part = load()
        keys.append(np.array(part.keys))
        own.append(np.bincount(part.counts.indices, minlength=len(part.keys)))
        told.append(np.array(part.logs))
        rows, entries = rows + part.counts.shape[0], entries + part.counts.nnz
    if entries >= MOST_ENTRIES:
        raise ValueError(f"{entries} entries of an index are too many; at most {MOST_ENTRIES}")
    every, place = np.unique(np.concatenate(keys), return_inverse=True)
    seen = np.bincount(place, np.concatenate(own), minlength=len(every)).astype(np.int64)
    logs = np.empty(len(every), dtype=np.float32)
    logs[place] = np.concatenate(told)
    return Terms(every, logs, seen, rarity(rows, seen), blocks_of(every), rows, entries)


def rarity(rows: int, seen: Ints) -> Floats:
    """Return the idf of terms that stand in so many of the rows."""
    idf: Floats = (np.log((1 + rows) / (1 + seen)) + 1).astype(np.float32)
    return idf


@dataclass(frozen=True, slots=True)
class Weighed:
    """A part in the terms of the whole catalogue."""

    counts: Matrix
    found: Measured
    figures: Matrix
    heavy: Floats
    """What each entry weighs at the first look."""


def weigh(part: Learned, terms: Terms) -> Weighed:
    """Put a part into the terms of the whole catalogue and weigh its entries."""
    # Keys rise in both, so entries of a row stay in order.
    columns = np.searchsorted(terms.keys, part.keys).astype(np.int32)
    data = np.minimum(part.counts.data, MOST_COUNTED).astype(np.uint8)
    shape = (part.counts.shape[0], len(terms.keys))
    counts = sparse.csr_matrix(
        (data, columns[part.counts.indices], part.counts.indptr.astype(np.int32)), shape=shape
    )
    height = shape[0]
    found = Measured(
        np.empty(counts.nnz, dtype=np.float32),
        np.empty((height, len(VECTORS) + 1), dtype=np.float32),
        np.empty((height, len(BLOCKS)), dtype=np.float32),
    )
    heavy = np.empty(counts.nnz, dtype=np.float32)
    for first in range(0, height, AT_ONCE):
        rows = slice(first, min(first + AT_ONCE, height))
        own = slice(counts.indptr[rows.start], counts.indptr[rows.stop])
        some = counts[rows]
        weight = measured(some, terms.idf, terms.blocks)
        found.weights[own] = weight.weights
        found.lengths[rows], found.totals[rows] = weight.lengths, weight.totals
        share = SHARE_OF[terms.blocks[some.indices]]
        heavy[own] = divided(some, weight, terms.blocks) * share
    return Weighed(counts, found, figures(counts, terms.logs), heavy)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which entries are followed at the first look: of a term that stands in more than `MOST_ROWS`
    rows the heaviest, told apart in `LEVELS` steps; of one step the first of the catalogue."""

    ends: Ints
    """Where each term's entries end, a zero before the first (terms + 1)."""
    level: Ints
    """The step of which only some are kept; below it none, above it all; -1 where all are kept."""
    left: Ints
    """How many of that step are still to be kept (terms); falls while parts are written."""
    filled: Ints
    """How many entries of each term are written (terms); rises while parts are written."""


def cut(terms: Terms, parts: Iterable[Weighed]) -> Cut:
    """Choose which entries are followed. `parts` are gone through only if a term has too many."""
    width = len(terms.keys)
    size = np.where(SHARE_OF[terms.blocks] > 0, terms.seen, 0)
    frequent = np.flatnonzero(size > MOST_ROWS)
    level = np.full(width, -1, dtype=np.int64)
    left = np.zeros(width, dtype=np.int64)
    if len(frequent):
        number = np.full(width, -1, dtype=np.int64)
        number[frequent] = np.arange(len(frequent))
        steps = np.zeros(len(frequent) * LEVELS, dtype=np.int64)
        for part in parts:
            own = number[part.counts.indices]
            among = own >= 0
            cell = own[among] * LEVELS + steps_of(part.heavy[among])
            steps += np.bincount(cell, minlength=len(steps))
        # How many stand at a step or above it; the last step that still makes up the number cuts.
        above = np.cumsum(steps.reshape(-1, LEVELS)[:, ::-1], axis=1)[:, ::-1]
        level[frequent] = (above >= MOST_ROWS).sum(axis=1) - 1
        higher = np.concatenate([above, np.zeros((len(frequent), 1), dtype=np.int64)], axis=1)
        left[frequent] = MOST_ROWS - higher[np.arange(len(frequent)), level[frequent] + 1]
        size[frequent] = MOST_ROWS
    ends = np.concatenate(([0], np.cumsum(size)))
    return Cut(ends, level, left, np.zeros(width, dtype=np.int64))


def steps_of(heavy: Floats) -> Ints:
    """Return the step of each weight, the heaviest `LEVELS` - 1."""
    scaled = (heavy * (LEVELS / float(SHARE_OF.max()))).astype(np.int64)
    steps: Ints = np.minimum(scaled, LEVELS - 1)
    return steps


def follow(part: Weighed, first_row: int, chosen: Cut, rows: Rows, weights: Floats) -> None:
    """Write what is followed of a part into the entries of all terms, `rows` and `weights`.

    Parts come in catalogue order; `first_row` is the place of this one's first row.
    """
    # By columns in linear time, rows rising in each; sorting took longer than all the rest.
    matrix = sparse.csr_matrix(
        (part.heavy, part.counts.indices, part.counts.indptr), shape=part.counts.shape
    ).tocsc()
    told = matrix.data > 0
    term = np.repeat(np.arange(matrix.shape[1], dtype=np.int32), np.diff(matrix.indptr))[told]
    row, heavy = matrix.indices[told], matrix.data[told]
    if (chosen.level >= 0).any():
        step = np.where(chosen.level[term] >= 0, steps_of(heavy), LEVELS)
        edge = np.flatnonzero(step == chosen.level[term])
        at_edge = term[edge]
        kept = step > chosen.level[term]
        kept[edge[_rank(at_edge) < chosen.left[at_edge]]] = True
        chosen.left[:] -= np.minimum(np.bincount(at_edge, minlength=len(chosen.left)), chosen.left)
        row, term, heavy = row[kept], term[kept], heavy[kept]
    size = np.bincount(term, minlength=len(chosen.filled))
    start = chosen.ends[:-1] + chosen.filled - (np.cumsum(size) - size)
    place = np.arange(len(term)) + np.repeat(start, size)
    rows[place] = row + first_row
    weights[place] = heavy
    chosen.filled[:] += size


def _rank(sorted_terms: NDArray[np.int32]) -> Ints:
    """Return the place of each entry among those of its term."""
    if not len(sorted_terms):
        return np.zeros(0, dtype=np.int64)
    new = np.concatenate(([True], sorted_terms[1:] != sorted_terms[:-1]))
    starts = np.flatnonzero(new)
    rank: Ints = np.arange(len(sorted_terms)) - np.repeat(
        starts, np.diff(np.concatenate((starts, [len(sorted_terms)])))
    )
    return rank


Make = Callable[[str, tuple[int, ...], type[np.generic]], NDArray[Any]]
"""Make an array to be filled, by name, shape and type: in memory, or mapped to a file."""


def build(learned: Sequence[Learned]) -> Index:
    """Index the parts of a catalogue in its order, in memory."""
    return together([partial(_ready, part) for part in learned], in_memory)


def _ready(part: Learned) -> Learned:
    return part


def in_memory(_name: str, shape: tuple[int, ...], kind: type[np.generic]) -> NDArray[Any]:
    """Make an array that lasts as long as the program."""
    return np.empty(shape, dtype=kind)


def together(parts: Sequence[Part], make: Make) -> Index:
    """Put the parts of a catalogue, in its order, into one index; each is loaded when its turn
    comes. Raises `ValueError` when there are more entries than can be numbered."""
    terms = whole(parts)
    weighed: Iterable[Weighed] = _EachTime(parts, terms)
    if terms.entries <= KEPT_ENTRIES:
        weighed = list(weighed)
    return arranged(terms, weighed, cut(terms, weighed), make)


def arranged(terms: Terms, weighed: Iterable[Weighed], chosen: Cut, make: Make) -> Index:
    """Put weighed parts, in catalogue order, into the arrays of one index."""
    height, entries, followed = terms.rows, terms.entries, int(chosen.ends[-1])
    kinds: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
        "keys": (terms.keys.shape, np.uint64),
        "idf": (terms.idf.shape, np.float32),
        "logs": (terms.logs.shape, np.float32),
        "first_ends": (chosen.ends.shape, np.int32),
        "first_rows": ((followed,), np.int32),
        "first": ((followed,), np.float32),
        "counts_ends": ((height + 1,), np.int32),
        "counts_terms": ((entries,), np.int32),
        "counts": ((entries,), np.uint8),
        "lengths": ((height, len(VECTORS) + 1), np.float32),
        "totals": ((height, len(BLOCKS)), np.float32),
    }
    out = {name: make(name, *each) for name, each in kinds.items()}
    out["keys"][:], out["idf"][:], out["logs"][:] = terms.keys, terms.idf, terms.logs
    out["first_ends"][:] = chosen.ends
    told = _fill(weighed, chosen, out)
    for name, values in told.items():
        out[name] = make(name, values.shape, values.dtype.type)
        out[name][:] = values
    return index_of(out)


@dataclass(frozen=True, slots=True)
class _EachTime:
    """Weighs the parts each time they are gone through, so that one at a time is in memory."""

    parts: Sequence[Part]
    terms: Terms

    def __iter__(self) -> Iterator[Weighed]:
        return (weigh(load(), self.terms) for load in self.parts)


def _fill(
    weighed: Iterable[Weighed],
    chosen: Cut,
    out: Mapping[str, NDArray[Any]],
) -> dict[str, NDArray[Any]]:
    """Write the entries of every part; return the figures, few enough to be put together here."""
    row = entry = 0
    told: list[Matrix] = []
    out["counts_ends"][0] = 0
    for part in weighed:
        rows = slice(row, row + part.counts.shape[0])
        entries = slice(entry, entry + part.counts.nnz)
        out["counts_ends"][row + 1 : rows.stop + 1] = part.counts.indptr[1:] + entry
        out["counts_terms"][entries] = part.counts.indices
        out["counts"][entries] = part.counts.data
        out["lengths"][rows] = part.found.lengths
        out["totals"][rows] = part.found.totals
        follow(part, row, chosen, out["first_rows"], out["first"])
        told.append(part.figures)
        row, entry = rows.stop, entries.stop
    stops = np.cumsum([0, *(each.nnz for each in told)])
    ends = [each.indptr[1:] + stop for each, stop in zip(told, stops[:-1], strict=True)]
    return {
        "figures": np.concatenate([each.data for each in told]).astype(np.float32),
        "figures_place": np.concatenate([each.indices for each in told]).astype(np.int32),
        "figures_ends": np.concatenate([[0], *ends]).astype(np.int32),
    }


def index_of(arrays: Mapping[str, NDArray[Any]]) -> Index:
    """Return the index that consists of these arrays, as `together` made them."""
    height, width = len(arrays["counts_ends"]) - 1, len(arrays["keys"])

    def matrix(data: str, columns: str, ends: str, shape: tuple[int, int]) -> Matrix:
        return sparse.csr_matrix((arrays[data], arrays[columns], arrays[ends]), shape=shape)

    return Index(
        vocabulary=Vocabulary(arrays["keys"]),
        idf=arrays["idf"],
        counts=matrix("counts", "counts_terms", "counts_ends", (height, width)),
        lengths=arrays["lengths"],
        first=matrix("first", "first_rows", "first_ends", (width, height)),
        totals=arrays["totals"],
        logs=arrays["logs"],
        figures=matrix("figures", "figures_place", "figures_ends", (height, MOST_FIGURES)),
    )
