"""Terms as numbers: each by a 64-bit key, so that a vocabulary is one sorted array, in memory or
mapped from a file.

The upper four bits of a key are the term's block. An n-gram's key is made of its letters by
arithmetic, many at once, because a row has ten times as many n-grams as words; a word's is the
beginning of its BLAKE2b. Two terms of one block share a key once in 2^60 pairs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import count, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.nearness import logarithm
from matcher.terms import (
    BLOCKS,
    DIAMETER,
    GRAM_SIZES,
    GRAMMED,
    LONGEST_GRAMMED,
    Floats,
    Ints,
    Matrix,
    Term,
    Text,
    expanded,
    parts,
)

Keys = NDArray[np.uint64]
BLOCK_SHIFT = np.uint64(60)
MASK = (1 << 60) - 1
MIXER = np.uint64(0x9E3779B97F4A7C15)
"""An odd number (2^64 over the golden ratio): multiplying by it loses no bit of an n-gram."""
LETTER = 0xFFFF
MOST_KNOWN = 100_000
"""Parts whose terms are remembered: buyers repeat their words."""


def word_key(term: Term) -> int:
    """Return the key of a term that is a whole word or figure."""
    block, word = term
    return block << 60 | _digest(word)


@lru_cache(maxsize=MOST_KNOWN)
def _digest(word: str) -> int:
    """Return the part of a key that tells the word: a number stands in several blocks."""
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") & MASK


def gram_keys(listed: Sequence[Term]) -> tuple[Keys, Ints]:
    """Return the keys of the n-grams of words, with repetitions, and the place of each one's word.

    The n-grams are those of `matcher.terms.grams`, letters beyond 16 bits cut to 16.
    """
    edged = [f" {word[:LONGEST_GRAMMED]} " for _, word in listed]
    lengths = np.fromiter(map(len, edged), dtype=np.int64, count=len(edged))
    written = "".join(edged).encode("utf-32-le", "surrogatepass")
    letters = np.frombuffer(written, dtype=np.uint32).astype(np.uint64) & np.uint64(LETTER)
    letters[letters == 0] = LETTER  # a zero stands for no letter
    of = np.repeat(np.arange(len(edged)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(letters))
    packed = letters << np.uint64(48)
    keys, owners = [], []
    for size in range(2, max(GRAM_SIZES) + 1):
        packed[: 1 - size] |= letters[size - 1 :] << np.uint64(64 - 16 * size)
        whole = left >= size
        keys.append(packed[whole])
        owners.append(of[whole])
    owner = np.concatenate(owners)
    blocks = np.array([block for block, _ in listed], dtype=np.uint64) << BLOCK_SHIFT
    mixed = (np.concatenate(keys) * MIXER) >> np.uint64(4)
    return mixed | blocks[owner], owner


class Expansion(NamedTuple):
    """The terms that parts stand for, with repetitions, part after part."""

    keys: Keys
    ends: Ints
    """Where each part's keys end, a zero before the first; (parts + 1)."""


def expand(listed: Sequence[Term]) -> Expansion:
    """Return the keys of the terms of parts, as `matcher.terms.expanded` tells them."""
    grammed = [place for place, part in enumerate(listed) if part[0] in GRAMMED]
    words: list[int] = []
    of: list[int] = []
    for place, part in enumerate(listed):
        if part[0] not in GRAMMED:
            terms = expanded(part)
            words.extend(map(word_key, terms))
            of.extend([place] * len(terms))
    keys = np.array(words, dtype=np.uint64)
    owner = np.array(of, dtype=np.int64)
    if grammed:
        more, owners = gram_keys([listed[place] for place in grammed])
        keys = np.concatenate([keys, more])
        owner = np.concatenate([owner, np.array(grammed, dtype=np.int64)[owners]])
    order = np.argsort(owner, kind="stable")
    lengths = np.bincount(owner, minlength=len(listed))
    return Expansion(keys[order], np.concatenate(([0], np.cumsum(lengths))))


class Learned(NamedTuple):
    """The terms of some texts: their keys rising, logarithms of those that are figures (NaN of
    all others), and how often each text has each, CSR (texts, terms)."""

    keys: Keys
    logs: Floats
    counts: Matrix


def learn(texts: Iterable[Text]) -> Learned:
    """Take all terms of some texts.

    A catalogue has far fewer words than its rows have n-grams, so parts are counted per text and
    expanded once each.
    """
    numbers = count()
    known = [defaultdict[str, int](numbers.__next__) for _ in BLOCKS]
    places: list[int] = []
    ends = [0]
    for text in texts:
        for block, words in parts(text):
            places.extend(map(known[block].__getitem__, words))
        ends.append(len(places))
    listed = numbered(known)
    expansion = expand(listed)
    keys, terms = np.unique(expansion.keys, return_inverse=True)
    shape = (len(listed), len(keys))
    ones = np.ones(len(terms), dtype=np.int32)
    stands_for = sparse.csr_matrix((ones, terms.astype(np.int32), expansion.ends), shape=shape)
    # A part that stands in a text twice stands here twice: the product sums them up.
    made_of = sparse.csr_matrix(
        (np.ones(len(places), dtype=np.int32), np.array(places, dtype=np.int32), np.array(ends)),
        shape=(len(ends) - 1, len(listed)),
    )
    logs = np.full(len(keys), np.nan, dtype=np.float32)
    figures = [part for part in listed if part[0] == DIAMETER]
    own = np.searchsorted(keys, np.array(list(map(word_key, figures)), dtype=np.uint64))
    logs[own] = np.array([logarithm(part) for part in figures], dtype=np.float32)
    # By columns and back, each in one pass, puts the terms of a row in order.
    return Learned(keys, logs, (made_of @ stands_for).tocsc().tocsr())


