"""Candidates for any catalogue: sparse TF-IDF over stems and character n-grams.

Built once for a catalogue; queries come in batches, each one sparse product. `Index.compare`
tells of chosen rows what exactly is shared, block by block (`matcher.rescoring` weighs it).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from matcher.nearness import asked_figures, figures, logarithms, near
from matcher.terms import (
    AMOUNT,
    BLOCKS,
    GRAM,
    KIN,
    LETTERS,
    MARK,
    NUMBER,
    STEM,
    Floats,
    Ints,
    Matrix,
    Text,
)
from matcher.vocabulary import Vocabulary

CANDIDATES = 50
WORD_BLOCKS = (STEM, NUMBER, AMOUNT, MARK)
VECTORS = (WORD_BLOCKS, (LETTERS,), (GRAM,), (KIN,))
"""Blocks that form one cosine each: words with numbers, letters in Latin, the
text as written, and the headings it stands under."""
POSTINGS = 15_000
"""Entries of the index followed for one text at the first look: nearly all in a catalogue of
2,500 rows, the heaviest terms' in a large one. The last of ten rows may differ for it."""
ROWS_AT_ONCE = 4_096
"""Rows of a catalogue whose entries are reckoned together."""
LOW = 0.3
"""Part of the best first look below which rows are left out while enough others remain."""
SHARES = (0.3, 0.35, 0.35, 0.2)
"""What each cosine counts in the first look (learned on half of the public rows)."""


def _vector_of() -> Ints:
    """Return for each block the number of the vector it belongs to (the last for none)."""
    out = np.full(len(BLOCKS), len(VECTORS), dtype=np.int64)
    for number, listed in enumerate(VECTORS):
        out[list(listed)] = number
    return out


VECTOR_OF = _vector_of()
IN_VECTOR = np.equal.outer(VECTOR_OF, np.arange(len(VECTORS))).astype(np.float64)
"""1.0 where a block belongs to a vector, (blocks, vectors)."""
SHARE_OF = np.array([*SHARES, 0], dtype=np.float32)[VECTOR_OF]
"""What a block counts in the first look."""


@dataclass(frozen=True, slots=True)
class Index:
    """A catalogue's texts. `weights` holds the TF-IDF of each term, scaled so that the rows of
    every vector have length one; `first` is its transpose with the shares of the first look."""

    vocabulary: Vocabulary
    blocks: Ints
    idf: Floats
    weights: Matrix
    first: Matrix
    totals: Floats
    """Sum of idf per row and block, of the distinct terms: what a full match would share."""
    logs: Floats
    """Logarithms of the terms that are figures."""
    figures: Matrix
    """The figures of each row (`matcher.nearness`)."""


