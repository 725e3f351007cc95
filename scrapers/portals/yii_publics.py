"""The engine under eep.mitwork.kz and zakup.nationalbank.kz (Yii2, `/ru/publics/…`).

Grids are `tr[data-key]` under a summary line that counts them, details `table.detail-view`.
A record's identity is its data-key; the number people read may differ (186288-6 for 192072).
Portal modules give a `Site` and read rows and labels with what is here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from lxml import html

from scrapers.errors import ImplausibleListing
from scrapers.parsing.dates import local_time
from scrapers.parsing.html import Page, address, changed, find, one, reading, words
from scrapers.parsing.numbers import money, number, whole
from scrapers.parsing.tables import Row, grid, labels
from scrapers.portal import Answer, Request
from scrapers.records import Buyer, Code, Document, Item, Money, Period, Phase, Place, Unit, Vat

_SUMMARY = re.compile(r"Показан[аы] запис[ьи] (\d[\d ]*)-(\d[\d ]*) из (\d[\d ]*)\.?")
_ALL = re.compile(r"Всего (\d[\d ]*) запис(?:ь|и|ей)\.?")
_NOTHING = "ничего не найдено"
_ENSTRU = re.compile(r"\d{6}\.\d{3}\.\d{6}")

# Met on saved pages: Опубликовано, Опубликован, Завершено; in the search form of National Bank:
# Отменен, Итоги. Закупка состоялась, Итоги. Закупка не состоялась, Отказ от закупки,
# Приостановлено. The first stem found decides. A word not listed keeps its notice: `open_until`.
_PHASES = {
    "опубликован": Phase.OPEN,
    "прием заявок": Phase.OPEN,
    "рассмотрение": Phase.CLOSED,
    "вскрыт": Phase.CLOSED,
    "завершен": Phase.CLOSED,
    "не состоял": Phase.CLOSED,
    "приостановлен": Phase.CLOSED,
    "состоял": Phase.AWARDED,
    "отмен": Phase.CANCELLED,
    "отказ": Phase.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Site:
    """A portal on this engine."""

    name: str
    home: str
    zone: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of a grid with the portal's own count of the whole result and the next page."""

    rows: list[Row]
    total: int
    next: Request | None


def read_grid(
    page: Page,
    box: html.HtmlElement,
    columns: Mapping[str, tuple[str, ...]],
    optional: frozenset[str] = frozenset(),
) -> Grid:
    """Read a `div.grid-view`. Its summary must count exactly the rows that are there.

    Raises `LayoutChanged` without summary, pager or a known column, `ImplausibleListing` when the
    counts differ or a key stands twice.
    """
    if any(_NOTHING in words(e).casefold() for e in find(box, ".//div[@class='empty']")):
        return Grid([], 0, None)
    rows = grid(page, one(page, "./table", box), columns, optional)
    summary = words(one(page, "./div[@class='summary']", box))
    if match := _SUMMARY.fullmatch(summary):
        start, end, total = (whole(part) for part in match.groups())
    elif match := _ALL.fullmatch(summary):
        start, end, total = 1, whole(match[1]), whole(match[1])
    else:
        raise changed(page, f"unknown summary {summary[:60]!r}", "div.summary")
    if len(rows) != end - start + 1 or len({key(page, row) for row in rows}) != len(rows):
        raise ImplausibleListing(f"{len(rows)} rows, «{summary}»", portal=page.portal, url=page.url)
    return Grid(rows, total, _next(page, box) if end < total else None)


def _next(page: Page, box: html.HtmlElement) -> Request:
    link = one(page, ".//ul[@class='pagination']/li[@class='next']/a", box)
    return Request(address(page, link))


def key(page: Page, row: Row) -> str:
    """The data-key of a row."""
    value = str(row.element.get("data-key", ""))
    if not re.fullmatch(r"\d{1,12}", value):
        raise changed(page, f"data-key {value!r}", "tr[data-key]")
    return value


def first_lines(cell: html.HtmlElement) -> str:
    """A cell's own text without the labels and tooltips inside it."""
    return " ".join("".join(str(part) for part in cell.xpath("./text()")).split())


def plain(link: html.HtmlElement) -> bool:
    """Whether a link is text alone: one that was not closed takes in what follows it."""
    return len(link) == 0 and bool(words(link))


