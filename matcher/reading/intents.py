"""What is done with the thing: bought, built with, or only repaired, washed, rented, checked."""

from typing import Literal, NamedTuple

from catalog.words import stems
from matcher.reading.recognising import Words

_SUPPLY = frozenset(
    stems("поставка закупка приобретение покупка сатып алу жеткізу xarid yetkazib purchase supply")
) - {"алу"}
_BUILDING = frozenset(
    stems(
        """реконструкция строительство строительные прокладка замена монтаж установка устройство
        модернизация переустройство окраска покраска укладка остекление благоустройство
        нанесение құрылыс құрылысы
        реконструкции строительству прокладке замене замену заменой монтажу установке модернизации
        окраске укладке остеклению благоустройству утепление утеплению
        салу жаңарту ауыстыру орнату жүргізу qurilish qurish rekonstruksiya almashtirish
        construction reconstruction rehabilitation replacement laying installation extension
        капитальный капремонт күрделі смр"""
    )
)
_REPAIR = frozenset(stems("ремонт жөндеу ta'mirlash ta'miri repair"))
_WORKS = frozenset(stems("работы работ работам жұмыстары жұмыстарын жұмысы ishlari works"))
"""Name works whatever is done: «работы по остеклению», «ауыстыру жұмыстары»."""
_SERVICE = frozenset(
    stems(
        """поверка аренда мойка мытье чистка очистка прочистка обслуживание услуги услуга
        диагностика испытание демонтаж утилизация экспертиза обследование промывка дефектоскопия
        техобслуживание лизинг перевозка хранение
        надзор проектирование псд нарезка резка сварка калибровка разборка вывоз
        қызмет қызметі қызметтері жалға тазалау жуу тексеру xizmat xizmati xizmatlari ijara
        tozalash yuvish ijaraga rental rent cleaning washing maintenance inspection service services
        demolition transportation calibration"""
    )
) - {"қызмет көрсету"}
_PAPERWORK = frozenset(
    stems(
        """изыскания изыскание геодезические проектирование псд надзор экспертиза обследование
        инвентаризация подключение присоединение ізденістер жобалау design survey supervision"""
    )
)
"""Surveys, design and connection buy nothing even where the portal files them under works."""
_TELLING = _SUPPLY | _BUILDING | _REPAIR | _WORKS | _SERVICE | _PAPERWORK
_AND = frozenset({"и", "and", "және", "va"})
_START = 4
"""Stems from the beginning within which a verb of supply decides: the head of a title."""


class Intent(NamedTuple):
    """`works` build with goods of a family; `service` buys none of it; neither is supply.

    `repair` are works that mend a thing and need not replace it.
    """

    works: bool = False
    service: bool = False
    repair: bool = False


def intent_of(text: Words, category: Literal["goods", "works", "services"] | None) -> Intent:
    """Tell from a title's words and the portal's category what is done with the thing."""
    if _TELLING.isdisjoint(text.present):
        return Intent(works=category == "works", service=category == "services")
    supply = text.outside_purpose(_SUPPLY)
    service = text.outside_purpose(_SERVICE | _PAPERWORK)
    papers = text.outside_purpose(_PAPERWORK)
    repair = text.outside_purpose(_REPAIR)
    building = _building(text, beside=not repair)
    if category == "goods":
        return Intent(service=bool(service) and not supply and service[0] == 0)
    first = min([*service, *building, *repair], default=None)
    if supply and (first is None or supply[0] < first):
        return Intent()
    if category == "services" or _only_papers(text, papers, building):
        return Intent(service=True)
    mended = bool(repair) and (not building or repair[0] < building[0])
    if service and category is None and _beside_goods(text, service[0]):
        return Intent()
    if service and (not building or service[0] < building[0]) and category != "works":
        return Intent(service=True)
    if building or category == "works" or text.outside_purpose(_WORKS):
        return Intent(works=True, repair=mended)
    return Intent(works=bool(repair), repair=mended)


def is_works(text: Words) -> bool:
    """Whether a text names building or repair."""
    return bool(text.outside_purpose(_BUILDING | _REPAIR | _WORKS))


def is_supply(text: Words, *, before: int) -> bool:
    """Whether a word of purchase stands before a place."""
    return any(place < before for place in text.outside_purpose(_SUPPLY))


def _building(text: Words, *, beside: bool) -> list[int]:
    """Return the places of building words; «құрылыс арматурасы» is rebar, no building, and
    «окна с монтажом» are windows bought, where nothing is repaired (`beside`)."""
    return [
        place
        for place in text.outside_purpose(_BUILDING)
        if text.words[place] != "құрылыс"
        and not (beside and place and text.words[place - 1] in {"с", "со"})
    ]


def _only_papers(text: Words, papers: list[int], building: list[int]) -> bool:
    """Whether surveys or design come first; «проектирование и строительство» builds as well."""
    if not papers or papers[0] > min(building, default=papers[0]):
        return False
    joined = text.words[papers[0] + 1 : papers[0] + 2]
    return not (joined and joined[0] in _AND and papers[0] + 2 in building)


def _beside_goods(text: Words, service: int) -> bool:
    """Whether a service only follows sized goods: «Труба 820х10, резка и доставка»."""
    first = min(text.breaks, default=service + 1)
    return first <= service and any(word[0].isdigit() for word in text.words[:first])
