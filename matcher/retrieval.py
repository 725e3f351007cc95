"""Candidates for any catalogue: sparse TF-IDF over stems and character n-grams.

Built once for a catalogue; queries come in batches, each one sparse product. `Index.compare`
tells of chosen rows what exactly is shared, block by block (`matcher.rescoring` weighs it).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

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
SHARES = (0.3, 0.35, 0.35, 0.2)
"""What each cosine counts in the first look (learned on half of the public rows)."""


def _vector_of() -> Ints:
    """Return for each block the number of the vector it belongs to (the last for none)."""
    out = np.full(len(BLOCKS), len(VECTORS), dtype=np.int64)
    for number, listed in enumerate(VECTORS):
        out[list(listed)] = number
    return out


VECTOR_OF = _vector_of()


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


def build(texts: Sequence[Text]) -> Index:
    """Index a catalogue's texts in catalogue order."""
    vocabulary = Vocabulary()
    counts = vocabulary.learn(texts)
    blocks = np.asarray(vocabulary.blocks, dtype=np.int64)
    seen = np.bincount(counts.indices, minlength=len(blocks))
    idf = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
    weights = scaled(counts, idf, blocks)
    shares = np.zeros(len(blocks), dtype=np.float32)
    for listed, share in zip(VECTORS, SHARES, strict=True):
        shares[np.isin(blocks, listed)] = share
    first = (weights @ sparse.diags(shares)).T.tocsr()
    first.eliminate_zeros()
    return Index(vocabulary, blocks, idf, weights, first, totals(counts, idf, blocks))


def scaled(counts: Matrix, idf: Floats, blocks: Ints) -> Matrix:
    """Return TF-IDF with sublinear counts, every vector's part of a row of length one."""
    out = counts.copy()
    out.data = (1 + np.log(out.data)) * idf[out.indices]
    owner = np.repeat(np.arange(out.shape[0]), np.diff(out.indptr))
    part = VECTOR_OF[blocks[out.indices]] if len(blocks) else np.zeros(0, np.int64)
    key = owner * (len(VECTORS) + 1) + part
    lengths = np.sqrt(np.bincount(key, out.data**2, minlength=1))
    out.data = (out.data / np.maximum(lengths[key], 1e-9)).astype(np.float32)
    return out


def totals(counts: Matrix, idf: Floats, blocks: Ints) -> Floats:
    """Return the sum of idf per row and block, shape (rows, blocks)."""
    owner = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    key = owner * len(BLOCKS) + blocks[counts.indices]
    size = counts.shape[0] * len(BLOCKS)
    summed = np.bincount(key, idf[counts.indices], minlength=size)
    return summed.reshape(-1, len(BLOCKS)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Queries:
    """A batch of texts in the terms of an index. `totals` counts unknown terms too."""

    weights: Matrix
    totals: Floats


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
    return Queries(scaled(counts, index.idf, index.blocks), asked)


def nearest(index: Index, queries: Queries, count: int = CANDIDATES) -> list[Ints]:
    """Return for each query the catalogue rows of the best first look, best first."""
    product = (queries.weights @ index.first).tocsr()
    found: list[Ints] = []
    for start, end in zip(product.indptr[:-1], product.indptr[1:], strict=True):
        scores, rows = product.data[start:end], product.indices[start:end]
        if len(scores) > count:
            least = np.partition(scores, len(scores) - count)[len(scores) - count]
            kept = np.flatnonzero(scores >= least)
            scores, rows = scores[kept], rows[kept]
        order = np.lexsort((rows, -scores))[:count]
        found.append(rows[order].astype(np.int64))
    return found


@dataclass(frozen=True, slots=True)
class Shared:
    """What one query shares with chosen rows: cosines (rows, vectors), sums of idf of the shared
    terms (rows, blocks), and what either side has in all."""

    cosines: Floats
    common: Floats
    counts: Floats
    """Shared terms by number (rows, blocks)."""
    asked: Floats
    offered: Floats


def compare(index: Index, queries: Queries, number: int, rows: Ints) -> Shared:
    """Tell what query `number` of a batch shares with the given catalogue rows."""
    query = queries.weights[number]
    scratch = np.zeros(len(index.blocks), dtype=np.float32)
    scratch[query.indices] = query.data
    starts = index.weights.indptr[rows]
    lengths = index.weights.indptr[rows + 1] - starts
    owner = np.repeat(np.arange(len(rows)), lengths)
    offsets = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    places = np.repeat(starts, lengths) + offsets
    columns = index.weights.indices[places]
    hit = np.flatnonzero(scratch[columns])
    columns, owner, places = columns[hit], owner[hit], places[hit]
    block = index.blocks[columns]
    products = scratch[columns] * index.weights.data[places]
    cosines = np.bincount(
        owner * (len(VECTORS) + 1) + VECTOR_OF[block],
        products,
        minlength=len(rows) * (len(VECTORS) + 1),
    ).reshape(-1, len(VECTORS) + 1)[:, : len(VECTORS)]
    common = np.bincount(
        owner * len(BLOCKS) + block, index.idf[columns], minlength=len(rows) * len(BLOCKS)
    ).reshape(-1, len(BLOCKS))
    counted = np.bincount(owner * len(BLOCKS) + block, minlength=len(rows) * len(BLOCKS))
    return Shared(
        cosines.astype(np.float32),
        common.astype(np.float32),
        counted.reshape(-1, len(BLOCKS)).astype(np.float32),
        queries.totals[number],
        index.totals[rows],
    )
