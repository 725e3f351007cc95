"""Steel grades as they are written: «Ст3сп», «ст. 20», «09Г2С», «17Г1С-У», «К52», `X60`, AISI.

ГОСТ grades name carbon in hundredths of a per cent, then alloying letters with their share
(ГОСТ 4543); К and X are strength classes of line pipe (ГОСТ 20295, API 5L).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from catalog.words import fold

# A run of letters, digits and size signs: folding writes 12Х18Н10Т as 12×18н10т.
_CHUNK = re.compile(r"[0-9a-zа-я×]+(?:-[0-9a-zа-я]{1,2}(?![0-9a-zа-я×]))?")
_PREFIXES = frozenset(
    {"ст", "сталь", "стали", "сталью", "марка", "марки", "маркасы", "болаттан", "болат", "steel"}
    | {"grade", "po'lat"}
)
_ORDINARY = re.compile(r"([0-6])(г?(?:сп|пс|кп))?-?([1-6])?")
_KILLED = re.compile(r"[0-6](?:сп|пс|кп)[1-6]?")
_SPLIT = re.compile(r"(?<![^\W_])(ст\.? ?[0-6]) (?=(?:сп|пс|кп)\d?(?![^\W_]))")
_CARBON = re.compile(
    r"(0[58]|10|15|18|20|22|25|30|35|40|45|50|55|58|60|65|70|75|80|85)(кп|пс|сп|ю|к|л|г|а)?"
)
_PART = "[абвгдекмнпрстуфхцчю]"
_ALLOY = re.compile(rf"(\d{{1,3}})((?:{_PART}\d{{0,2}}){{1,8}})(-(?:[а-я]{{1,2}}|\d{{1,2}}))?")
_LETTERED = re.compile(
    r"(?:шх\d{1,2}(?:сг)?|у\d{1,2}г?а?|р(?:18|9|12|6м5|6м5к5|9к5)(?:ф\d)?|х(?:вг|всг|12|12мф|12ф1|гс|6вф)"
    r"|9хс|хн\d\d[а-я]{1,6})(?:-[а-я]{1,3})?"
)
_CHROMIUM = re.compile(
    r"(?:0[38]|1[0-8]|20|25|30|36|40|95)х(?:5|6|9|11|12|13|14|15|16|17|18|20|23|25|28)"
)
_STRENGTH = re.compile(r"[кk]-?(34|38|42|48|50|52|54|55|56|60|65)")
_LINE_PIPE = re.compile(r"[xх](42|46|52|56|60|65|70|80|100)m?")
_EUROPEAN = re.compile(r"s(?:235|275|355|420|460)(?:jr|j0|j2|k2|n|nl|m|ml)?(?:[gh]\d?)?")
_BUILDING = re.compile(r"[сc](?:235|245|255|275|285|345|355|375|390|440|590)к?(?:-\d)?")
"""ГОСТ 27772: a Russian С with the yield strength; a Latin S is European."""
_LATIN = re.compile(r"st(?:[0-6](?:g?(?:sp|ps|kp))?[1-6]?|10|20|35|45)")
# «09G2S», «17G1S-U», «13HFA», `12X18H10T` in a text of Latin letters alone.
_TRANSLITERATED = re.compile(
    r"\d\dg\d?[a-wyz][a-wyz\d]{0,6}(?:-u)?|(?:0[38]|1[0-8]|20)x\d\d[hn]\d{1,2}[a-z\d]{0,6}|13[hx]fa"
)
_FROM_LATIN = str.maketrans("gspkxhntmfabud", "гспкхннтмфабуд")
_REBAR = re.compile(r"[аa](?:т)?(?:240|300|400|500|600|800|1000)[сc]?|[вb]500[сc]?")
_AISI = re.compile(r"(?<![^\W\d_])aisi[ -]?(\d{3}[a-z]{0,2})(?!\w)")
_TWO_LETTERS = frozenset(["гс", "хн", "хс", "хм", "хг", "хф", "хр", "хю"])
_TOOL = frozenset(
    {"5хнм", "4х5мфс", "9хс", "6хв2с", "3х2в8ф", "5хв2с", "7х3", "8х3", "9х1", "5хгм", "4х5мф1с"}
)
_BARS = frozenset(
    {"круг", "пруток", "шестигранник", "поковка", "полоса", "квадрат", "лист", "катанка"}
)
_ROUNDS = frozenset({"круг", "пруток", "шестигранник", "поковка"})
"""Of these no two sizes are written: «круг 20х13» is the steel 20Х13."""
_UNITS_LIKE = frozenset({"кг", "мг", "г", "т", "м", "мм", "см", "к", "а", "в", "с", "гр", "мгц"})


MAY_BE_GRADE = re.compile(
    "aisi|[0-9×]-?[a-zа-я]|[a-zа-я](?:[0-9×]|-[0-9a-zа-я])"
    f"|(?<![0-9a-zа-я×])(?:{'|'.join(sorted(_PREFIXES))})(?![0-9a-zа-я×])|{'|'.join(sorted(_BARS))}"
)
"""What one word of a text that names a grade must hold: letters with digits, or a word of steel."""


class Grade(NamedTuple):
    """A grade in its canonical writing and the stretch of text it was read from."""

    name: str
    start: int
    end: int


def find_grades(text: str) -> list[Grade]:
    """Return the steel grades of a folded text in order."""
    found = [Grade(f"AISI {hit[1].upper()}", *hit.span()) for hit in _AISI.finditer(text)]
    bars = any(word in text for word in _BARS) and "труб" not in text
    rounds = bars and any(word in text for word in _ROUNDS)
    before, end_before = "", 0
    for hit in _CHUNK.finditer(text):
        chunk = hit[0]
        prefix = ""
        if before in _PREFIXES:
            gap = text[end_before : hit.start()]
            prefix = before if len(gap) <= 3 and not gap.strip(" .:-") else ""
        # most words and numbers are no grades
        if prefix or not (chunk.isdigit() or (chunk.isalpha() and not bars)):
            name = _grade_of(chunk, prefix, bars, rounds)
            if name:
                start = end_before - len(before) if prefix else hit.start()
                found.append(Grade(name, start, hit.end()))
        before, end_before = chunk, hit.end()
    return sorted(found, key=lambda g: g.start)


@lru_cache(maxsize=20_000)
def _grade_of(chunk: str, prefix: str, bars: bool, rounds: bool) -> str | None:
    """Return the grade a chunk writes with «ст» before or within it, in Cyrillic or Latin."""
    name = _grade(chunk, prefix=prefix, bars=bars, rounds=rounds)
    if name is None and chunk.startswith("ст") and len(chunk) > 2:
        name = _grade(chunk[2:], prefix="ст", bars=bars)
    if name is None and _LATIN.fullmatch(chunk):
        name = _grade(chunk[2:].translate(_FROM_LATIN), prefix="ст", bars=bars)
    if name is None and _TRANSLITERATED.fullmatch(latin := chunk.replace("×", "x")):
        name = _grade(latin.replace("hf", "xf").translate(_FROM_LATIN), prefix="", bars=bars)
    return name


def rejoined(text: str) -> str:
    """Write «ст3 сп5» and «ст.3 пс» as one word."""
    return _SPLIT.sub(r"\1", text)


def canonical_grade(text: str) -> str:
    """Return the canonical writing of a grade named alone: «ст 20» → `20`, «Ст.3сп» → `Ст3сп`."""
    folded = rejoined(fold(text))
    grades = find_grades(folded) or find_grades(f"сталь {folded}")
    return grades[0].name if grades else text.strip()


def _grade(chunk: str, *, prefix: str, bars: bool, rounds: bool = False) -> str | None:
    """Return the canonical grade a chunk writes, None where it is something else."""
    word = chunk.replace("×", "х")
    if "×" in chunk and not any(c.isalpha() for c in chunk):
        # «ст20х13» is chromium steel, «60х40х3» and «сталь 57х4» are sizes.
        chromium = _CHROMIUM.fullmatch(word)
        return word.upper() if (prefix or rounds) and chromium else None
    if word in {"17г1су", "17г1с-у"}:
        return "17Г1С-У"
    if prefix:
        return _prefixed(word, prefix)
    for name in _named_classes(word):
        return name
    if _LETTERED.fullmatch(word) and (any(c.isdigit() for c in word) or bars):
        plain = not word.startswith(("у", "р", "х")) or word.startswith("хн")
        return word.upper() if plain or bars else None
    if word in _TOOL:
        return word.upper()
    if _KILLED.fullmatch(word):
        return f"Ст{word}"
    return _bare_alloy(chunk, word, bars=bars)


def _named_classes(word: str) -> Iterator[str]:
    if _STRENGTH.fullmatch(word):
        yield "К" + word[1:].replace("-", "")
    elif _LINE_PIPE.fullmatch(word):
        yield "X" + word[1:].upper()
    elif _BUILDING.fullmatch(word):
        yield word.upper().replace("C", "С")
    elif _EUROPEAN.fullmatch(word):
        yield word.upper()
    elif _REBAR.fullmatch(word):
        yield word.upper().translate(str.maketrans("ABC", "АВС"))


def _prefixed(word: str, prefix: str) -> str | None:
    """Read what follows «ст» or «сталь»: any grade, also the bare numbers."""
    ordinary = _ORDINARY.fullmatch(word)
    if ordinary and (ordinary[2] or not ordinary[3]):
        return "Ст" + word.replace("-", "")
    if prefix == "болат" and word.isdigit():
        return None
    if _CARBON.fullmatch(word):
        return word.upper() if not word.endswith(("кп", "пс", "сп")) else word
    for name in _named_classes(word):
        return name
    if _LETTERED.fullmatch(word):
        return word.upper()
    alloy = _ALLOY.fullmatch(word)
    if alloy and (prefix == "ст" or alloy[2] not in _UNITS_LIKE) and len(alloy[1]) <= 2:
        return word.upper()
    return None


def _bare_alloy(chunk: str, word: str, *, bars: bool) -> str | None:
    """Read an alloy grade that nothing announces: it must look like nothing else."""
    alloy = _ALLOY.fullmatch(word)
    if not alloy or len(alloy[1]) != 2 or word.isdigit():
        return None
    letters = "".join(c for c in alloy[2] if not c.isdigit())
    if len(letters) == 1:
        return word.upper() if bars and letters in "хг" and chunk == word else None
    if letters in _UNITS_LIKE or not set(letters) & set("хгснмфтю"):
        return None
    if len(letters) == 2 and alloy[2] == letters and letters not in _TWO_LETTERS:
        return None
    return word.upper()
