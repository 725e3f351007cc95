"""Faults of a catalogue file: what stands where, and what would be right.

Knows nothing of columns or formats; `catalog.reading` gathers faults, a caller decides on them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

SHOWN = 60
"""Characters of a cell that a message repeats; a cell may hold thousands."""
LIKENESS = 0.7
"""Jaro-Winkler similarity from which a name is offered as the one that was meant."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with its values apart, so that a caller can translate it; `str` is English."""

    phrase: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return self.phrase % self.values if self.values else self.phrase


def said(phrase: str, **values: object) -> Said:
    """Say a sentence; its placeholders are `%(name)s`, and a value may be a sentence itself."""
    return Said(phrase, values)


class CatalogueError(Exception):
    """Raised by `read_catalogue` and `write_catalogue` when a file as a whole cannot be used."""

    def __init__(self, file: str, phrase: str, **values: object) -> None:
        self.file = file
        self.phrase, self.values = phrase, values
        self.detail = str(Said(phrase, values))
        super().__init__(file, self.detail)

    def __str__(self) -> str:
        return f"{self.file}: {self.detail}"


class CellFault(ValueError):
    """Raised by the parser of one cell: what was found in it and what is expected instead."""

    def __init__(self, found: Said, expected: Said) -> None:
        super().__init__(found, expected)
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.found}; {self.expected}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a catalogue file. `column` is None where the whole row is meant."""

    file: str
    line: int
    column: str | None
    found: Said
    expected: Said

    @property
    def said(self) -> Said:
        """The whole fault as one sentence."""
        values = {"line": self.line, "found": self.found, "expected": self.expected}
        if self.column is None:
            phrase = "%(file)s, line %(line)s: %(found)s; %(expected)s"
            return said(phrase, file=self.file, **values)
        phrase = "%(file)s, line %(line)s, column %(column)s: %(found)s; %(expected)s"
        return said(phrase, file=self.file, column=self.column, **values)

    def __str__(self) -> str:
        return str(self.said)


def show(text: str) -> str:
    """Quote hostile text for a one-line message: clipped, without control characters."""
    clipped = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return "«" + "".join(c if c.isprintable() else "�" for c in clipped) + "»"


def nearest(text: str, names: Iterable[str]) -> str | None:
    """Name most like `text`, or None when nothing is like enough to be meant."""
    found = process.extractOne(
        text[:SHOWN],
        list(names),
        scorer=JaroWinkler.similarity,
        processor=str.casefold,
        score_cutoff=LIKENESS,
    )
    return found[0] if found else None


def offer(text: str, names: Iterable[str]) -> Said:
    """Say what to write instead of an unknown name: the nearest right one, or all of them."""
    known = sorted(names)
    near = nearest(text, known)
    if near:
        return said("did you mean %(name)s?", name=near)
    return said("write one of: %(names)s", names=", ".join(known))
