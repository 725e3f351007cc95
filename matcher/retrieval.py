"""Candidates for any catalogue: sparse TF-IDF over stems and character n-grams.

Built once for a catalogue (`matcher.indexing`); queries come in batches, each one sparse product.
`compare_all` tells of chosen rows what exactly is shared, block by block (`matcher.rescoring`
weighs it).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.nearness import asked_figures, near
from matcher.terms import (
    AMOUNT,
    BLOCKS,
    DIAMETER,
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
from matcher.vocabulary import BLOCK_SHIFT, Vocabulary

Rows = NDArray[np.int32]
"""Places in 32 bits, as sparse matrices number their columns."""

CANDIDATES = 50
HIGHEST, HALF, LOWER = np.uint32(2**32 - 1), np.uint64(32), np.uint64(2**32 - 1)
"""To put two numbers of 32 bits into one: weights are no less than 0, so that their bits rise as
they do."""
WORD_BLOCKS = (STEM, NUMBER, AMOUNT, MARK)
VECTORS = (WORD_BLOCKS, (LETTERS,), (GRAM,), (KIN,))
"""Blocks that form one cosine each: words with numbers, letters in Latin, the text as written, and
the headings it stands under."""
POSTINGS = 5_000
"""Entries of the index followed for one text at the first look in a catalogue of `SMALL` rows: of
terms that stand in every other row only the heaviest. Three times as many find no more."""
SMALL = 10_000
SHARES = (0.3, 0.35, 0.35, 0.2)
"""What each cosine counts in the first look (learned on half of the public rows)."""
MOST_COUNTED = 255
"""A term that stands in a row more often counts as standing so often."""
SUBLINEAR = np.log(np.maximum(np.arange(MOST_COUNTED + 1), 1)) + 1
"""What a term counts by how often it stands in a text."""


def _vector_of() -> Ints:
    """Return for each block the number of the vector it belongs to (the last for none)."""
    out = np.full(len(BLOCKS), len(VECTORS), dtype=np.int64)
    for number, listed in enumerate(VECTORS):
        out[list(listed)] = number
    return out


VECTOR_OF = _vector_of()
SHARE_OF = np.array([*SHARES, 0], dtype=np.float32)[VECTOR_OF]
"""What a block counts in the first look."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What an index keeps of the catalogue its weights were learned of (`matcher.frozen`)."""

    rows: int
    """How many rows it had."""
    followed: Ints
    """How many entries of each term were followed there, 0 for terms it did not have (terms)."""


@dataclass(frozen=True, slots=True)
class Index:
    """A catalogue's texts as arrays, in memory or mapped from files.

    A row's weight of a term is `SUBLINEAR` of its count, times idf, over the length of the row's
    vector; only the counts are stored. `first` holds these weights term by term with the shares of
    the first look, of frequent terms the heaviest rows only.
    """

    vocabulary: Vocabulary
    idf: Floats
    counts: Matrix
    """CSR (rows, terms) of uint8."""
    lengths: Floats
    """Of every vector of a row, (rows, vectors and one for no vector)."""
    first: Matrix
    """CSR (terms, rows) of float32."""
    totals: Floats
    """Sum of idf per row and block, of the distinct terms: what a full match would share."""
    logs: Floats
    """Logarithms of the terms that are figures."""
    figures: Matrix
    """The figures of each row (`matcher.nearness`)."""
    frozen: Frozen | None = None
    """Where the weights were learned of another state of the catalogue."""

    @property
    def learned_rows(self) -> int:
        """Rows of the catalogue the weights were learned of."""
        rows: int = self.counts.shape[0] if self.frozen is None else self.frozen.rows
        return rows

    @property
    def postings(self) -> int:
        """Entries followed for one text: a look-up grows by the logarithm of the catalogue."""
        rows = max(self.learned_rows, SMALL)
        return int(POSTINGS * (1 + math.log10(rows / SMALL)))


