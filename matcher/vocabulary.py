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


@dataclass(slots=True)
class Sparse:
    """A CSR matrix while it grows."""

    columns: "array[int]" = field(default_factory=lambda: array("i"))
    counts: "array[float]" = field(default_factory=lambda: array("f"))
    ends: "array[int]" = field(default_factory=lambda: array("q", [0]))

    def add(self, column: int, count: float) -> None:
        """Put an entry into the row that is open."""
        self.columns.append(column)
        self.counts.append(count)

    def end_row(self) -> None:
        """Close the open row."""
        self.ends.append(len(self.columns))

    def matrix(self, width: int) -> Matrix:
        """Return the closed rows as CSR; a place may stand in a row twice."""
        data = np.array(self.counts, dtype=np.float32)
        indices = np.array(self.columns, dtype=np.int32)
        ends = np.array(self.ends)
        return sparse.csr_matrix((data, indices, ends), shape=(len(ends) - 1, width))


@dataclass(slots=True)
class Vocabulary:
    """Terms by number with the block of each, and the terms of every part of the catalogue."""

    ids: dict[Term, int] = field(default_factory=dict)
    blocks: list[int] = field(default_factory=list)
    parts: dict[Term, int] = field(default_factory=dict)
    expansion: Matrix = None
    """Counts of terms per part, (parts, terms), and below them every term for itself: an unknown
    word is asked by those of its n-grams that are known."""

    def learn(self, texts: Iterable[Text]) -> Matrix:
        """Intern all terms of a catalogue; return their counts as CSR, one row a text."""
        rows, expansion = Sparse(), Sparse()
        for text in texts:
            for part, count in parts(text).items():
                place = self.parts.get(part)
                if place is None:
                    place = self.parts[part] = len(self.parts)
                    for term in expanded(part):
                        expansion.add(self._intern(term), 1)
                    expansion.end_row()
                rows.add(place, count)
            rows.end_row()
        size = len(self.blocks)
        stands_for = expansion.matrix(size)
        single = sparse.identity(size, dtype=np.float32, format="csr")
        self.expansion = sparse.vstack([stands_for, single], format="csr")
        return rows.matrix(len(self.parts)) @ stands_for

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
        rows, beyond = Sparse(), len(self.parts)
        unknown: list[set[Term]] = []
        for text in texts:
            missed: set[Term] = set()
            for part, count in parts(text).items():
                place = self.parts.get(part)
                if place is not None:
                    rows.add(place, count)
                    continue
                for term in expanded(part):
                    column = self.ids.get(term)
                    if column is not None:
                        rows.add(beyond + column, count)
                    elif term[0] not in GRAMMED:
                        missed.add(term)
            rows.end_row()
            unknown.append(missed)
        return rows.matrix(beyond + len(self.blocks)) @ self.expansion, unknown
