"""Folding of words: one written form per word, over Russian, Kazakh, Uzbek and English.

`fold` makes two writings of the same text equal (case, ё, NBSP, homoglyphs, dashes, apostrophes,
the size sign between digits). `stem` makes inflected forms of a word meet, in a loose alphabet
where қ = к, so that «құбырлардың», «қубыр» and «кубыр» are one. Both are linear in the text.
"""

import re
import unicodedata
from collections.abc import Iterable

import snowballstemmer

from catalog.remembering import once_a_word

SIZE_SIGN = "×"

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e]")
_MARKS = re.compile("[\u0300-\u036f]")
_BLANK = "\u2800"
"""A braille blank: no space to Unicode, one to the eye."""
_LETTERS = str.maketrans(
    {
        "ё": "е",
        **dict.fromkeys("\u02bb\u02bc\u2018\u2019\u201b`´ʹ′ʽ‛＇", "'"),
        **dict.fromkeys("‐‑‒–—―−﹣－⁃", "-"),
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("✕✖⨯⨉╳", SIZE_SIGN),
        "⌀": "ø",
        "∅": "ø",
        "ӏ": "і",
        "џ": "ү",
    }
)
# «57 х 3,5» and «57х3,5» are sizes, «40х 125» is steel 40Х with its diameter.
_TIMES = f"*∗⋅·•{SIZE_SIGN}"
_BETWEEN = re.compile(rf"(?<=\d)(?: ?[{_TIMES}] ?|[xх]| [xх] )(?=\d)")
_APART = (" х ", " x ", *(f" {sign}" for sign in _TIMES), *(f"{sign} " for sign in _TIMES))
"""What a text holds where a size sign stands between words; in most none does."""
# What most words are written with: in lower case they are folded, but for sizes and look-alikes.
_CYRILLIC_WORD = re.compile("[!-/:-@[-_{-~А-Яа-яІҢҒҮҰҚӨҺӘіңғүұқөһә]+")
_PLAIN_WORD = re.compile(f"[!-_a-~А-Яа-яІҢҒҮҰҚӨҺӘіңғүұқөһә{SIZE_SIGN}]+")
_WRITTEN = re.compile("[0-9a-zа-яіңғүұқөһәўҳ]+")
_MIXED = re.compile("[a-z][0-9]*[а-яіңғүұқөһәўҳ]|[а-яіңғүұқөһәўҳ][0-9]*[a-z]")
_LATIN = "abcehkmoptxyi"
_CYRILLIC = "авсенкмортхуі"
_LATIN_LETTER = re.compile("[a-z]")
_CYRILLIC_LETTER = re.compile("[\u0400-\u04ff]")
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,]\d+)?")
_LOOSE = str.maketrans("қғұүөәіңһҳўӣӯ", "кгууоаинххуиу")


def fold(text: str) -> str:
    """Return `text` in its one comparable form; folding twice changes nothing.

    Lower case, NFKC, ё→е, single spaces, plain dashes and apostrophes, `×` for any size sign
    between digits, Latin look-alikes inside Cyrillic words made Cyrillic and the other way.
    """
    return joined(map(_folded, text.split()))


def joined(folded: Iterable[str]) -> str:
    """Return words folded one by one as a folded text: `["57", "х", "3,5"]` is «57×3,5»."""
    text = " ".join(filter(None, folded))
    return _BETWEEN.sub(SIZE_SIGN, text) if any(map(text.__contains__, _APART)) else text


def fold_word(text: str) -> str:
    """Return what stands between two spaces folded: most often one word, perhaps nothing."""
    if _CYRILLIC_WORD.fullmatch(text):
        return text.lower()
    text = text.lower() if _PLAIN_WORD.fullmatch(text) else _plain(text)
    text = _BETWEEN.sub(SIZE_SIGN, text)
    return _WRITTEN.sub(_one_alphabet, text) if not text.isascii() and _MIXED.search(text) else text


_folded = once_a_word(fold_word)


def _plain(text: str) -> str:
    """Return a word of any characters in lower case, in those that plain words are written with."""
    text = _INVISIBLE.sub("", text)
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return " ".join(text.translate(_LETTERS).replace(_BLANK, " ").split())


def _one_alphabet(match: re.Match[str]) -> str:
    """Write a word of mixed alphabets in the one that can hold all its letters."""
    word = match[0]
    if not _LATIN_LETTER.search(word) or not _CYRILLIC_LETTER.search(word):
        return word
    latin = [c for c in word if "a" <= c <= "z"]
    cyrillic = [c for c in word if c > "\u0400"]
    to_cyrillic = all(c in _LATIN for c in latin)
    to_latin = all(c in _CYRILLIC for c in cyrillic)
    if to_cyrillic and (len(cyrillic) >= len(latin) or not to_latin):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN) if to_latin else word


