"""Lists of the EIS: cards of a search page, and the RSS feed of the same search.

Both show days only; they are Moscow's until the notice itself was read.
"""

import html
import re
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from lxml import html as lxml_html
from lxml.etree import _Element

from scrapers.ocds.values import moment
from scrapers.parsing.html import Page, changed, find, one, read_page, reading, words
from scrapers.parsing.numbers import number
from scrapers.portal import Answer
from scrapers.portals import ru_eis_tree as eis
from scrapers.portals.ru_eis_tree import NAME, ZONE
from scrapers.records import Buyer, Depth, Money, Notice, Period, Phase

_PHASES = (
    ("отмен", Phase.CANCELLED),
    ("завершен", Phase.CLOSED),
    ("работа комиссии", Phase.CLOSED),
    ("подача заявок", Phase.OPEN),
)
_CARD = "//div[contains(concat(' ',@class,' '),' search-registry-entry-block ')]"
_TOTAL = re.compile(r"(более )?(\d[\d\s]{0,20}) запис")
_DAY = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_NUMBER = re.compile(r"\d{11}|\d{19}")
_LABEL = re.compile(r"([^:]{3,60}): ?(.*)", re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PRICE = re.compile(r"(\d{1,15}(?:\.\d{1,2})?) Валюта: (.{1,60})")


def phase_of(status: str) -> Phase | None:
    """Our reading of a stage («Работа комиссии»), None for one never met."""
    lowered = status.casefold()
    return next((phase for stem, phase in _PHASES if stem in lowered), None)


def reg_number(address: str) -> str:
    """The regNumber of a notice's address: 19 digits by 44-FZ, 11 by 223-FZ; "" without one."""
    try:
        found = parse_qs(urlsplit(address).query).get("regNumber", [""])[0]
    except ValueError:  # «http://[x» is no address
        return ""
    return found if _NUMBER.fullmatch(found) else ""


def day(text: str, *, end: bool = False) -> datetime | None:
    """«05.08.2026» as its first moment in Moscow, or its last second when it ends something."""
    match = _DAY.fullmatch(text)
    return moment(f"{match[3]}-{match[2]}-{match[1]}", ZONE, end=end) if match else None


def _notice(  # the fields both lists show
    ident: str,
    url: str,
    title: str,
    law_and_method: str,
    status: str,
    phase: Phase,
    parties: tuple[str, str],
    value: Money | None,
    days: tuple[str, str, str],
    answer: Answer,
) -> Notice:
    published, amended, end = day(days[0]), day(days[1]), day(days[2], end=True)
    over = end is not None and end <= answer.received_at
    buyer, entity = (Buyer(name, country="RU") if name else None for name in parties)
    return Notice(
        portal=NAME,
        id=ident,
        url=url,
        title=title or law_and_method,
        phase=Phase.CLOSED if phase is Phase.OPEN and over else phase,
        number=ident,
        language="ru",
        status=status or None,
        method=law_and_method or None,
        buyer=buyer,
        procuring_entity=entity,
        country="RU",
        value=value,
        published_at=published,
        amended_at=amended if amended != published else None,
        period=Period(None, end, ZONE) if end else None,
        depth=Depth.LISTING,
    )


def read_cards(answer: Answer) -> tuple[tuple[Notice, ...], int, bool]:
    """The notices of a search page, the stated count of records and whether it is «более …»."""
    page = read_page(answer, NAME)
    stated = _TOTAL.search(words(one(page, "//div[@class='search-results__total']")))
    if stated is None:
        raise changed(page, "no count of records", ".search-results__total")
    total = int(re.sub(r"\s", "", stated[2]))
    notices = tuple(_card(page, card, answer) for card in find(page.root, _CARD))
    if total and not notices:
        raise changed(page, f"{total} records and no card", ".search-registry-entry-block")
    return notices, total, bool(stated[1])


def _card(page: Page, card: lxml_html.HtmlElement, answer: Answer) -> Notice:
    link = one(page, f".//div[{_has('registry-entry__header-mid__number')}]//a", card)
    ident = reg_number(link.get("href", ""))
    if not ident or words(link) != f"№ {ident}":
        raise changed(page, f"a link that is not of {words(link)!r}", "header-mid__number a")
    status = words(one(page, f".//div[{_has('registry-entry__header-mid__title')}]", card))
    phase = phase_of(status)
    if phase is None:
        raise changed(page, f"unknown stage {status!r}", "registry-entry__header-mid__title")
    heading = words(one(page, f".//div[{_has('registry-entry__header-top__title')}]", card))
    labels = _labels(page, card)
    parties = labels.get("Заказчик", ""), labels.get("Организация, осуществляющая размещение", "")
    days = ("Размещено", "Обновлено", "Окончание подачи заявок")
    with reading(page, "price-block__value"):
        value = _roubles(labels.get("Начальная цена", ""))
    return _notice(
        ident,
        link.get("href", ""),
        labels.get("Объект закупки", ""),
        re.sub(r"^\d+-ФЗ ", "", heading),
        status,
        phase,
        parties,
        value,
        (labels.get(days[0], ""), labels.get(days[1], ""), labels.get(days[2], "")),
        answer,
    )


def _has(name: str) -> str:
    return f"contains(concat(' ',@class,' '),' {name} ')"


def _labels(page: Page, card: lxml_html.HtmlElement) -> dict[str, str]:
    """Values by the title before them. A title or a value alone is a changed layout: a value that
    lost its title must not become "not stated"."""
    found: dict[str, str] = {}
    for block in ("registry-entry__body", "price-block", "data-block"):
        titles = _parts(card, block, "title")
        values = _parts(card, block, "value") + _parts(card, block, "href")
        if len(titles) != len(values):
            raise changed(page, f"{len(titles)} titles, {len(values)} values", f"{block} title")
        for title in titles:
            value = title.getnext()
            if value not in values:
                raise changed(page, f"no value of {words(title)!r}", f"{block} title + value")
            found.setdefault(words(title), words(value))
    return found


def _parts(card: lxml_html.HtmlElement, block: str, part: str) -> list[lxml_html.HtmlElement]:
    return find(card, f".//div[{_has(f'{block}-{part}')} or {_has(f'{block}__{part}')}]")


def _roubles(text: str) -> Money | None:
    """«262 512,00 ₽». Raises ValueError for another currency."""
    if not text:
        return None
    if not text.endswith("₽"):
        raise ValueError(f"not a sum in roubles: {text[:60]!r}")
    amount = number(text.removesuffix("₽").strip())
    return None if amount is None else Money.of(amount, "RUB")


def read_feed(root: _Element, answer: Answer) -> tuple[Notice, ...]:
    """The items of an RSS feed. There is no guid: the number in the link is the key."""
    link = root.findtext("channel/link", "")
    if "/epz/order/extendedsearch/" not in link:
        raise eis.changed(answer, "not a feed of the search", "channel/link")
    found: dict[str, Notice] = {}
    for item in root.iterfind("channel/item"):
        notice = _feed_item(item, answer)
        found.setdefault(notice.id, notice)
    return tuple(found.values())


def _feed_item(item: _Element, answer: Answer) -> Notice:
    address = item.findtext("link", "").strip()
    ident, heading = reg_number(address), " ".join(item.findtext("title", "").split())
    labels = _feed_labels(item.findtext("description", ""))
    status = labels.get("Этап размещения", "")
    phase = phase_of(status)
    if not ident or not heading.endswith(f"№{ident}") or phase is None:
        raise eis.changed(answer, f"no number or known stage in {heading!r}", "item/link, title")
    title = labels.get("Наименование объекта закупки", "")
    price = _PRICE.fullmatch(labels.get("Начальная цена контракта", ""))
    rouble = price is not None and price[2].casefold() == "российский рубль"
    value = Money.of(Decimal(price[1]), "RUB") if price and rouble else None
    return _notice(
        ident,
        address,
        "" if title == "null" else title,
        heading.removesuffix(f"№{ident}").strip(),
        status,
        phase,
        (labels.get("Наименование Заказчика", ""), ""),
        value,
        (labels.get("Размещено", ""), labels.get("Обновлено", ""), ""),
        answer,
    )


def _feed_labels(description: str) -> dict[str, str]:
    """Labels of a description: HTML inside XML, lines parted by <br>, tags not always closed."""
    found: dict[str, str] = {}
    for line in _BREAK.split(description[:100_000]):
        plain = " ".join(html.unescape(_TAG.sub("", line)).split())
        if match := _LABEL.fullmatch(plain):
            found.setdefault(match[1], match[2].strip())
    return found
