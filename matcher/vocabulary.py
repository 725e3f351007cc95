"""Texts as rows of a sparse matrix: parts counted per text, multiplied by the terms they stand for.

Counting n-grams text by text costs most of the time of a large catalogue; words repeat, so each
part's terms are interned once and the counts of all texts are one sparse product.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from matcher.terms import GRAMMED, Matrix, Term, Text, expanded, parts

MOST_UNKNOWN = 20_000
"""Unknown parts remembered: buyers repeat their words."""


def csr(columns: "array[int]", counts: "array[float]", ends: "array[int]", width: int) -> Matrix:
    """Return rows that end at `ends` as CSR; a place may stand in a row twice."""
    data = np.array(counts, dtype=np.float32)
    indices = np.array(columns, dtype=np.int32)
    return sparse.csr_matrix((data, indices, np.array(ends)), shape=(len(ends) - 1, width))


@dataclass(slots=True)
class Vocabulary:
    """Terms by number with the block of each, and the terms of every part of the catalogue."""

    ids: dict[Term, int] = field(default_factory=dict)
    blocks: list[int] = field(default_factory=list)
    parts: dict[Term, int] = field(default_factory=dict)
    unknown: dict[Term, tuple[list[int], list[Term]]] = field(default_factory=dict)
    """Parts that were asked for and the catalogue does not have, kept while they are few."""
    expansion: Matrix = None
    """Counts of terms per part, (parts, terms), and below them every term for itself: an unknown
    word is asked by those of its n-grams that are known."""

    def learn(self, texts: Iterable[Text]) -> Matrix:
        """Intern all terms of a catalogue; return their counts as CSR, one row a text."""
        places, counts, ends = array("i"), array("f"), array("q", [0])
        columns, widths = array("i"), array("q", [0])
        known = self.parts
        for text in texts:
            counted = parts(text)
            for part in counted:
                if part not in known:
                    known[part] = len(known)
                    columns.extend(map(self._intern, expanded(part)))
                    widths.append(len(columns))
            places.extend(map(known.__getitem__, counted))
            counts.extend(counted.values())
            ends.append(len(places))
        size = len(self.blocks)
        stands_for = csr(columns, array("f", [1]) * len(columns), widths, size)
        single = sparse.identity(size, dtype=np.float32, format="csr")
        self.expansion = sparse.vstack([stands_for, single], format="csr")
        return csr(places, counts, ends, len(known)) @ stands_for

    def _intern(self, term: Term) -> int:
        column = self.ids.get(term)
        if column is None:
            column = self.ids[term] = len(self.blocks)
            self.blocks.append(term[0])
        return column

    def count(self, texts: Iterable[Text]) -> tuple[Matrix, list[set[Term]]]:
        """Return counts of known terms as CSR, one row a text, and each text's unknown terms.

        Unknown n-grams are not told: only words and figures count as asked for.
        """
        places, counts, ends = array("i"), array("f"), array("q", [0])
        beyond = len(self.parts)
        unknown: list[set[Term]] = []
        for text in texts:
            missed: set[Term] = set()
            for part, count in parts(text).items():
                place = self.parts.get(part)
                if place is not None:
                    places.append(place)
                    counts.append(count)
                    continue
                found, strange = self.unknown.get(part) or self._look_up(part)
                places.extend(found)
                counts.extend([count] * len(found))
                missed.update(strange)
            ends.append(len(places))
            unknown.append(missed)
        return csr(places, counts, ends, beyond + len(self.blocks)) @ self.expansion, unknown

    def _look_up(self, part: Term) -> tuple[list[int], list[Term]]:
        """Return the places of the known terms of an unknown part, and the unknown ones."""
        beyond = len(self.parts)
        listed = [(term, self.ids.get(term)) for term in expanded(part)]
        found = [beyond + column for _, column in listed if column is not None]
        strange = [term for term, column in listed if column is None and term[0] not in GRAMMED]
        if len(self.unknown) >= MOST_UNKNOWN:
            self.unknown.clear()
        self.unknown[part] = found, strange
        return found, strange
