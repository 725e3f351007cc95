"""The tokens texts are compared by: stems, numbers as numbers, amounts with units, sizes.

«250 мл» and «0,25 л» are one token, «4.5» and «4,5» another. Numbers are whole: 820 and 1020
share nothing.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from catalog.units import convert, dimension, fold_unit
from catalog.words import fold, stem, words
from matcher.diameters import INCH_NOMINAL

LONGEST_TEXT = 20_000
"""Characters of a text that are compared; a longer one is a document, its head names the goods."""
BASES = {"mass": "kg", "volume": "l"}
_GLUED = re.compile(
    r"(?<=[а-яё])(?=[A-ZА-ЯЁ][A-Za-zА-Яа-яё])|(?<=[a-z])(?=[А-ЯЁ])|(?<=[A-Z]{2})(?=[а-яё]{3})"
)
_TOKEN = re.compile(
    r"(\d{1,15}(?:[.,]\d{1,9})?)(?: ?(?!l \d)([^\W\d_]{1,12})(?![^\W_]| ?=))?"
    r"|([^\W\d_]++(?:'[^\W\d_]++)*+)|\d+"
)
_SIZE = re.compile(r"\d{1,9}(?:[.,]\d{1,4})?(?:(?:×| ?[xх*] ?)\d{1,9}(?:[.,]\d{1,4})?){1,5}")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MEASURE = re.compile(
    r"\d{1,9}(?:[.,]\d{1,4})? ?(?!l \d)[^\W\d_]{1,4}(?![^\W_]| ?=)"
    # Every word is taken whole, with a number or without: looking on inside it costs its length.
    r"|[^\W\d_]++(?:[-=]?\d{1,9}(?:[.,]\d{1,4})?)?"
)
_LABELLED = re.compile(r"[^\W\d_]{1,6}[-=]?\d{1,9}(?:[.,]\d{1,4})?$")
_STANDARD = re.compile(
    r"(?<![^\W\d_])(?:гост|gost|мемст|ост|ту|ст рк|iso|din|исо)(?: ?[рp](?= ?\d))? ?"
    r"(\d{1,8}(?:\.\d{1,4}){0,3})(?:[-–:.]\d{1,8}){0,4}"
)
_DIAMETER = re.compile(
    r"[øфдd](?<![^\W\d_].)(?:(?<=д)[ун]|(?<=d)[ny])?[.=]? ?-?(\d{1,4}(?:[.,]\d)?)(?!\d)"
)
_NOMINAL = re.compile(r"(?<![^\W\d_])(?:ду|dn|dy)[.=]? ?-?(\d{1,4})(?!\d)")
_INCH = re.compile(r"(?:(\d) )?(\d/\d)\"|(?<![\d/])(\d)\"")
# What is looked for stands before what must be around it: the other way every place would be tried.
_SIX = re.compile(r"6(?<=[a-zа-я]6)(?=[a-zа-я])")
_THREE = re.compile(
    r"[Зз](?:(?<=[хx× ][Зз])(?=,\d)|(?<![^\W\d_][Зз])(?=[хx×*]\d)|(?<=[Сс]тЗ)|(?<=[Сс]т\.З))"
)
MILLIMETRES = {"мм": 1, "mm": 1, "см": 10, "cm": 10, "м": 1000, "m": 1000}
_PLAIN = str.maketrans({" ": None, "-": None, "=": None, ",": "."})
_ROMAN = re.compile(
    r"(?<![^\W_])(i{1,3}|iv|v)(?=(?:-?[а-я]{1,3})? (?:групп|класс|сорт|категор|степен))"
)
# «I группа» and «(1-ая) группа» are one grade.
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_LATIN = str.maketrans("абвгдезийклмнопрстуфхыэюяcywq", "abvgdeziiklmnoprstufhieuakivk") | {
    ord("ж"): "j",
    ord("ц"): "c",
    ord("ч"): "ch",
    ord("ш"): "sh",
    ord("щ"): "sh",
    ord("ъ"): None,
    ord("ь"): None,
}
"""One rough Latin writing for both alphabets; c/k, w/v and y/i fall together."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one text, in order and with repetitions."""

    stems: tuple[str, ...]
    numbers: tuple[str, ...]
    amounts: tuple[str, ...]
    sizes: tuple[str, ...]
    """Numbers that stand together: `3×2.5` of a cable, `57×3.5` of a pipe."""
    measures: tuple[str, ...]
    """Numbers with the letters beside them: `16а`, `ip65`, `dn20`."""
    standards: tuple[str, ...]
    """Numbers of standards without the year: no sizes, though they look like some."""
    nominals: tuple[int, ...]
    """Nominal diameters, of inches too, for the outer diameters they stand for."""
    letters: tuple[str, ...]
    """Words unstemmed in Latin letters: «СИНИКОН» meets SINIKON, «truba» meets «труба»."""
    folded: str
    lengths: tuple[str, ...] = ()
    """Lengths stated in centimetres or metres as millimetres: «14 см» meets «140 мм»."""

    def __bool__(self) -> bool:
        return bool(self.stems or self.numbers or self.amounts)


