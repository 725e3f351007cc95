"""What a text's goods are and what only belongs to them: «распылитель краски» sprays paint.

Three shapes of a text hide a word that names a family, so that it does not speak for the text:
a purpose («насос для труб», «құбырларға арналған тірек»), a genitive behind another noun («крышка
трубы») or a place («шторы на окна»), and a Kazakh or Uzbek word that the next one owns («терезе
тұтқасы»). A verb of purchase, of works or a measure before it hides nothing: «поставка труб».
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from catalog.remembering import once_a_word
from catalog.units import fold_unit
from catalog.words import stem, stems
from matcher.reading.keywords import KEYS, QUALIFIERS

_WORD_OR_END = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,]\d+)?|[,;:()!?]|\.$")
"""As `catalog.words.words` cuts, and what ends a part of a clause."""
_ENDS = frozenset(",;:()!?.")
_HARD = frozenset(";:.")
_JOINED = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,3})[/.]([^\W\d_]{1,3})(?![^\W\d_])")
_PURPOSE = frozenset({"для", "под", "for", "при"})
_REACH = 3
"""Words a purpose covers where the goods stand before it."""
_LOOK_BACK = 8
_AFTERWARDS = frozenset({"арналган", "үшін", "ушин", "uchun"})
_TELLING = _PURPOSE | _AFTERWARDS
_ONTO = frozenset({"на", "к", "ко", "с", "со"})
_NO_PURPOSE = frozenset({"нужд", "обеспечен", "выполнен", "проведен"})
_ADJECTIVE = re.compile(
    r"(?:ый|[кгхжшщчн]ий|[ая]я|о[ей]|ее|ые|[кгхжшщн]ие|[ыи]х|[ое]го|[ое]му|[ую]ю|[ыи]ми?)$"
)
_PLURAL_ADJECTIVE = re.compile(r"(?:ые|[кгхжшщн]ие)$")
_DEVERBAL = re.compile(r"(?:[аеия]ни[еяюий]|ти[еяюи]|стви[еяюи])(?:м|й)?$")
_OWNED = re.compile(r"(?:сы|сі|ы|і|(?<=[aeiou])si|(?<![aeiou])i)$")
_RUSSIAN = re.compile(r"[а-я]+")
PURCHASES = frozenset(
    stems("поставка закупка закуп приобретение покупка доставка заказ конкурс тендер лот")
)
CARRIERS = PURCHASES | frozenset(
    stems(
        """отгрузка реализация выкуп
        изготовление производство выпуск продукция товар товары материал материалы изделие изделия
        комплект набор партия количество объем вид тип марка сорт ассортимент наименование предмет
        договор лот штука единица отрезок кусок погонный участок линия сеть система нитка
        потребность образец остаток запас упаковка бухта бутылка пакет конкурс тендер аукцион
        реставрация восстановление сооружение возведение обустройство расширение перенос вынос
        обновление сборка окраска покраска капремонт создание развитие проектирование
        реконструкция строительство прокладка замена монтаж установка устройство модернизация
        переустройство укладка нанесение ремонт демонтаж поверка аренда мойка чистка очистка
        обслуживание услуга услуги работы работа прием сдача перевозка хранение испытание
        резка нарезка сварка изоляция диаметр длина масса вес стенка размер
        сатып алу жеткізу жөндеу орнату ауыстыру салу өнімдері бұйымдары материалдары жиынтығы
        құрылысы желісі желілері қызметі қызметтері жұмыстары саны көлемі мөлшері
        xarid yetkazib xizmati"""
    )
)


class Cut(NamedTuple):
    """The words of a text, their stems, the places before which a clause or a part of it ends, and
    of these the hard ones: a colon, a semicolon, a full stop."""

    words: list[str]
    stems: list[str]
    breaks: frozenset[int]
    hard: frozenset[int]


def cut_words(folded: str, most: int) -> Cut:
    """Cut a folded text into its words; «б/ш» and «эл.св» count as one word each."""
    words: list[str] = []
    stems: list[str] = []
    ends: list[tuple[int, bool]] = []
    for own, roots, stops in map(_cut_piece, folded.split(" ")):
        if stops:
            ends += [(len(words) + place, hard) for place, hard in stops]
        words += own
        stems += roots
    del words[most:], stems[most:]
    breaks = frozenset([place for place, _ in ends if place < len(words)])
    return Cut(words, stems, breaks, breaks.intersection([place for place, hard in ends if hard]))


class _Piece(NamedTuple):
    """What stands between two spaces; `ends` are the places within and whether they are hard."""

    words: Sequence[str]
    stems: Sequence[str]
    ends: Sequence[tuple[int, bool]] = ()


@once_a_word
def _cut_piece(text: str) -> _Piece:
    if text.isalpha():
        return _Piece((text,), (stem(text),))
    if text.isdecimal():
        return _Piece((text,), (text,))
    if "/" in text or "." in text:
        text = _JOINED.sub(r"\1\2", text)
    words: list[str] = []
    ends: list[tuple[int, bool]] = []
    for each in _WORD_OR_END.findall(text):
        if each in _ENDS:
            ends.append((len(words), each in _HARD))
        else:
            words.append(each)
    stems = [word if word[0].isdecimal() else stem(word) for word in words]
    return _Piece(words, stems, ends)


def purposes(
    stemmed: Sequence[str],
    words: Sequence[str],
    breaks: frozenset[int],
    hard: frozenset[int] = frozenset(),
) -> set[int]:
    """Return the places that «для …» or «… арналған» covers: not what a thing is."""
    covered: set[int] = set()
    if _TELLING.isdisjoint(stemmed):
        return covered
    for place, word in enumerate(stemmed):
        if word in _AFTERWARDS:
            covered.update(range(max(0, place - 2), place))
        behind = stemmed[place + 1 : place + 2]
        if word not in _PURPOSE or not behind or behind[0] in _NO_PURPOSE:
            continue
        end = _purpose_end(place, stemmed, words, breaks)
        stop = next((b for b in range(place + 1, end) if b in hard), end)
        covered.update(range(place + 1, stop))
    return covered


def _purpose_end(
    place: int, stemmed: Sequence[str], words: Sequence[str], breaks: frozenset[int]
) -> int:
    """Return where the purpose that «для» at `place` begins is over.

    «Приобретение для теплосети труб»: the goods are still to come, so only one noun is covered,
    and a second where the first is what is done («для ремонта теплосети»).
    """
    before = _clause(place, words, breaks)
    named = any(stemmed[each] not in PURCHASES and not is_adjective(words[each]) for each in before)
    if named or not before:
        return place + 1 + _REACH
    end = place + 1
    for _ in range(2):
        while end < len(words) and is_adjective(words[end]) and end not in breaks:
            end += 1
        end += 1
        if end > len(stemmed) or stemmed[end - 1] not in CARRIERS:
            break
    return end


def _clause(place: int, words: Sequence[str], breaks: frozenset[int]) -> list[int]:
    """Return the places of the words before a place in its part of the clause, a few at most."""
    found: list[int] = []
    while place > 0 and place not in breaks and len(found) < _LOOK_BACK:
        place -= 1
        if len(words[place]) > 2:
            found.append(place)
    return found


def belongings(
    stemmed: Sequence[str],
    words: Sequence[str],
    breaks: frozenset[int],
    covered: frozenset[int],
    heads: frozenset[str],
    vocabulary: frozenset[str],
) -> set[int]:
    """Return the places of family words that only say whose or what of another thing is.

    `covered` are the places of purposes, behind which the goods may follow; `heads` the words that
    name a family alone, as written; `vocabulary` all stems of phrases.
    """
    genitives = genitives_of(heads)
    found: set[int] = set()
    if genitives.isdisjoint(words) and heads.isdisjoint(words):
        return found
    for place, word in enumerate(words):
        if word in genitives or word in heads:
            if _belongs(place, stemmed, words, breaks, covered, genitive=word in genitives):
                found.add(place)
            elif word in heads and place + 1 not in breaks:
                behind = words[place + 1 : place + 2]
                if behind and _is_owned(behind[0], vocabulary):
                    found.add(place)
    return found


def _belongs(
    place: int,
    stemmed: Sequence[str],
    words: Sequence[str],
    breaks: frozenset[int],
    covered: frozenset[int],
    *,
    genitive: bool,
) -> bool:
    """Whether the noun before a family word (adjectives between are skipped) owns it."""
    before = place - 1
    if place in breaks:
        return False
    while before >= 0 and before + 1 not in breaks and is_adjective(words[before]):
        before -= 1
    if before < 0 or before + 1 in breaks or before in covered:
        return False
    word = words[before]
    if word in _ONTO:
        noun = before - 1  # «сетка москитная на окна»
        while noun > 0 and noun + 1 not in breaks and is_adjective(words[noun]):
            noun -= 1
        return noun >= 0 and noun + 1 not in breaks and _is_thing(words[noun], stemmed[noun])
    if before >= 2 and words[before - 1] == "на" and stemmed[before - 2] in CARRIERS:
        return False  # «доставка на алуминиеви кабели», Bulgarian
    around = [words[place - 1], *(words[place + 1 : place + 2] if place + 1 not in breaks else ())]
    nominative = any(_PLURAL_ADJECTIVE.search(w) and is_adjective(w) for w in around)
    # «металлопрокат трубы стальные» names pipes beside, not pipes of something
    return genitive and not nominative and _is_thing(word, stemmed[before])


def _is_thing(word: str, stemmed: str) -> bool:
    """Whether a word is a Russian noun that names goods, no measure, purchase or works."""
    return (
        len(word) > 2
        and _RUSSIAN.fullmatch(word) is not None
        and not is_adjective(word)
        and stemmed not in CARRIERS
        and fold_unit(word) is None
    )


def _is_owned(word: str, vocabulary: frozenset[str]) -> bool:
    """Whether a Kazakh or Uzbek word has the ending of what is owned: «тұтқасы», «kaliti»."""
    if len(word) < 5 or not _OWNED.search(word):
        return False
    root = stem(word)
    known = root in vocabulary or root in CARRIERS or word in KEYS or root in KEYS
    return not known and root not in QUALIFIERS and fold_unit(word) is None and _foreign(word)


def _foreign(word: str) -> bool:
    """Whether a word is no Russian one, by its letters."""
    return _RUSSIAN.fullmatch(word) is None


@once_a_word
def is_adjective(word: str) -> bool:
    """Whether a word has the ending of a Russian adjective or participle."""
    return len(word) > 4 and bool(_ADJECTIVE.search(word)) and not _DEVERBAL.search(word)


@lru_cache(maxsize=8)
def genitives_of(heads: frozenset[str]) -> frozenset[str]:
    """Return the Russian genitives of nouns: «краска» → «краски», «красок»."""
    return frozenset(form for word in heads for form in _genitives(word))


def _genitives(word: str) -> tuple[str, ...]:
    if _RUSSIAN.fullmatch(word) is None or len(word) < 3 or is_adjective(word):
        return ()
    base, last = word[:-1], word[-1]
    if last == "а":
        full = (base[:-1] + "о" + base[-1],) if base.endswith("к") else ()
        return (base + "ы", base + "и", base, *full)
    if last == "о":
        return (base + "а", base[:-1] + "о" + base[-1])
    if last == "ь":
        return (base + "и", base + "я", base + "ей")
    if last in "яеиуюыэй":
        return ()
    return (word + "а", word + "ов")