def numbered(known: Sequence[Mapping[str, int]]) -> list[Term]:
    """Return the parts of all blocks in the order of their numbers."""
    listed: list[Term] = [(0, "")] * sum(map(len, known))
    for block, numbers in enumerate(known):
        for word, number in numbers.items():
            listed[number] = (block, word)
    return listed


@dataclass(slots=True)
class Remembered:
    """Parts that were looked up, by numbers: the columns of their terms the catalogue has, and the
    words among those it has not."""

    numbers: list[defaultdict[str, int]]
    """The number of a word by block, given as soon as it is asked for."""
    columns: list[NDArray[np.int32]] = field(default_factory=list)
    missed: list[tuple[Term, ...]] = field(default_factory=list)

    @classmethod
    def nothing(cls) -> "Remembered":
        """Return the memory of a catalogue that was not asked yet."""
        numbers = count()
        return cls([defaultdict[str, int](numbers.__next__) for _ in BLOCKS])

    def new(self) -> list[Term]:
        """Return the parts that have a number and were not looked up, in that order."""
        looked = len(self.columns)
        if sum(map(len, self.numbers)) == looked:
            return []
        # A mapping keeps its order, so that what is new stands at the end of each block.
        found: list[tuple[int, Term]] = []
        for block, numbers in enumerate(self.numbers):
            for word in reversed(numbers):
                if numbers[word] < looked:
                    break
                found.append((numbers[word], (block, word)))
        return [part for _, part in sorted(found)]


@dataclass(slots=True)
class Vocabulary:
    """The terms of a catalogue: a term's column is the place of its key."""

    keys: Keys
    known: Remembered = field(default_factory=Remembered.nothing)
    """Parts that were looked up, kept while they are few."""

    def count(self, texts: Sequence[Text]) -> tuple[Matrix, list[set[Term]]]:
        """Return counts of known terms as CSR, one row a text, and each text's unknown terms.

        Unknown n-grams are not told: only words and figures count as asked for.
        """
        if len(self.known.columns) > MOST_KNOWN:
            self.known = Remembered.nothing()
        known = self.known
        places: list[int] = []
        ends = [0]
        for text in texts:
            for block, words in parts(text):
                places.extend(map(known.numbers[block].__getitem__, words))
            ends.append(len(places))
        self._look_up(known.new())
        empty = np.zeros(0, dtype=np.int32)  # there may be nothing else to put together
        columns = [*map(known.columns.__getitem__, places), empty]
        missed = known.missed
        unknown = [
            {term for place in places[start:end] for term in missed[place]}
            for start, end in pairwise(ends)
        ]
        lengths = np.fromiter(map(len, columns), dtype=np.int64, count=len(columns))
        passed = np.concatenate(([0], np.cumsum(lengths)))
        matrix = sparse.csr_matrix(
            (
                np.ones(passed[-1], dtype=np.float32),
                np.concatenate(columns),
                passed[ends].astype(np.int32),
            ),
            shape=(len(texts), len(self.keys)),
        )
        matrix.sum_duplicates()
        return matrix, unknown

    def _look_up(self, listed: list[Term]) -> None:
        """Find the columns of parts, and the terms that no row of the catalogue has."""
        if not listed:
            return
        expansion = expand(listed)
        # In rising order neighbours are found beside each other: a third of the time of any order.
        order = np.argsort(expansion.keys)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.searchsorted(self.keys, expansion.keys[order])
        if len(self.keys):
            there = self.keys[np.minimum(place, len(self.keys) - 1)] == expansion.keys
        else:
            there = np.zeros(len(place), dtype=np.bool_)
        ends: list[int] = expansion.ends.tolist()
        passed: list[int] = np.concatenate(([0], np.cumsum(there)))[expansion.ends].tolist()
        columns = place[there].astype(np.int32)
        for number, part in enumerate(listed):
            missed: tuple[Term, ...] = ()
            start, end = passed[number], passed[number + 1]
            if end - start < ends[number + 1] - ends[number] and part[0] not in GRAMMED:
                own = there[ends[number] : ends[number + 1]]
                terms = zip(expanded(part), own.tolist(), strict=True)
                missed = tuple(term for term, is_there in terms if not is_there)
                missed = tuple(term for term in missed if term[0] not in GRAMMED)
            self.known.columns.append(columns[start:end])
            self.known.missed.append(missed)
