"""Texts as rows of a sparse matrix: terms in blocks (stems, numbers, sizes, n-grams).

A term is interned once and belongs to one block, so that rescoring can tell what was shared.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.diameters import PLASTIC_OUTER_MM, steel_outer
from matcher.tokens import Tokens

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Matrix = Any
"""A scipy.sparse CSR matrix; scipy publishes no types."""

BLOCKS = (
    "stem",
    "number",
    "amount",
    "mark",
    "prefix",
    "stub",
    "head",
    "size",
    "measure",
    "diameter",
    "gram",
    "letters",
    "kin",
    "standard",
)
(
    STEM,
    NUMBER,
    AMOUNT,
    MARK,
    PREFIX,
    STUB,
    HEAD,
    SIZE,
    MEASURE,
    DIAMETER,
    GRAM,
    LETTERS,
    KIN,
    STANDARD,
) = range(len(BLOCKS))
PREFIX_LENGTH = 4
STUB_LENGTH = 3
GRAM_SIZES = (2, 3, 4)
LONGEST_GRAMMED = 24
"""Letters of one token that give n-grams: a run of 10,000 «х» is one token, not 30,000 grams."""


@lru_cache(maxsize=100_000)
def grams(word: str) -> tuple[str, ...]:
    """Return the character n-grams of one word with its edges marked by blanks."""
    edged = f" {word[:LONGEST_GRAMMED]} "
    return tuple(
        edged[start : start + size] for size in GRAM_SIZES for start in range(len(edged) - size + 1)
    )


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be indexed or looked up: its tokens, classification codes, and the words of the
    headings it stands under in a catalogue of categories."""

    taken: Tokens
    marks: Sequence[str] = ()
    kin: Sequence[str] = ()


def diameters(taken: Tokens) -> tuple[str, ...]:
    """Return the numbers of a text, its nominal diameters and the outer ones they stand for."""
    found = list(taken.numbers)
    for nominal in taken.nominals:
        found.append(f"dn{nominal}")
        found.extend(f"{outer:g}" for outer in steel_outer(nominal))
        if nominal in PLASTIC_OUTER_MM:
            found.append(f"{PLASTIC_OUTER_MM[nominal]:g}")
    return tuple(found)


def terms(text: Text) -> Counter[tuple[int, str]]:
    """Count the terms of one text as (block, text)."""
    taken = text.taken
    found: Counter[tuple[int, str]] = Counter()
    for block, listed in (
        (STEM, taken.stems),
        (NUMBER, taken.numbers),
        (AMOUNT, taken.amounts),
        (MARK, text.marks),
        (STANDARD, taken.standards),
        (PREFIX, [stem[:PREFIX_LENGTH] for stem in taken.stems]),
        (STUB, [stem[:STUB_LENGTH] for stem in taken.stems]),
        (HEAD, taken.stems[:1]),
        (SIZE, taken.sizes),
        (MEASURE, taken.measures),
        (DIAMETER, diameters(taken)),
    ):
        for term in listed:
            found[block, term] += 1
    for block, words in (
        (GRAM, taken.folded.split()),
        (LETTERS, taken.letters),
        (KIN, text.kin),
    ):
        for word in words:
            for gram in grams(word):
                found[block, gram] += 1
    for term in (*taken.numbers, *taken.amounts):
        found[LETTERS, f"#{term}"] += 3
    return found


@dataclass(slots=True)
class Vocabulary:
    """Terms by number, with the block of each. Grows while a catalogue is indexed."""

    ids: dict[tuple[int, str], int] = field(default_factory=dict)
    blocks: list[int] = field(default_factory=list)

    def rows(self, texts: Iterable[Counter[tuple[int, str]]], *, grow: bool) -> Matrix:
        """Return counts as CSR, one row a text; terms not known are left out unless growing."""
        columns, counts, ends = array("i"), array("f"), [0]
        for text in texts:
            for term, count in text.items():
                column = self.ids.get(term)
                if column is None:
                    if not grow:
                        continue
                    column = self.ids[term] = len(self.blocks)
                    self.blocks.append(term[0])
                columns.append(column)
                counts.append(count)
            ends.append(len(columns))
        shape = (len(ends) - 1, len(self.blocks))
        data = np.frombuffer(counts, dtype=np.float32) if counts else np.zeros(0, np.float32)
        indices = np.frombuffer(columns, dtype=np.int32) if columns else np.zeros(0, np.int32)
        return sparse.csr_matrix((data, indices, np.asarray(ends)), shape=shape)
