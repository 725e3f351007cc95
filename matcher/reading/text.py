"""Preparing a text for the scanner: folding, named values taken out, atoms cut.

Values that carry their own name (standards, grades, SDR, RAL) are read first and blanked, so that
their digits are never taken for sizes. Every step is one pass over the text, and is only taken
where a word of the text hints that it can find something; what a word hints at is remembered.
"""

import re
from typing import NamedTuple

from catalog.remembering import once_a_word
from catalog.standards import MARKER, NORMS, find_standards
from catalog.words import fold, fold_word, joined
from matcher.reading.atoms import Atom, cut
from matcher.reading.grades import MAY_BE_GRADE, Grade, find_grades, rejoined

LONGEST_TEXT = 40_000
"""Characters of one text that are read: a specification is shorter, hostile text is not."""

# «ЭСст3», «ВГПоц»: an abbreviation in capitals ends where small letters begin.
_CASE_EDGE = re.compile("(?<=[А-Я]{2})(?=ст[0-9А-Я]|оц(?![а-я]))")
_GLUED_GRADE = re.compile(r"(?<=\d)(?=ст\.?\d)")
# «ст.4,5» is a wall of 4,5 mm, «ст.3» and «ст.3,20» are steels.
_DECIMAL_WALL = re.compile(r"(?<![^\W_])ст\.? ?(\d{1,2}[.,][1-9])(?![\d.,])")
_INCHES = re.compile(
    r"(?<![\w.,/])(?:(\d{1,2})[ -])?(\d{1,2})(?:/(\d{1,2})|[.,](\d{1,3}))?"
    r" ?(?:\"(?!\w)|″|''|дюйм[а-я]*|inch(?:es)?(?![^\W_])|dyuym[a-z]*)"
)
_LARGEST_NOMINAL_INCH = 12
"""Up to 12 inches a size names the bore (NPS, ГОСТ 6357); from 14 it is the outer diameter."""
_NOMINAL_INCH = {
    0.25: 8, 0.375: 10, 0.5: 15, 0.75: 20, 1: 25, 1.25: 32, 1.5: 40, 2: 50, 2.5: 65, 3: 80, 4: 100,
    5: 125, 6: 150, 8: 200, 10: 250, 12: 300,
}  # fmt: skip
"""Inches to DN (ISO 6708, ASME B36.10)."""
# Alloys that are no steel, whose digits are no sizes: Д16Т, АМг6, ЛС59-1, БрАЖ9-4, ЭИ961Ш, ХН78Т.
_ALLOYS = re.compile(
    r"(?<![^\W_])(?:д16(?:ч|а)?т?|амг\d[а-я]?|в95[а-я0-9]*|ад\d{1,2}т?|л6[38]|л[а-я]{1,3}\d\d(?:-\d){1,3}"
    r"|бр[а-я]{1,5}\d{1,2}(?:-\d){0,3}|э[ипк]\d{2,4}[а-я]*|вт\d{1,2}(?:-\d)?)(?![^\W_])"
)
_LONG = 13
_LONG_DIGITS = re.compile(rf"\d{{{_LONG},}}")
_DATES = re.compile(
    r"(?<!\d)\d{1,2}\.\d{1,2}\.(?:20)?\d\d(?!\d)"
    r"|(?<!\d)20[0-4]\d(?: ?- ?20[0-4]\d)? ?(?:год|жыл|гг|г\.|yil)[а-яa-z]*"
    r"|(?:вес|масса) (?:1 )?(?:п/?\.? ?|пог\.? ?)?м(?:етра)?\.?[ :=-]{1,3}\d+(?:[.,]\d+)? ?кг"
    r"|изм\.?(?: ?№)? ?\d+(?:-\d+)?|(?<!\d)[1-3] ?[гз]п(?![а-я])"
)
_UNITS = {
    "ммкв": r"мм ?кв\.?|кв\. ?мм|мм\^?2",
    "rate": r"(?:кг|г|л|м3|куб\. ?м)/(?:м2|м3|м|ч|час|сут|см3|кв\. ?м|мин)",
    "квм": r"кв\.? ?м(?:етр[а-я]*)?\.?|м ?кв\.?|м\^?2|m\^?2|sq\.? ?m",
    "кубм": r"куб\.? ?м(?:етр[а-я]*)?\.?|м ?куб\.?|м\^?3|m\^?3",
    "пм": r"пог(?:\.|онн[а-я]{2,3})? ?м(?:етр[а-я]*)?\.?|п\. ?м\.?|п/м|м\.?/п\.?|м\. ?п\.?"
    r"|метр[а-я]* погонн[а-я]*",
    "атм": r"кгс?/см2|кгс?/кв\.? ?см",
    "тыс": r"тыс\.|тысяч[аи]?",
}
_UNIT_FORMS = re.compile(
    r"(?<![^\W\d_])(?:"
    + "|".join(f"(?P<{name}>{forms})" for name, forms in _UNITS.items())
    + r")(?![^\W_])"
)
_NAMED = {
    "pe_grade": re.compile(
        r"(?<![^\W\d_])(?:пэ|pe|ре|pehd|п/э|полиэтилен[а-я]*)[ \-]{0,2}(100|80|63)(\+|rc)?(?!\d)"
    ),
    "sdr": re.compile(r"(?:sdr|сдр)[ \-=:]{0,3}(\d{1,2}(?:[.,]\d(?!\d))?)(?!\d)"),
    "color_ral": re.compile(r"(?:ral|рал)[ \-№:]{0,3}(\d{4})(?!\d)"),
    "ring_stiffness": re.compile(r"(?<![^\W\d_])sn[ \-=]{0,2}(\d{1,2})(?!\d)"),
    "glass_formula": re.compile(
        r"(?<![\d,.])(\d{1,2}[а-яa-z]{0,2}\d?(?:[-/×]\d{1,2}[а-яa-z]{0,3}\d?){2,6})(?=[ ,;).]|$)"
    ),
}
_INCH_WALL = re.compile(
    r"((?:\"|″|''|inch|дюйм[а-я]*|dyuym) ?[xх×*] ?)(\d?[.,]\d{1,4})"
    r" ?(?:\"|″|''|in(?:ch)?|дюйм[а-я]*)(?![^\W_])"
)
"""The wall of «24 inch x 0.375 in»."""
_BEFORE_SDR = re.compile(r"(?<![\w×х*=.,/-])(?<![×х*=./-] )(\d{2,4})(?= ?(?:мм|mm)? ?(?:sdr|сдр))")
"""The diameter of «110 SDR 17; 160 SDR 17», which no sign announces."""
_TIMES_DN = re.compile(r"(?<=(?<!\d)\d)[xх×](?=ду|dn|dy|ø)")
"""The sign of «2хДу500»: two pipes, as «2Ду500» says."""
# What a word of a text must hold for a step to find anything in the text.
_HINTS = {
    "standard": MARKER,
    "steel": re.compile("ст"),
    "inches": re.compile("[\"″]|''|дюйм|inch|dyuym"),
    "sdr": re.compile("sdr|сдр"),
    "pe_grade": re.compile("пэ|pe|ре|п/э|полиэтилен"),
    "color_ral": re.compile("ral|рал"),
    "ring_stiffness": re.compile("sn"),
    "glass_formula": re.compile("пакет|glass|glaz"),
    "grade": MAY_BE_GRADE,
    "alloy": re.compile(r"д16|амг\d|в95|ад\d|л6[38]|л[а-я]{1,3}\d\d-|бр[а-я]{1,5}\d|э[ипк]\d|вт\d"),
    "times": re.compile(r"\d[xх×](?:ду|dn|dy|ø)"),
    "date": re.compile(r"\d\.\d{1,2}\.\d|год|жыл|гг|г\.|yil|вес|масса|изм|[гз]п"),
    "unit": re.compile(r"кв|куб|пог|тыс|sq|[мm]\^?[23]|/|(?<![^\W\d_])п(?![^\W_])|погонн"),
}
_HINT = re.compile("|".join(hint.pattern for hint in _HINTS.values()))
_HINT_OF_SIGNS = re.compile(r"[\"″№/^]|''|\d\.\d")
"""What a word without letters must hold."""
_ANY_DIGIT = re.compile(r"\d")
_DIGIT = frozenset({"digit"})
_NONE: frozenset[str] = frozenset()