def named(page: Page, row: Row, name: str) -> Buyer | None:
    """An organisation shown as its BIN with the name in the link's title; None for an empty cell.

    Raises `LayoutChanged` for any other content: a BIN without its name is not half a buyer.
    """
    if not row.text(name) and not find(row.cells[name], ".//a"):
        return None
    link = one(page, "./a[@title]", row.cells[name])
    title, ident = " ".join(link.get("title", "").split()), words(link)
    if not title or ident != row.text(name) or not re.fullmatch(r"(?:\d{12})?", ident):
        raise changed(page, f"no name or BIN of the organisation {ident!r}", "td a[title]")
    return Buyer(title, Code("KZ-BIN", ident) if ident else None, "KZ")


def enstru(page: Page, text: str, name: str | None = None) -> tuple[Code, ...]:
    """The ENS TRU code that is the whole text; () for an empty one."""
    if text and not _ENSTRU.fullmatch(text):
        raise changed(page, f"not an ENS TRU code: {text[:40]!r}", "span.label-default")
    return (Code("KZ-ENSTRU", text, name),) if text else ()


def label_text(cell: html.HtmlElement) -> str:
    """The grey label of a cell: a code, or «Лотов: 3»."""
    return " ".join(words(span) for span in find(cell, "./span[contains(@class,'label-default')]"))


def vat_of(header: str) -> Vat:
    """What a header says: «Общая сумма, без НДС»."""
    header = header.casefold()
    if "без ндс" in header or "без учета ндс" in header:
        return Vat.EXCLUDED
    return Vat.INCLUDED if "с ндс" in header else Vat.UNKNOWN


def header_of(box: html.HtmlElement, beginning: str) -> str:
    """The whole text of the header that begins so, "" if there is none."""
    heads = [words(th) for th in find(box, "./table/thead/tr[1]/th")]
    return next((head for head in heads if head.startswith(beginning)), "")


def details_of(
    page: Page, path: str = "//table[contains(@class,'detail-view')]"
) -> dict[str, html.HtmlElement]:
    """Value cells of the detail tables at `path` by label."""
    tables = find(page.root, path)
    if not tables:
        raise changed(page, "no detail table", path)
    return labels(page, tables)


def phase_of(status: str) -> Phase | None:
    """The phase of a status; None for a word we have not met."""
    folded = status.casefold().replace("ё", "е")
    return next((phase for stem, phase in _PHASES.items() if stem in folded), None)


def open_until(phase: Phase | None, period: Period | None, answer: Answer) -> Phase:
    """A status read with its deadline: «Опубликовано» stays after the end of bids. A word we have
    not met counts as open until the deadline, so that its notice is seen, not lost."""
    end = period.end if period else None
    if phase in {None, Phase.OPEN}:
        return Phase.CLOSED if end is not None and end <= answer.received_at else Phase.OPEN
    return phase or Phase.OPEN


def period_of(page: Page, start: str, end: str, zone: str) -> Period:
    with reading(page, "Дата начала, окончания приема заявок"):
        return Period(local_time(start, zone), local_time(end, zone), zone)


def documents_of(page: Page, zone: str) -> tuple[Document, ...]:
    """The documents grid under its heading, if the page has one."""
    boxes = find(
        page.root,
        "//h3[a[@name='documents']]/following-sibling::div[contains(@class,'grid-view')][1]",
    )
    columns = {
        "kind": ("Категория документа",),
        "title": ("Наименование документа",),
        "at": ("Дата загрузки",),
    }
    rows = read_grid(page, boxes[0], columns).rows if boxes else []
    documents = []
    for row in rows:
        link = one(page, ".//a[contains(@href,'/files/download/')]", row.element)
        kind = row.text("kind")
        with reading(page, "td: Дата загрузки"):
            at = local_time(row.text("at"), zone)
        url = address(page, link)
        if urlsplit(url).hostname != urlsplit(page.url).hostname:
            raise changed(page, "a document of another site", "a[href*='/files/download/']")
        documents.append(Document(row.text("title"), url, _kind(kind, row.text("title")), None, at))
    return tuple(documents)