def words(text: str) -> list[str]:
    """Return the words and numbers of a folded text, in order: `["труба", "159", "4,5"]`."""
    return _WORD.findall(text)


def loose(word: str) -> str:
    """Return a word with Kazakh and Uzbek letters written as their nearest Russian ones."""
    return word.translate(_LOOSE)


_RUSSIAN = snowballstemmer.stemmer("russian")
_ENGLISH = snowballstemmer.stemmer("english")
_KAZAKH_LETTERS = frozenset("қғұүөәіңһ")
# Case, possessive and plural endings in the loose alphabet, longest first (Kazakh grammar).
_ENDINGS = """
    лардын лердин дардын дердин тардын тердин ларынын леринин ларын лерин дарын дерин
    тарын терин ларына лерине ларда лерде лардан лерден ларды лерди ларга лерге дарды дерди
    тарды терди дарга дерге тарга терге лармен лермен ларды лары лери дары дери тары тери
    лар лер дар дер тар тер нын нин дын дин тын тин сын син ына ине сына сине мен бен пен
    дан ден тан тен нан нен ндагы ндеги дагы деги тагы теги ды ди ты ти ны ни га ге ка ке
    да де та те на не сы си ын ин ы и
"""
_KAZAKH_ENDINGS = tuple(sorted(_ENDINGS.split(), key=len, reverse=True))
_PLURALS = re.compile("(?:лар|лер)(?:дын|дин|ды|ди|га|ге|ын|ин|ы|и|да|де|дан|ден|мен)?$")
_UZBEK_ENDINGS = re.compile(
    "(?:lar(?:i|ini|ning|ni|ga|da|dan|ining|iga)?|ning|sining|(?<=[aeiou])si|(?<![aeiou])i)$"
)
_LONGEST_WORD = 40


@once_a_word
def stem(word: str) -> str:
    """Return the stem of one folded word in the loose alphabet; numbers come back unchanged.

    Snowball for Russian and English, suffix stripping of our own for Kazakh and Uzbek, which
    Snowball lacks. Words over forty letters are no words and are cut.
    """
    if word[:1].isdigit():
        return word
    word = word[:_LONGEST_WORD]
    if "a" <= word[0] <= "z":
        return _latin_stem(word)
    if not _KAZAKH_LETTERS.isdisjoint(word):
        return _kazakh_stem(loose(word))
    plain = loose(word)
    plural = _PLURALS.search(plain)
    if plural and plural.start() >= 4:
        plain = plain[: plural.start()]  # «конструкциялар»: a Russian word with Kazakh endings
    return str(_RUSSIAN.stemWord(plain))


def _latin_stem(word: str) -> str:
    uzbek = _UZBEK_ENDINGS.search(word)
    if uzbek and uzbek.start() >= 4:
        return word[: uzbek.start()]
    return str(_ENGLISH.stemWord(word)) if "'" not in word else word


def _kazakh_stem(word: str) -> str:
    """Strip up to three endings while four letters remain: plural, possessive and case pile up."""
    for _ in range(3):
        ending = next((e for e in _KAZAKH_ENDINGS if word.endswith(e)), "")
        if not ending or len(word) - len(ending) < 4:
            break
        word = word[: -len(ending)]
    return word[:-1] if len(word) > 4 and word[-1] in "аеыи" else word


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of all words of any text, folded first; numbers are kept as written."""
    return tuple(map(stem, words(fold(text))))


_UZBEK_PAIRS = (
    ("o'", "ў"), ("g'", "ғ"), ("sh", "ш"), ("ch", "ч"), ("yo", "ё"), ("yu", "ю"), ("ya", "я"),
    ("ye", "е"), ("ts", "ц"),
)  # fmt: skip
_UZBEK_LETTERS = str.maketrans("abvgdejziyklmnoprstufxqh'", "абвгдежзийклмнопрстуфхқҳъ")
_FIRST_E = re.compile(r"\be")


def uzbek_cyrillic(text: str) -> str:
    """Write folded Uzbek Latin in Cyrillic (the alphabet of 1940), folded: `po'lat` → `пўлат`."""
    text = _FIRST_E.sub("э", text)
    for latin, cyrillic in _UZBEK_PAIRS:
        text = text.replace(latin, cyrillic)
    return fold(text.translate(_UZBEK_LETTERS))