def unglue(text: str) -> str:
    """Part words run together where the letters change: «невымываемыйPROSEPT ULTRAконцентрат»."""
    return _GLUED.sub(" ", text)


def read_as_meant(text: str) -> str:
    """Undo digits typed for letters and back: «ги6кая» is гибкая, «76 хЗ,5» is 76 х3,5,
    «СтЗсп» is Ст3сп."""
    return _THREE.sub("3", _SIX.sub("б", text) if "6" in text else text)


def number(text: str) -> str:
    """Write a number in one way: `4,50` and `4.5` are `4.5`, `0820` is `820`."""
    if text[0] != "0" and text.isdecimal():
        return text
    whole, _, part = text.replace(",", ".").partition(".")
    part = part.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}" if part else whole


def amount(value: str, unit: str) -> str | None:
    """Return a mass in kg or a volume in litres as a token, None for any other unit."""
    known = _measured_in(unit)
    if known is None:
        return None
    name, base = known
    converted = convert(Decimal(number(value)), name, base)
    return None if converted is None else f"{number(f'{converted:f}')}{base}"


@lru_cache(maxsize=10_000)
def _measured_in(unit: str) -> tuple[str, str] | None:
    """Return a unit of mass or volume and the one its amounts are written in, None for others."""
    name = fold_unit(unit)
    base = None if name is None else BASES.get(dimension(name) or "")
    return None if name is None or base is None else (name, base)


def millimetres(value: str, unit: str) -> str:
    """Return a length in centimetres or metres as the number of its millimetres."""
    return number(f"{Decimal(number(value)) * MILLIMETRES[unit]:f}")


def inches(folded: str) -> tuple[int, ...]:
    """Return the nominal diameters of pipe sizes in inches: `1 1/2"` is DN 40."""
    if '"' not in folded:
        return ()
    written = (
        " ".join(filter(None, (match[1], match[2]))) or match[3] for match in _INCH.finditer(folded)
    )
    return tuple(INCH_NOMINAL[each] for each in written if each in INCH_NOMINAL)


@lru_cache(maxsize=200_000)
def _latin(word: str) -> str:
    """Write a word in Latin letters."""
    return word.translate(_LATIN)


def _without_numbers(folded: str) -> Tokens:
    found = words(folded)
    return Tokens(
        stems=tuple(map(stem, found)),
        numbers=(),
        amounts=(),
        sizes=(),
        measures=(),
        standards=(),
        nominals=(),
        letters=tuple(map(_latin, found)),
        folded=folded,
    )


def _measures(bare: str) -> list[str]:
    """Return the numbers with letters beside them; of a long word only the last six letters."""
    found: list[str] = []
    for each in _MEASURE.findall(bare):
        if each[-1].isdecimal():
            labelled = _LABELLED.search(each)
            if labelled is not None:
                found.append(labelled[0].translate(_PLAIN))
        elif each[0].isdecimal():
            found.append(each.translate(_PLAIN))
    return found


def tokens(text: str) -> Tokens:
    """Take the tokens of a text. Linear in its length; at most `LONGEST_TEXT` characters."""
    folded = fold(unglue(read_as_meant(text[:LONGEST_TEXT])))
    if "i" in folded or "v" in folded:
        folded = _ROMAN.sub(lambda match: ROMAN[match[1]], folded)
    if _DIGIT.search(folded) is None:
        return _without_numbers(folded)
    standards = tuple(match[1] for match in _STANDARD.finditer(folded))
    bare = _STANDARD.sub(" ", folded) if standards else folded
    stems: list[str] = []
    letters: list[str] = []
    numbers: list[str] = []
    amounts: list[str] = []
    lengths: list[str] = []
    for value, unit, word in _TOKEN.findall(bare):
        if word:
            stems.append(stem(word))
            letters.append(_latin(word))
        elif value:
            measured = amount(value, unit) if unit else None
            if measured:
                amounts.append(measured)
                continue
            numbers.append(number(value))
            if unit:
                if MILLIMETRES.get(unit, 1) > 1:
                    lengths.append(millimetres(value, unit))
                stems.append(stem(unit))
                letters.append(_latin(unit))
    measures = _measures(bare)
    found = _DIAMETER.findall(bare)
    measures += [f"ø{number(each)}" for each in found]
    return Tokens(
        stems=tuple(stems),
        numbers=tuple(numbers),
        amounts=tuple(amounts),
        sizes=tuple("×".join(map(number, _NUMBER.findall(m))) for m in _SIZE.findall(bare)),
        measures=tuple(measures),
        standards=standards,
        nominals=(*(map(int, _NOMINAL.findall(bare)) if found else ()), *inches(bare)),
        letters=tuple(letters),
        folded=folded,
        lengths=tuple(lengths),
    )