def blocks_of(keys: NDArray[np.uint64]) -> Ints:
    """Return the block of each term."""
    return (keys >> BLOCK_SHIFT).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts of some texts with the weight of each entry and what each text has in all."""

    weights: Floats
    lengths: Floats
    totals: Floats


def measured(counts: Matrix, idf: Floats, blocks: Ints) -> Measured:
    """Return TF-IDF with sublinear counts, not yet divided by the lengths of the rows' vectors.

    `blocks` are those of all terms. Shapes: (entries), (rows, vectors + 1), (rows, blocks).
    """
    height = counts.shape[0]
    owner = np.repeat(np.arange(height), np.diff(counts.indptr))
    rarity = idf[counts.indices]
    block = blocks[counts.indices]
    weights = SUBLINEAR[np.minimum(counts.data, MOST_COUNTED).astype(np.int64)] * rarity
    wide, many = len(VECTORS) + 1, len(BLOCKS)
    squares = np.bincount(owner * wide + VECTOR_OF[block], weights**2, minlength=height * wide)
    totals = np.bincount(owner * many + block, rarity, minlength=height * many)
    return Measured(
        weights.astype(np.float32),
        np.maximum(np.sqrt(squares), 1e-9).reshape(-1, wide).astype(np.float32),
        totals.reshape(-1, many).astype(np.float32),
    )


def divided(counts: Matrix, found: Measured, blocks: Ints) -> Floats:
    """Return the weights of the entries with every vector's part of a row of length one."""
    owner = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    quotient: Floats = found.weights / found.lengths[owner, VECTOR_OF[blocks[counts.indices]]]
    return quotient


@dataclass(frozen=True, slots=True)
class Queries:
    """A batch of texts in the terms of an index. `totals` counts unknown terms too."""

    weights: Matrix
    blocks: Ints
    """The block of each entry."""
    totals: Floats
    figures: Matrix


def ask(index: Index, texts: Sequence[Text]) -> Queries:
    """Put a batch of texts into the terms of the index.

    A term the catalogue does not have still counts as asked for, at the weight of the rarest.
    """
    counts, unknown = index.vocabulary.count(texts)
    rarest = math.log(1 + index.learned_rows) + 1
    own = index.vocabulary.keys[counts.indices]
    entries = sparse.csr_matrix(
        (counts.data, np.arange(len(own), dtype=np.int32), counts.indptr),
        shape=(counts.shape[0], max(len(own), 1)),
    )
    blocks = blocks_of(own)
    found = measured(entries, index.idf[counts.indices], blocks)
    for row, missed in enumerate(unknown):
        for block, _ in missed:
            found.totals[row, block] += rarest
    weights = sparse.csr_matrix(
        (divided(entries, found, blocks), counts.indices, counts.indptr), shape=counts.shape
    )
    return Queries(weights, blocks, found.totals, asked_figures(counts, index.logs, unknown))


def nearest(
    index: Index, queries: Queries, count: int = CANDIDATES, postings: int | None = None
) -> list[Ints]:
    """Return for each query the catalogue rows of the best first look, best first."""
    most = index.postings if postings is None else postings
    product = (telling(index, queries, most) @ index.first).tocsr()
    # A score and its row as one number: the best first, of equal ones the first of the catalogue.
    lower = (HIGHEST - product.data.view(np.uint32)).astype(np.uint64)
    keys = lower << HALF | product.indices.astype(np.uint64)
    found: list[Ints] = []
    for start, end in pairwise(product.indptr.tolist()):
        own = keys[start:end]
        if end - start > count:
            own = np.partition(own, count - 1)[:count]
        found.append((np.sort(own) & LOWER).astype(np.int64))
    return found


def telling(index: Index, queries: Queries, most: int) -> Matrix:
    """Return the queries with their heaviest terms only, as many as stand in `most` rows.

    A two-letter n-gram stands in every other row and tells little; following all of them makes a
    look-up as long as the catalogue. The heaviest term is always kept.
    """
    asked = queries.weights
    ends = index.first.indptr
    frozen = index.frozen
    postings = (ends[1:] - ends[:-1] if frozen is None else frozen.followed)[asked.indices]
    # A rare term weighs more in the rows too, so idf counts on both sides.
    weight = asked.data * SHARE_OF[queries.blocks] * index.idf[asked.indices]
    followed = np.flatnonzero(weight > 0)
    row = np.repeat(np.arange(asked.shape[0]), np.diff(asked.indptr))[followed]
    order = followed[heaviest(row, weight[followed])]
    stops = np.searchsorted(row, np.arange(asked.shape[0] + 1))
    passed = np.cumsum(postings[order], dtype=np.int64)
    before = np.concatenate(([0], passed))[stops[row]]
    kept = passed - before <= most
    kept[stops[:-1][np.diff(stops) > 0]] = True
    taken = order[kept]
    stops = np.concatenate(([0], np.cumsum(kept)))[stops]
    return sparse.csr_matrix(
        (asked.data[taken], asked.indices[taken], stops.astype(np.int32)), shape=asked.shape
    )


