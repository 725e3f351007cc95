"""What texts are compared by: terms in blocks (stems, numbers, sizes, n-grams).

A term belongs to one block, so that rescoring can tell what was shared.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.diameters import PLASTIC_OUTER_MM, steel_outer
from matcher.tokens import Tokens

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Matrix = Any
"""A scipy.sparse CSR matrix; scipy publishes no types."""
Term = tuple[int, str]
"""A block and a text."""

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
GRAMMED = frozenset({GRAM, LETTERS, KIN})
"""Blocks whose terms are the n-grams of their words."""
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
    """Return the figures of a text: its numbers, lengths in millimetres, amounts without unit
    (paint is sold by litre or by weight), nominal diameters and the outer ones they stand for."""
    found = [*taken.numbers, *taken.lengths, *(each.rstrip("kgl") for each in taken.amounts)]
    for nominal in taken.nominals:
        found.append(f"dn{nominal}")
        found.extend(f"{outer:g}" for outer in steel_outer(nominal))
        if nominal in PLASTIC_OUTER_MM:
            found.append(f"{PLASTIC_OUTER_MM[nominal]:g}")
    return tuple(found)


def head(taken: Tokens) -> tuple[str, ...]:
    """Return the word that names the thing: the first Cyrillic one, «Муфта» of «DN20 Муфта»."""
    for word in taken.stems:
        if len(word) > 2 and word[0] > "z":
            return (word,)
    return taken.stems[:1]


def parts(text: Text) -> tuple[tuple[int, Sequence[str]], ...]:
    """Return what a text is made of by block, with repetitions: each part stands for terms.

    A catalogue has far fewer words than its rows have n-grams, so parts are told of each text and
    their terms (`expanded`) are taken once for each part.
    """
    taken = text.taken
    return (
        (STEM, taken.stems),
        (NUMBER, taken.numbers),
        (AMOUNT, taken.amounts),
        (MARK, text.marks),
        (STANDARD, taken.standards),
        (HEAD, head(taken)),
        (SIZE, taken.sizes),
        (MEASURE, taken.measures),
        (DIAMETER, diameters(taken)),
        (GRAM, taken.folded.split()),
        (LETTERS, taken.letters),
        (KIN, text.kin),
    )


def expanded(part: Term) -> list[Term]:
    """Return the terms one part stands for, with repetitions."""
    block, word = part
    if block in GRAMMED:
        return [(block, gram) for gram in grams(word)]
    if block == STEM:
        return [part, (PREFIX, word[:PREFIX_LENGTH]), (STUB, word[:STUB_LENGTH])]
    if block in (NUMBER, AMOUNT):
        return [part, *[(LETTERS, f"#{word}")] * 3]
    return [part]


def terms(text: Text) -> Counter[Term]:
    """Count the terms of one text as (block, text)."""
    found: Counter[Term] = Counter()
    for block, words in parts(text):
        for word in words:
            found.update(expanded((block, word)))
    return found
