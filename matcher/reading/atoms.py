"""Numbers, words and signs: what a prepared text is cut into for the scanner.

What a piece of text between two spaces is cut into, and what each word of it can say, is worked
out once while the piece is remembered: sizes and words of buyers come again and again.
"""

import re
from dataclasses import dataclass
from itertools import chain, islice

from catalog.records import Span
from catalog.remembering import once_a_word
from catalog.units import fold_unit
from catalog.words import stem
from matcher.reading.keywords import KEYS, QUALIFIERS, TELLING

MOST_ATOMS = 5_000
"""Numbers, words and signs that are read; a document of a dozen pages has fewer."""
_ATOM = re.compile(r"(\d+(?:[.,]\d+)?)|([^\W\d_]+(?:'[^\W\d_]+)*)|(\S)")
_PIECE = re.compile(" *[^ ]+")
_UNITS = frozenset(
    {"mm", "cm", "m", "km", "t", "kg", "g", "l", "ml", "m2", "m3", "pcs", "set", "pack", "roll"}
    | {"bar", "MPa", "kPa", "atm", "pair"}
)
WRITTEN_UNITS = frozenset({"%", "°", "rate", "ммкв"})
"""Units that stand for themselves: signs, and what `prepare` writes for a unit of two words."""
_LONGEST_UNIT = 12
_NOTHING = Span()
_TELLING_SIGNS = frozenset("≥>≤<().")


@dataclass(frozen=True, slots=True)
class Atom:
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
    pieces = map(_cut_piece, _PIECE.findall(text))
    return tuple(islice(chain.from_iterable(pieces), MOST_ATOMS))


@once_a_word
def _cut_piece(piece: str) -> tuple[Atom, ...]:
    """Cut what stands between two spaces, the spaces before it included."""
    atoms, end = [], 0
    for hit in islice(_ATOM.finditer(piece), MOST_ATOMS):
        number, word, sign = hit.groups()
        apart, end = hit.start() - end, hit.end()
        if number:
            value = float(number.replace(",", "."))
            atoms.append(Atom(number, apart, value=value, span=Span(value, value)))
        else:
            atoms.append(_word(word, apart) if word else _sign(sign, apart))
    return tuple(atoms)


def _word(text: str, apart: int) -> Atom:
    root = stem(text)
    unit = fold_unit(text) if len(text) <= _LONGEST_UNIT else None
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