def _hints(word: str) -> frozenset[str]:
    """Return the steps that may find something in a text that holds this word."""
    digit = _DIGIT if not word.isalpha() and _ANY_DIGIT.search(word) else _NONE
    telling = _HINT if word.islower() else _HINT_OF_SIGNS
    if telling.search(word) is None:
        return digit
    return digit.union(name for name, hint in _HINTS.items() if hint.search(word))


class Prepared(NamedTuple):
    """A text ready to scan: its folded form, the named values, the atoms that remain."""

    folded: str
    atoms: tuple[Atom, ...]
    standards: tuple[str, ...]
    standard_names: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    sized: bool = False
    """Whether a chain of sizes stands in the text."""


def prepare(text: str) -> Prepared:
    """Fold a text, take the named values out of it, cut the rest into atoms."""
    written = [_spelled(word) for word in text[:LONGEST_TEXT].split()]
    folded = joined([word for word, _ in written])
    hints = _NONE.union(*[told for _, told in written])
    if "digit" not in hints:  # no size: at most a grade, the «ШХ» of a bar
        grades = find_grades(folded) if "grade" in hints else []
        return Prepared(folded, (), (), (), _named(grades))
    found = find_standards(folded) if "standard" in hints else []
    rest = _blank(folded, [(f.start, f.end) for f in found])
    if "steel" in hints:
        rest = _DECIMAL_WALL.sub(r"стенка \1", rest)
    if "inches" in hints:
        rest = _INCH_WALL.sub(_wall_in_millimetres, rest)
        rest = _INCHES.sub(_in_millimetres, rest)
    named: list[tuple[str, str]] = []
    for key, pattern in _NAMED.items():
        if key in hints:
            rest = _BEFORE_SDR.sub(r"d \1", rest) if key == "sdr" else rest
            rest = _take(rest, key, pattern, named)
    if "grade" in hints:
        rest = rejoined(rest)
        grades = find_grades(rest)
        named += _named(grades)
        rest = _blank(rest, [(g.start, g.end) for g in grades])
    if "alloy" in hints:
        rest = _ALLOYS.sub(" | ", rest)
    if "times" in hints:
        rest = _TIMES_DN.sub("", rest)
    if "date" in hints:
        rest = _DATES.sub(" ", rest)
    if "unit" in hints:
        rest = _UNIT_FORMS.sub(lambda m: f" {m.lastgroup} ", rest)
    goods = [f.standard for f in found if f.standard.designation not in NORMS]
    return Prepared(
        folded=folded,
        atoms=cut(rest),
        standards=tuple(dict.fromkeys(map(str, goods))),
        standard_names=tuple(dict.fromkeys(s.name for s in goods)),
        named=tuple(dict.fromkeys(named)),
        sized="×" in rest,
    )


