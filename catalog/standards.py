"""Standards named in a text: designation, number and year, also in lists.

«ГОСТ 10704-91,10705-80», «ГОСТ2590,535/ТУ14-1-5228-93», «МЕМСТ 10704-91», `GOST 8732-78`,
«СТ РК ISO 4427-2-2014», `API 5L`, `O'zDSt 2742:2013`. Written back in one form,
`ГОСТ 10704-91`; two standards compare by number, and by year only where both state one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.words import fold

# Written forms of each designation, folded. Longest first when compiled.
_DESIGNATIONS = {
    "ГОСТ Р": "гост р|гостр|gost r|гост р исо",
    "ГОСТ": "гост|ггост|госту|гоcт|мемст|gost|мемлекеттік стандарт",
    "СТ РК": "ст рк|стрк|қр ст|кр ст|st rk",
    "ТУ": "ту|техт|tu|tsh|тш|ту у",
    "СТО": "сто|ст то",
    "ОСТ": "ост",
    "API": "api spec|api",
    "ASTM": "astm|asme",
    "DIN EN": "din en",
    "DIN": "din",
    "EN": "en|ен",
    "ISO": "iso|исо",
    "IEC": "iec|мэк",
    "O'zDSt": "o'zdst|o'z dst|ozdst|o'zdst iso|ўз дст|узрст|o'z dst iso",
    "КМС": "кмс",
    # Building and safety norms: read so that their numbers are not taken for sizes.
    "СНиП": "снип",
    "СН РК": "сн рк|снрк|қр қн|сн",
    "СП": "сп рк|сп",
    "ВСН": "всн",
    "РД": "рд",
    "СанПиН": "санпин|санпин рк",
    "ТР ТС": "тр тс|тр еаэс|кө тр",
    "ПУЭ": "пуэ",
    "№": "№|no\\.|n ",
}
NORMS = frozenset({"СНиП", "СН РК", "СП", "ВСН", "РД", "СанПиН", "ТР ТС", "ПУЭ", "№"})
"""Designations that rule how to build, or number a paper; no good is made to them."""
_ADOPTED = {"исо": "ISO", "iso": "ISO", "ен": "EN", "en": "EN", "iec": "IEC", "мэк": "IEC"}
_CANONICAL = {form: name for name, forms in _DESIGNATIONS.items() for form in forms.split("|")}
_START = re.compile(
    f"(?<![^\\W\\d_])(?=[{''.join(sorted({form[0] for form in _CANONICAL}))}])(?:"
    + "|".join(
        form.replace("'", "'?") + ("" if form.endswith((".", " ")) else "(?![^\\W\\d_])")
        for form in sorted(_CANONICAL, key=len, reverse=True)
    )
    + ")"
)
MARKER = re.compile(
    "(?<![^\\W\\d_])(?:"
    + "|".join(sorted({form.split()[0].replace("'", "'?") for form in _CANONICAL}))
    + ")(?![^\\W\\d_])|№|no\\."
)
"""What one word of a text that names a standard must hold: the first word of a designation."""
# The forms above as they stand in a text, for looking a hit up: no apostrophe, no escapes.
_NAMES = {form.replace("'", "").replace("\\", ""): name for form, name in _CANONICAL.items()}
_ADOPTS = re.compile(r" ?(исо|iso|ен|en|iec|мэк)(?![^\W\d_])")
# A number: digits, dotted parts, letters of foreign ones (5l, 5ct, a106), then dashed parts.
_NUMBER = re.compile(
    r"[ №:.\-]{0,3}((?:[a-zа-я]{0,2}\d{1,8}(?:[.]\d{1,6}){0,4}[a-zа-я]{0,2}))"
    r"((?:-\d{1,8}(?:[рp](?=-))?){0,5})(?:[:/]((?:19|20)\d\d)(?!\d))?(?![\d×])"
)
_SEPARATOR = re.compile(r" ?(?:[,;/+]|и |және |va |and )? ?(?:\* ?)?")
_UNIT_AFTER = re.compile(
    r"[ ]?(?:мм|см|м|т|кг|шт|mm|m|км|л|°|%|×|\+|[.,]\d{1,2}(?!\d)|гп)(?![^\W\d_])"
)
_LONGEST_LIST = 12
# Technical conditions of rolled metal that price lines name without a year in a list of two or
# three («ГОСТ 2590,535»); any other bare number after a dated standard may be a size.
_USUAL_NUMBERS = """
    380 535 801 1050 1435 2590 2591 3262 4543 5520 5521 5949 5950 7417 8239 8240 8509 8510 8560
    8568 8639 8645 8696 8731 8732 8733 8734 9045 9567 9940 9941 10704 10705 10706 10707 13663 14637
    14918 14955 14959 16523 18599 19281 19903 19904 20072 20295 27772 30245 30732 31447 32931 34028
    5781 52544