def heaviest(group: Ints, weights: Floats) -> Ints:
    """Return the places of entries by rising group, then by falling weight, then in order.

    Groups and weights are no less than 0.
    """
    count = len(group)
    if not count:
        return np.zeros(0, dtype=np.int64)
    # One number each: sorting numbers takes a tenth of the time of sorting places by three keys.
    short = count.bit_length()
    if int(group.max()).bit_length() + short > 32:
        order: Ints = np.lexsort((-weights, group))
        return order
    bits = np.uint64(short)
    keys = group.astype(np.uint64) << HALF | (HIGHEST - weights.view(np.uint32))
    keys = keys << bits | np.arange(count, dtype=np.uint64)
    keys.sort()
    return (keys & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Shared:
    """What queries share with chosen rows, one line a pair: cosines (pairs, vectors), sums of idf
    of the shared terms (pairs, blocks), and what either side has in all."""

    cosines: Floats
    common: Floats
    figures: Floats
    """Shared figures by number (pairs)."""
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
    sizes = [len(each) for each in chosen]
    of = np.repeat(np.arange(len(chosen)), sizes)
    offered = index.counts[rows]
    asked = queries.weights
    places, slots = _meeting(asked, offered, sizes)
    ends = np.searchsorted(places, offered.indptr).astype(np.int32)
    # What is known of a term stands in its block's column, one line an entry of a query: a product
    # with what met sums up pairs and blocks in one pass over the meetings.
    rarity = index.idf[asked.indices].astype(np.float64)
    entries, many = np.arange(asked.nnz), len(BLOCKS)
    known = np.zeros((asked.nnz, many + 1))
    known[entries, queries.blocks] = rarity
    known[:, many] = queries.blocks == DIAMETER
    weighed = np.zeros((asked.nnz, len(VECTORS) + 1))
    weighed[entries, VECTOR_OF[queries.blocks]] = rarity * asked.data
    shape = (len(rows), asked.nnz)
    common = sparse.csr_matrix((np.ones(len(slots)), slots, ends), shape=shape) @ known
    often = SUBLINEAR.take(offered.data.take(places))
    products = sparse.csr_matrix((often, slots, ends), shape=shape) @ weighed
    return Shared(
        (products / index.lengths[rows]).astype(np.float32),
        common[:, :many].astype(np.float32),
        common[:, many].astype(np.float32),
        queries.totals[of],
        index.totals[rows],
        near(queries.figures, of, index.figures, rows),
    )


def _meeting(asked: Matrix, offered: Matrix, counts: Sequence[int]) -> tuple[Ints, Rows]:
    """Return the places in `offered` of terms its query has too, and the entries of `asked` there.

    The rows of `offered` stand query by query, `counts` of each.
    """
    scratch = np.zeros(offered.shape[1], dtype=np.int32)
    ends = offered.indptr[np.concatenate(([0], np.cumsum(counts)))].tolist()
    starts = asked.indptr.tolist()
    numbers = np.arange(1, asked.nnz + 1, dtype=np.int32)
    slots = np.empty(offered.nnz, dtype=np.int32)
    for number, (start, end) in enumerate(pairwise(ends)):
        own = slice(starts[number], starts[number + 1])
        terms = asked.indices[own]
        scratch[terms] = numbers[own]
        # Every entry of `offered` is a term of the catalogue, so nothing is clipped.
        scratch.take(offered.indices[start:end], out=slots[start:end], mode="clip")
        scratch[terms] = 0
    places = np.flatnonzero(slots != 0)  # of truth values four times as fast as of numbers
    return places, slots.take(places) - np.int32(1)