# «ТС _Сатпаева.docx», «Техспецификация.pdf»: buyers file specifications under any category, so the
# title is asked first.
_SPECIFICATION = re.compile(r"(?:^|[\s_])тс(?=[\s_.]|$)|техн\w*[\s_]*спец|спецификац|techspec")


def _kind(category: str, title: str) -> str | None:
    if any(_SPECIFICATION.search(text[:200].casefold()) for text in (title, category)):
        return "technicalSpecifications"
    return "contractDraft" if "договор" in category.casefold() else None


_COST = re.compile(r"(?P<left>.+?) [xх] (?P<right>.+?) = (?P<sum>.+)")
_COUNTED = re.compile(r"([\d .,]*\d) (\D.{0,60})")


def cost_of(text: str, vat: Vat) -> tuple[Decimal | None, Unit | None, Money | None, Money | None]:
    """Quantity, unit, unit price and sum of a plan line.

    «1.000 Работа x 7964231.03 тг. = 7964231.03 тг.» (National Bank) or, the other way round,
    «1 234,00 KZT x 5 шт = 6 170,00 KZT» (Mitwork). Raises ValueError.
    """
    # A longer text is no cost, and would make the pattern below slow.
    match = _COST.fullmatch(text) if len(text) <= 300 else None
    if match is None:
        raise ValueError(f"not «quantity x price = sum»: {text[:80]!r}")
    left, right = match["left"], match["right"]
    counted, price = (right, left) if _is_sum(left) else (left, right)
    parts = _COUNTED.fullmatch(counted)
    if parts is None:
        raise ValueError(f"no unit in {counted[:60]!r}")
    quantity, unit = number(parts[1]), Unit(parts[2].strip())
    return quantity, unit, money(price, vat), money(match["sum"], vat)


def _is_sum(text: str) -> bool:
    return bool(re.search(r"(?:KZT|тг\.?|тенге|₸)$", text.strip()))


# Labels of the lot page; Mitwork says «Код КТРУ/ЕНСТРУ», National Bank «Код ЕНСТРУ».
_NAME = ("Наименование закупаемых товаров, работ, услуг на русском языке", "Наименование")
_CODE = ("Код ЕНСТРУ", "Код КТРУ/ЕНСТРУ", "Код КТРУ")
_TRAIT = ("Характеристика закупаемых товаров, работ, услуг на русском языке",)
_SUM = ("Количество (объем), сумма выделенная на закупку",)


def lot_item(page: Page, ident: str, vat: Vat) -> Item:
    """The item of a lot page (`/ru/publics/lot/ID`) with its places of delivery."""
    rows = details_of(page, "(//table[contains(@class,'detail-view')])[1]")

    def text(names: tuple[str, ...]) -> str:
        return next((words(rows[name]) for name in names if name in rows), "")

    title = text(_NAME)
    if not title:
        raise changed(page, "no name of the lot", f"th: {_NAME[0]}")
    with reading(page, f"th: {_SUM[0]}"):
        quantity, unit, price, value = cost_of(text(_SUM), vat)
    return Item(
        id=ident,
        title=title,
        description=text(_TRAIT),
        quantity=quantity,
        unit=unit,
        unit_price=price,
        value=value,
        codes=enstru(page, text(_CODE), title),
        places=_places(page),
    )


def _places(page: Page) -> tuple[Place, ...]:
    boxes = find(
        page.root,
        "//h3[contains(., 'Место поставки')]"
        "/following-sibling::div[contains(@class,'grid-view')][1]",
    )
    columns = {"country": ("Страна",), "text": ("Место поставки",), "quantity": ("Количество",)}
    places = []
    for row in read_grid(page, boxes[0], columns).rows if boxes else []:
        country = "KZ" if row.text("country").casefold() == "казахстан" else None
        text = row.text("text") if country else f"{row.text('country')}, {row.text('text')}"
        with reading(page, "td: Количество"):
            places.append(Place(country, text, None, number(row.text("quantity"))))
    return tuple(places)


def path_number(url: str, word: str) -> str:
    """The number behind `/publics/WORD/` of an address, "" if it is not one."""
    try:
        path = urlsplit(url).path
    except ValueError:  # «http://[x» is no address
        return ""
    match = re.fullmatch(rf"/\w\w/publics/{word}/(\d{{1,12}})/?", path)
    return match[1] if match else ""
