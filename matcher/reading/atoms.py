"""Numbers, words and signs: what a prepared text is cut into for the scanner.

What each number or word can say is worked out once while it is remembered: the article numbers
and sizes of buyers are ever new, but they are made of a few thousand numbers and words.
"""

import re
from typing import NamedTuple

from catalog.records import Span
from catalog.remembering import once_a_word
from catalog.units import fold_unit_word
from catalog.words import stem
from matcher.reading.keywords import KEYS, QUALIFIERS, TELLING

MOST_ATOMS = 5_000
"""Numbers, words and signs that are read; a document of a dozen pages has fewer."""
_ATOM = re.compile(r" *(?:\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|\S)")
_UNITS = frozenset(
    {"mm", "cm", "m", "km", "t", "kg", "g", "l", "ml", "m2", "m3", "pcs", "set", "pack", "roll"}
    | {"bar", "MPa", "kPa", "atm", "pair"}
)
WRITTEN_UNITS = frozenset({"%", "°", "rate", "ммкв"})
"""Units that stand for themselves: signs, and what `prepare` writes for a unit of two words."""
_LONGEST_UNIT = 12
_NOTHING = Span()
_TELLING_SIGNS = frozenset("≥>≤<().")


class Atom(NamedTuple):
    """A number, a word or one sign of the folded text, with what it says by itself.

    `apart` counts the spaces before it. `value` and `span` are a number's, `root` a word's stem,
    `key` and `qualifier` what the word announces, `unit` the unit it names. `telling` is false of
    the words and signs that say nothing to the scanner but that they stand there.
    """

    text: str
    apart: int
    is_word: bool = False
    value: float | None = None
    span: Span = _NOTHING
    root: str = ""
    key: str | None = None
    qualifier: str | None = None
    unit: str | None = None
    telling: bool = False


def cut(text: str) -> tuple[Atom, ...]:
    """Cut a folded text into its first `MOST_ATOMS` numbers, words and signs."""
    return tuple(map(_atom, _ATOM.findall(text)[:MOST_ATOMS]))


@once_a_word
def _atom(written: str) -> Atom:
    """Return the number, word or sign that is written, the spaces before it included."""
    text = written.lstrip(" ")
    apart = len(written) - len(text)
    if text[0].isdecimal():
        value = float(text.replace(",", "."))
        return Atom(text, apart, False, value, Span(value, value))
    return _word(text, apart) if text[0].isalnum() else _sign(text, apart)


def _word(text: str, apart: int) -> Atom:
    root = stem(text)
    unit = fold_unit_word(text) if len(text) <= _LONGEST_UNIT else None
    key = KEYS.get(text) or KEYS.get(root)
    qualifier = QUALIFIERS.get(text) or QUALIFIERS.get(root)
    return Atom(
        text,
        apart,
        is_word=True,
        root=root,
        key=key,
        qualifier=qualifier,
        unit=text if text in WRITTEN_UNITS else unit if unit in _UNITS else None,
        telling=bool(key or qualifier or text in TELLING),
    )


def _sign(text: str, apart: int) -> Atom:
    unit = text if text in WRITTEN_UNITS else "inch" if text == '"' and not apart else None
    return Atom(text, apart, unit=unit, telling=text in _TELLING_SIGNS)
