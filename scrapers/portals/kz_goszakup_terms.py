"""Words and codes of goszakup.gov.kz, shared by its two readers (pages and OWS API).

Source of the 25 lot statuses and their codes: the search form of the site, January 2026. Those of
announcements are the same words in the neuter («Опубликовано») and a few of their own.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Literal

from scrapers.records import ContractStatus, Lot, Phase, Related, Relation

SOURCE = "kz_goszakup"
"""`Notice.portal` of both readers, so that a notice read by both is one."""

ZONE = "Asia/Almaty"
HOME = "https://goszakup.gov.kz"

# A plant can still come in: OPEN. Additions to applications (230, 260), the auction among those
# admitted (280), reviews, appeals and suspensions are CLOSED to a newcomer. Failed for lack of
# bidders (370) is CLOSED, not CANCELLED: it is usually announced again under a new number.
_PHASES: dict[str, tuple[int | None, Phase]] = {
    "Изменена документация": (190, Phase.OPEN),
    "Опубликован": (210, Phase.OPEN),
    "Опубликован (прием заявок)": (220, Phase.OPEN),
    "Опубликован (дополнение заявок)": (230, Phase.CLOSED),
    "Опубликован (прием ценовых предложений)": (240, Phase.OPEN),
    "Рассмотрение заявок": (250, Phase.CLOSED),
    "Рассмотрение дополнений заявок": (260, Phase.CLOSED),
    "Заполнение условных скидок": (270, Phase.CLOSED),
    "Опубликовано (ожидание проведения аукциона)": (280, Phase.CLOSED),
    "Формирование протокола преддопуска": (310, Phase.CLOSED),
    "Формирование протокола допуска": (320, Phase.CLOSED),
    "Формирование протокола промежуточных итогов": (325, Phase.CLOSED),
    "Формирование протокола итогов": (330, Phase.CLOSED),
    "Закупка состоялась": (360, Phase.AWARDED),
    "Закупка не состоялась": (370, Phase.CLOSED),
    "Отказ от лота": (410, Phase.CANCELLED),
    "Приостановлен": (420, Phase.CLOSED),
    "Отменен": (430, Phase.CANCELLED),
    "На обжаловании": (440, Phase.CLOSED),
    "Ожидание камерального контроля": (444, Phase.CLOSED),
    "Ожидание проведения контроля качества": (445, Phase.CLOSED),
    "Пройдено контроль качества": (460, Phase.CLOSED),
    "Пересмотр итогов": (510, Phase.CLOSED),
    "Принятие решение об исполнении уведомления": (540, Phase.CLOSED),
    "Принятие решение о пересмотре итогов": (550, Phase.CLOSED),
    # announcements only
    "Завершено": (None, Phase.CLOSED),
    "Отказ от закупки": (None, Phase.CANCELLED),
}


def _folded(status: str) -> str:
    """One spelling for gender, case and ё: «Опубликовано (приём заявок)» is «опубликован (…)»."""
    folded = " ".join(status.casefold().replace("ё", "е").split())
    for stem in ("опубликован", "отменен", "приостановлен"):
        if folded.startswith(stem + "о"):
            return stem + folded[len(stem) + 1 :]
    return folded


_BY_WORD = {_folded(word): phase for word, (_, phase) in _PHASES.items()}
STATUS_WORDS = {code: word for word, (code, _) in _PHASES.items() if code is not None}

# МКЕИ, whose codes are those of the international list (OKEI). The API gives the code alone.
UNITS = {
    "006": "Метр",
    "008": "Километр",
    "018": "Погонный метр",
    "055": "Квадратный метр",
    "112": "Литр",
    "113": "Кубический метр",
    "166": "Килограмм",
    "168": "Тонна",
    "736": "Рулон",
    "778": "Упаковка",
    "796": "Штука",
    "839": "Комплект",
}

# 190 is signed, 200 executed: one client's reading of 2026. Others contradict each other on the
# rest, so a code we have not met says nothing.
CONTRACT_STATUS = {"190": ContractStatus.ACTIVE, "200": ContractStatus.TERMINATED}

Category = Literal["goods", "works", "services"]
# ref_subject_type: 1 goods, 2 works, 3 services.
SUBJECT_TYPES: dict[str, Category] = {"1": "goods", "2": "works", "3": "services"}

CATEGORIES: dict[str, Category] = {
    "товар": "goods",
    "услуга": "services",
    "работа": "works",
}


def plan_links(lot_number: str) -> tuple[Related, ...]:
    """The point of the plan a lot's number begins with (84701402-ЗЦП1). The number of a united lot
    (39332519-ОЛ-ОК3) is its own and names none."""
    match = re.fullmatch(r"(\d{1,15})-[^\W\d_]{1,20}\d{0,3}", lot_number)
    return (Related(Relation.PLAN, match[1]),) if match else ()


def known_phase(status: str) -> Phase | None:
    """The phase of a lot's or announcement's status, None for a word we have not met."""
    return _BY_WORD.get(_folded(status))


def phase_of(status: str, deadline: datetime | None, now: datetime) -> Phase:
    """The phase of a status, read with the deadline where there is one.

    Statuses go stale: "приём заявок" stays on for days after the end of bids, so an open notice
    past its deadline is CLOSED. A word we have not met is OPEN until the deadline says otherwise:
    the notice is kept and shown with the portal's own word, a lost lead cannot be.
    """
    phase = known_phase(status) or Phase.OPEN
    if phase is Phase.OPEN and deadline is not None and deadline <= now:
        return Phase.CLOSED
    return phase


def stated(quantity: Decimal | None) -> Decimal | None:
    """None for 0: purchases "by the special order" print 0 where no quantity is announced."""
    return quantity or None


def joint_phase(phases: list[Phase]) -> Phase:
    """The phase of a notice of which only lots were seen: open if any is, else what all share."""
    if not phases or Phase.OPEN in phases:
        return Phase.OPEN
    return phases[0] if len(set(phases)) == 1 else Phase.CLOSED


def joint_status(lots: tuple[Lot, ...]) -> str | None:
    """The status all lots share, or None."""
    words = {lot.status for lot in lots}
    return words.pop() if len(words) == 1 else None
