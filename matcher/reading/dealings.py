"""Dealings that want nothing new of a plant: used goods are asked for, or the buyer is a seller.

Read in titles and item lines only: a description often forbids what it names («бывшие в
употреблении не допускаются»).
"""

from catalog.remembering import once_a_word
from matcher.reading.intents import is_supply, is_works
from matcher.reading.recognising import Words
from matcher.records import Bar

_USED = frozenset(
    ["бу", "лом", "лома", "ломом", "secondhand", "refurbished", "scrap", "ескі", "эски", "eski"]
)
_USED_BEGINNINGS = (
    "лежал",
    "неликвид",
    "металлолом",
    "metallolom",
    "подержанн",
    "восстановленн",
    "қолданылған",
    "пайдаланылған",
    "ишлатилган",
    "ishlatilgan",
    "foydalanilgan",
)
_FORMER = "бывш"
_STORED = "хранения"
_NEW = ("нов", "жаңа", "yangi", "янги", "new", "неиспольз")
_NOT_NEW = ("новост", "новат", "новос", "newton")
_DENIED_BEFORE = frozenset(["не", "ни", "без", "кроме", "not", "no", "non", "never", "исключая"])
_DENIED_BEHIND = frozenset(["емес", "emas", "эмас", "нельзя", "не"])
_BEFORE, _BEHIND = 5, 4
_PURPOSES_OF_USE = frozenset(["for", "in", "to", "as", "by", "with", "on", "at"])
_SALES = frozenset(
    [
        "продажа",
        "продаже",
        "продажу",
        "продажи",
        "продажей",
        "распродажа",
        "сату",
        "сатуға",
        "сатылады",
        "сатылым",
        "сатылымы",
        "sotish",
        "sotuv",
        "sotiladi",
        "сотиш",
        "сотув",
        "sale",
        "selling",
    ]
)
_REALISED = frozenset(["реализация", "реализации", "реализацию"])
_NO_GOODS = ("проект", "программ", "мероприят", "план", "инвест", "госуд", "стратег", "прав")
_BUYING = frozenset(
    ["купли", "купля", "отдел", "отдела", "пункт", "точка", "point", "after", "post"]
)
_LET = (("сдач", "аренд"), ("передач", "аренд"), ("жалға", "беру"), ("ijaraga", "berish"))
_LET_WITHIN = 2
_TELLING = _USED | _SALES | _REALISED | {"used", "second", _STORED}
_TELLING_BEGINNINGS = (_FORMER, *_USED_BEGINNINGS, *(first for first, _ in _LET))


@once_a_word
def _tells(word: str) -> bool:
    """Whether a word can begin to say that goods are used, sold or let."""
    return word in _TELLING or word.startswith(_TELLING_BEGINNINGS)


def barred(text: Words) -> Bar | None:
    """Return why a title or a line buys nothing new, None where it may."""
    if not any(map(_tells, text.words)):
        return None
    if _is_sale(text):
        return "sale"
    return "used" if not is_works(text) and _is_used(text) else None


def _is_used(text: Words) -> bool:
    """Whether used goods are asked for: named so, undenied, and new ones not named beside."""
    words = text.words
    if any(word.startswith(_NEW) and not word.startswith(_NOT_NEW) for word in words):
        return False
    return any(
        _names_used(words, place) and not _denied(words, place)
        for place in range(len(words))
        if place not in text.purpose or words[place] == "бу"
    )


def _names_used(words: list[str], place: int) -> bool:
    word = words[place]
    before, behind = words[max(0, place - 1) : place], words[place + 1 : place + 3]
    if word == "used":
        return not behind or behind[0] not in _PURPOSES_OF_USE
    if word == "second":
        return behind[:1] == ["hand"]
    if word.startswith(_FORMER):
        return (
            behind[:1] in (["в"], ["у"])
            and len(behind) > 1
            and (behind[1].startswith(("употр", "эксплуат", "использ", "работ")))
        )
    if word == _STORED:
        return before in (["с"], ["со"], ["из"])
    return word in _USED or word.startswith(_USED_BEGINNINGS)


def _denied(words: list[str], place: int) -> bool:
    """Whether a «не» stands before or an «емес» behind: «не бывшая в употреблении»."""
    before, behind = words[max(0, place - _BEFORE) : place], words[place + 1 : place + 1 + _BEHIND]
    return not _DENIED_BEFORE.isdisjoint(before) or any(
        word in _DENIED_BEHIND or word.startswith(("недопус", "исключ", "запрещ"))
        for word in behind
    )


def _is_sale(text: Words) -> bool:
    """Whether the goods are sold or let by the buyer: «аукцион по продаже труб»."""
    words = text.words
    for place, word in enumerate(words):
        before, behind = words[max(0, place - 1) : place], words[place + 1 : place + 2]
        sold = word in _SALES and not (before and before[0] in _BUYING)
        realised = (
            word in _REALISED
            and not is_works(text)
            and not (behind and behind[0].startswith(_NO_GOODS))
        )
        offered = place not in text.purpose or (word == "sale" and before == ["for"])
        if (sold or realised) and offered and not is_supply(text, before=place):
            return True
    return any(
        word.startswith(first)
        and any(each.startswith(second) for each in words[place + 1 :][:_LET_WITHIN])
        for place, word in enumerate(words)
        for first, second in _LET
    )