"""
_USUAL = frozenset(_USUAL_NUMBERS.split())


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard: `ГОСТ`, `10704`, `91`. `year` keeps the digits as written, None if absent."""

    designation: str
    number: str
    year: str | None = None

    @property
    def name(self) -> str:
        """Designation and number without the year: the key standards compare by."""
        return f"{self.designation} {self.number}"

    def __str__(self) -> str:
        return f"{self.name}-{self.year}" if self.year else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """A standard with the stretch of the folded text it was read from."""

    standard: Standard
    start: int
    end: int


def full_year(year: str | None) -> int | None:
    """Return a stated year in four digits: `91` → 1991, `06` → 2006; ГОСТ of the 1930s are gone."""
    if year is None or not year.isdigit():
        return None
    if len(year) == 4:
        return int(year)
    return int(year) + (1900 if int(year) >= 40 else 2000)


def years_differ(one: Standard, other: Standard) -> bool:
    """Whether both state a year and the years are not the same («91» is 1991)."""
    mine, theirs = full_year(one.year), full_year(other.year)
    return mine is not None and theirs is not None and mine != theirs


def find_standards(folded: str) -> list[Found]:
    """Return the standards of a folded text in order, norms of building included."""
    found: list[Found] = []
    position = 0
    while hit := _START.search(folded, position):
        name = _NAMES[hit[0].replace("'", "")]
        if name not in {"ГОСТ", "ГОСТ Р"} and folded[hit.start() - 1 : hit.start()].isdigit():
            position = hit.end()  # the «сп» of «ст3сп5» is no set of rules
            continue
        listed = list(_read_list(folded, name, hit))
        found += listed
        position = max(hit.end(), listed[-1].end if listed else 0)
    return found


def parse_standards(text: str) -> tuple[Standard, ...]:
    """Return the standards goods are made to that any text names, each once, norms left out."""
    found = (f.standard for f in find_standards(fold(text)))
    return tuple(dict.fromkeys(s for s in found if s.designation not in NORMS))


def _read_list(folded: str, name: str, hit: re.Match[str]) -> Iterator[Found]:
    """Read the first number after a designation and those that follow it in a list."""
    start, position = hit.start(), hit.end()
    adopted = _ADOPTS.match(folded, position)
    prefix = ""
    if adopted and name not in NORMS:
        prefix, position = f"{_ADOPTED[adopted[1]]} ", adopted.end()
    dated = False
    for index in range(_LONGEST_LIST):
        begin = position
        if index:
            separator = _SEPARATOR.match(folded, position)
            begin = separator.end() if separator else position
            gap = folded[position:begin].strip(" *")
        number = _NUMBER.match(folded, begin)
        if not number or (number[1][0].isalpha() and name not in {"API", "ASTM", "EN"}):
            return
        standard = _standard(name, prefix, number)
        if index:
            if standard.designation == "ТУ" and standard.number.count("-") == 0:
                standard = Standard("ГОСТ", standard.number, standard.year)
            if name == "№" or not _continues(folded, standard, number, dated=dated, gap=gap):
                return
        yield Found(standard, start, number.end())
        dated = dated or standard.year is not None
        start = position = number.end()


def _continues(
    folded: str, standard: Standard, number: re.Match[str], *, dated: bool, gap: str
) -> bool:
    """Whether a number after a standard goes on with the list rather than begins a size."""
    if _UNIT_AFTER.match(folded, number.end()) or "." in standard.number:
        return False
    if standard.year is not None:
        return len(standard.number) >= 3
    if gap and len(standard.number) == 5 and folded[number.start() - 1] in ",/":
        return True
    return bool(gap) and (standard.number in _USUAL or (not dated and len(standard.number) >= 4))


def _standard(name: str, prefix: str, number: re.Match[str]) -> Standard:
    """Part the dashed tail of a number into its parts and the year."""
    head, year = number[1].upper(), number[3]
    parts = [p.upper() for p in number[2].split("-") if p]
    # «ГОСТ 10704-91»: a year; «ТУ 14-1-5228-93»: the last part; «ТУ 14-1-2118»: no year.
    needed = 2 if name == "ТУ" and len(head) <= 2 else 0
    if not year and len(parts) > needed and _is_year(parts[-1]):
        year = parts.pop()
    return Standard(name, prefix + "-".join([head, *parts]), year)


def _is_year(digits: str) -> bool:
    if len(digits) == 4:
        return "1930" <= digits <= "2049"
    return len(digits) == 2
