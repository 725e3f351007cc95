"""The tokens texts are compared by: stems, numbers as numbers, amounts with units, and codes.

«250 мл» and «0,25 л» are one token, «4.5» and «4,5» another; «TK-8115M» is a code as well as its
parts. Numbers never take part as letters: 820 and 1020 share nothing.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from catalog.units import convert, dimension, fold_unit
from catalog.words import fold, stem

LONGEST_TEXT = 20_000
"""Characters of a text that are compared; a longer one is a document, its head names the goods."""
BASES = {"mass": "kg", "volume": "l"}
_GLUED = re.compile(r"(?<=[а-яё])(?=[A-ZА-ЯЁ][A-Za-zА-Яа-яё])|(?<=[a-z])(?=[А-ЯЁ])")
_TOKEN = re.compile(
    r"(?P<number>\d{1,15}(?:[.,]\d{1,9})?)(?: ?(?P<unit>[^\W\d_]{1,12})(?![^\W_]))?"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)|\d+"
)
_CODE = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one text, in order and with repetitions."""

    stems: tuple[str, ...]
    numbers: tuple[str, ...]
    amounts: tuple[str, ...]
    codes: tuple[str, ...]
    letters: tuple[str, ...]
    """Words unstemmed, for n-grams that must not see digits."""
    folded: str

    def __bool__(self) -> bool:
        return bool(self.stems or self.numbers or self.amounts)


def unglue(text: str) -> str:
    """Part words run together where the letters change: «невымываемыйPROSEPT ULTRAконцентрат»."""
    return _GLUED.sub(" ", text)


def number(text: str) -> str:
    """Write a number in one way: `4,50` and `4.5` are `4.5`, `0820` is `820`."""
    whole, _, part = text.replace(",", ".").partition(".")
    part = part.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}" if part else whole


@lru_cache(maxsize=50_000)
def amount(value: str, unit: str) -> str | None:
    """Return a mass in kg or a volume in litres as a token, None for any other unit."""
    name = fold_unit(unit)
    base = None if name is None else BASES.get(dimension(name) or "")
    if name is None or base is None:
        return None
    converted = convert(Decimal(number(value)), name, base)
    return None if converted is None else f"{number(f'{converted:f}')}{base}"


def tokens(text: str) -> Tokens:
    """Take the tokens of a text. Linear in its length; at most `LONGEST_TEXT` characters."""
    folded = fold(unglue(text[:LONGEST_TEXT]))
    stems: list[str] = []
    letters: list[str] = []
    numbers: list[str] = []
    amounts: list[str] = []
    for match in _TOKEN.finditer(folded):
        word, value, unit = match["word"], match["number"], match["unit"]
        if word:
            stems.append(stem(word))
            letters.append(word)
        elif value:
            measured = amount(value, unit) if unit else None
            if measured:
                amounts.append(measured)
                continue
            numbers.append(number(value))
            if unit:
                stems.append(stem(unit))
                letters.append(unit)
    codes = [
        squeezed
        for raw in _CODE.findall(folded)
        if _DIGIT.search(raw) and len(squeezed := re.sub(r"[-/.]", "", raw)) >= 4
    ]
    return Tokens(
        tuple(stems), tuple(numbers), tuple(amounts), tuple(codes), tuple(letters), folded
    )