def build(texts: Iterable[Text]) -> Index:
    """Index a catalogue's texts in catalogue order."""
    vocabulary = Vocabulary()
    counts = vocabulary.learn(texts)
    blocks = np.asarray(vocabulary.blocks, dtype=np.int64)
    seen = np.bincount(counts.indices, minlength=len(blocks))
    idf = (np.log((1 + counts.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    weights = scaled(counts, idf, blocks)
    first = weights.T.tocsr()
    first.data *= np.repeat(SHARE_OF[blocks], np.diff(first.indptr))
    first.eliminate_zeros()
    logs = logarithms(list(vocabulary.ids))
    return Index(
        vocabulary,
        blocks,
        idf,
        weights,
        first,
        totals(counts, idf, blocks),
        logs,
        figures(counts, logs),
    )


def scaled(counts: Matrix, idf: Floats, blocks: Ints) -> Matrix:
    """Return TF-IDF with sublinear counts, every vector's part of a row of length one."""
    shared = (counts.data.copy(), counts.indices, counts.indptr)
    out = sparse.csr_matrix(shared, shape=counts.shape)
    for _, place, owner in stretches(counts):
        columns = out.indices[place]
        data = (1 + np.log(out.data[place])) * idf[columns]
        key = owner * (len(VECTORS) + 1) + VECTOR_OF[blocks[columns]]
        lengths = np.sqrt(np.bincount(key, data**2, minlength=1))
        out.data[place] = data / np.maximum(lengths[key], 1e-9)
    return out


def totals(counts: Matrix, idf: Floats, blocks: Ints) -> Floats:
    """Return the sum of idf per row and block, shape (rows, blocks)."""
    out = np.zeros((counts.shape[0], len(BLOCKS)), dtype=np.float32)
    for rows, place, owner in stretches(counts):
        columns = counts.indices[place]
        size = (rows.stop - rows.start) * len(BLOCKS)
        summed = np.bincount(owner * len(BLOCKS) + blocks[columns], idf[columns], minlength=size)
        out[rows] = summed.reshape(-1, len(BLOCKS))
    return out


def stretches(counts: Matrix) -> Iterator[tuple[slice, slice, Ints]]:
    """Yield runs of rows, their entries, and the row of each entry counted from the run's first.

    What is reckoned for every entry of a large catalogue at once needs several times its memory.
    """
    for start in range(0, counts.shape[0], ROWS_AT_ONCE):
        ends = counts.indptr[start : start + ROWS_AT_ONCE + 1]
        owner = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        yield slice(start, start + len(ends) - 1), slice(ends[0], ends[-1]), owner


@dataclass(frozen=True, slots=True)
class Queries:
    """A batch of texts in the terms of an index. `totals` counts unknown terms too."""

    weights: Matrix
    totals: Floats
    figures: Matrix


def ask(index: Index, texts: Sequence[Text]) -> Queries:
    """Put a batch of texts into the terms of the index.

    A term the catalogue does not have still counts as asked for, at the weight of the rarest.
    """
    counts, unknown = index.vocabulary.count(texts)
    rarest = float(np.log(1 + index.weights.shape[0]) + 1)
    asked = totals(counts, index.idf, index.blocks)
    for row, missed in enumerate(unknown):
        for block, _ in missed:
            asked[row, block] += rarest
    weights = scaled(counts, index.idf, index.blocks)
    return Queries(weights, asked, asked_figures(counts, index.logs, unknown))


def nearest(
    index: Index, queries: Queries, count: int = CANDIDATES, postings: int = POSTINGS
) -> list[Ints]:
    """Return for each query the catalogue rows of the best first look, best first."""
    product = (telling(index, queries.weights, postings) @ index.first).tocsr()
    found: list[Ints] = []
    for start, end in zip(product.indptr[:-1], product.indptr[1:], strict=True):
        scores, rows = product.data[start:end], product.indices[start:end]
        if len(scores) > count:
            kept = _high(scores, count)
            scores, rows = scores[kept], rows[kept]
        order = np.lexsort((rows, -scores))[:count]
        found.append(rows[order].astype(np.int64))
    return found


def telling(index: Index, asked: Matrix, most: int) -> Matrix:
    """Return the queries with their heaviest terms only, as many as stand in `most` rows.

    A two-letter n-gram stands in every other row and tells little; following all of them makes a
    look-up as long as the catalogue. The heaviest term is always kept.
    """
    postings = np.diff(index.first.indptr)[asked.indices]
    # A rare term weighs more in the rows too, so idf counts on both sides.
    weight = asked.data * SHARE_OF[index.blocks[asked.indices]] * index.idf[asked.indices]
    row = np.repeat(np.arange(asked.shape[0]), np.diff(asked.indptr))
    order = np.argsort(-weight, kind="stable")
    short = np.int16 if asked.shape[0] < 2**15 else np.int64  # sorted by radix, thrice as fast
    order = order[np.argsort(row[order].astype(short), kind="stable")]
    passed = np.cumsum(postings[order])
    before = np.concatenate(([0], passed))[asked.indptr[row]]
    first = np.zeros(len(order), dtype=np.bool_)
    first[asked.indptr[:-1][np.diff(asked.indptr) > 0]] = True
    kept = (passed - before <= most) | first
    taken = order[kept]
    ends = np.concatenate(([0], np.cumsum(np.bincount(row[kept], minlength=asked.shape[0]))))
    return sparse.csr_matrix((asked.data[taken], asked.indices[taken], ends), shape=asked.shape)


def _high(scores: Floats, count: int) -> Ints:
    """Return the places of at least the `count` highest scores, of few more."""
    # Most rows share a few n-grams only: sorting out the low ones first is cheaper than a partition
    high = np.flatnonzero(scores >= LOW * scores.max())
    if len(high) < count:
        high = np.arange(len(scores))
    among = scores[high]
    least = np.partition(among, len(among) - count)[len(among) - count]
    kept: Ints = high[among >= least]
    return kept


@dataclass(frozen=True, slots=True)
class Shared:
    """What queries share with chosen rows, one line a pair: cosines (pairs, vectors), sums of idf
    of the shared terms (pairs, blocks), and what either side has in all."""

    cosines: Floats
    common: Floats
    counts: Floats
    """Shared terms by number (pairs, blocks)."""
    asked: Floats
    offered: Floats
    near: Floats
    """How near the offered figures come to the asked ones (pairs)."""


def compare(index: Index, queries: Queries, number: int, rows: Ints) -> Shared:
    """Tell what query `number` of a batch shares with the given catalogue rows."""
    nothing = np.zeros(0, dtype=np.int64)
    chosen = [nothing] * queries.weights.shape[0]
    chosen[number] = rows
    return compare_all(index, queries, chosen)


def compare_all(index: Index, queries: Queries, chosen: Sequence[Ints]) -> Shared:
    """Tell what every query of a batch shares with its own chosen rows, in that order."""
    rows = np.concatenate(chosen)
    of = np.repeat(np.arange(len(chosen)), [len(each) for each in chosen])
    offered = index.weights[rows]
    places, asked = _meeting(queries.weights, offered, [len(each) for each in chosen])
    columns = offered.indices[places]
    lengths = np.diff(np.searchsorted(places, offered.indptr))
    cell = np.repeat(np.arange(len(rows)) * len(BLOCKS), lengths) + index.blocks[columns]
    size = len(rows) * len(BLOCKS)
    asked *= offered.data[places]
    common, products, counts = (
        np.bincount(cell, values, minlength=size).reshape(-1, len(BLOCKS))
        for values in (index.idf[columns], asked, None)
    )
    return Shared(
        (products @ IN_VECTOR).astype(np.float32),
        common.astype(np.float32),
        counts.astype(np.float32),
        queries.totals[of],
        index.totals[rows],
        near(queries.figures, of, index.figures, rows),
    )


def _meeting(asked: Matrix, offered: Matrix, counts: Sequence[int]) -> tuple[Ints, Floats]:
    """Return the places in `offered` of terms its query has too, and the query's weights there.

    The rows of `offered` stand query by query, `counts` of each.
    """
    scratch = np.zeros(offered.shape[1], dtype=np.float32)
    ends = offered.indptr[np.concatenate(([0], np.cumsum(counts)))]
    places: list[Ints] = []
    weights: list[Floats] = []
    for number, (start, end) in enumerate(pairwise(ends)):
        own = slice(asked.indptr[number], asked.indptr[number + 1])
        scratch[asked.indices[own]] = asked.data[own]
        met = scratch.take(offered.indices[start:end], mode="clip")
        hit = np.flatnonzero(met != 0)
        scratch[asked.indices[own]] = 0
        places.append(hit + start)
        weights.append(met[hit])
    return np.concatenate(places), np.concatenate(weights)