def _named(grades: list[Grade]) -> tuple[tuple[str, str], ...]:
    return tuple(("steel_grade", grade) for grade in dict.fromkeys(g.name for g in grades))


@once_a_word
def _spelled(word: str) -> tuple[str, frozenset[str]]:
    """Return a word folded, and what it hints at.

    What is written as one is parted, «ЭСст3», «20ст3»; no number is 13 digits.
    """
    if len(word) < _LONG and word.isdecimal() and word.isascii():
        return word, _DIGIT
    if len(word) >= _LONG or "ст" in word or "оц" in word:
        word = _LONG_DIGITS.sub(" ", _CASE_EDGE.sub(" ", word))
    folded = fold(word) if " " in word else fold_word(word)
    if "ст" in folded:
        folded = _GLUED_GRADE.sub(" ", folded)
    return folded, _hints(folded)


def _in_millimetres(hit: re.Match[str]) -> str:
    """Write a size in inches as its nominal bore or outer diameter; unusual ones as they are.

    Words of their own: the «20хду» of «20х1/2"» would be a steel.
    """
    if hit[0].endswith('"') and hit.string.count('"', max(0, hit.end() - 60), hit.end() - 1) % 2:
        return hit[0]  # the closing quote of «ТОО "Завод 12"»
    whole, number, under, decimals = hit.groups()
    if under and not int(under):
        return hit[0]
    inches = float(f"{number}.{decimals}") if decimals else int(number) / int(under or 1)
    inches += int(whole or 0)
    if inches in _NOMINAL_INCH:
        return f" ду {_NOMINAL_INCH[inches]} "
    if inches > _LARGEST_NOMINAL_INCH and inches == int(inches):
        return f" dh {inches * 25.4:g} мм "
    return hit[0]


def _wall_in_millimetres(hit: re.Match[str]) -> str:
    return f"{hit[1]}{float(hit[2].replace(',', '.')) * 25.4:.4g} мм "


def _take(text: str, key: str, pattern: re.Pattern[str], named: list[tuple[str, str]]) -> str:
    """Note the values a pattern names and return the text without them."""
    spans = []
    for hit in pattern.finditer(text):
        value = hit[1]
        if key == "pe_grade":
            value = f"PE{value}"
        elif key == "color_ral":
            value = f"RAL {value}"
        named.append((key, value.replace(",", ".")))
        spans.append(hit.span())
    return _blank(text, spans)


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with each stretch overwritten, positions kept.

    A bar stands in its place: the «40» and «Gr» of «SCH40 API 5L Gr.B» are no grams.
    """
    parts, last = [], 0
    for start, end in sorted(spans):
        if start >= last:
            parts += [text[last:start], "|" + " " * (end - start - 1)]
            last = end
    parts.append(text[last:])
    return "".join(parts)
