"""Domain
    EEP Mitwork, https://eep.mitwork.kz: purchases of the quasi-public sector of Kazakhstan.
    Listing of announcements -> announcement with its lots and documents -> page of a lot.

Caveats
    - Identity is the row's data-key (192072); the number shown may be that of a repeated
      announcement (186288-6).
    - Sums of the listing are «без НДС» by its header. The page of an announcement states no sum of
      its own; met by number, its value is the sum in its og:description, VAT unknown.
    - A marketing survey («Маркетинговое исследование») has no sum («не указана»).
    - Units and places are only on the page of the lot, one request a lot; its layout was not seen
      here but on National Bank's portal, the same engine: unverified.
    - The listing holds all announcements since 2015, newest first; 50 a page.
    - An announcement may say «Опубликовано» after its deadline: the deadline decides.

Terms
    robots.txt and terms of use: not seen. 403 from a web firewall has been reported; a refusal is
    `Blocked` and is not worked around.

API documentation
    None. Settings under [portals.kz_mitwork.query]: `words` (list: one query each, sent as
    filter[search]), `status` (the site's own: "active", "1" published, "3" finished).
"""

import re
from dataclasses import replace
from typing import Literal
from urllib.parse import urlencode

from lxml import html

from scrapers.parsing.html import Page, changed, find, one, read_page, reading, words
from scrapers.parsing.numbers import money, number
from scrapers.parsing.tables import Row
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import yii_publics as yii
from scrapers.records import Buyer, Depth, Item, Lot, Money, Notice, Phase, Text, Vat

NAME = "kz_mitwork"
SITE = yii.Site(NAME, "https://eep.mitwork.kz", "Asia/Almaty")
_COLUMNS = {
    "number": ("Номер",),
    "title": ("Наименование закупки",),
    "value": ("Сумма закупки",),
    "method": ("Способ закупки",),
    "start": ("Дата начала",),
    "end": ("Дата окончания",),
    "organiser": ("Организатор",),
    "status": ("Статус",),
}
_LOT_COLUMNS = {
    "number": ("Номер",),
    "title": ("Наименование",),
    "description": ("Описание",),
    "quantity": ("Количество",),
    "price": ("Цена за единицу",),
    "value": ("Общая сумма",),
}
_CATEGORIES: tuple[tuple[str, Literal["goods", "works", "services"]], ...] = (
    ("товар", "goods"),
    ("услуг", "services"),
    ("работ", "works"),
)
_SUM_IN_META = re.compile(r"Общая сумма закупки - (\d+\.\d\d) тенге")


def first(query: Query) -> tuple[Request, ...]:
    """One listing per word of the settings, one in all without any."""
    settings = query.settings
    sought = settings.get("words", [])
    status = [("filter[top_filter_status]", str(settings.get("status", "active")))]
    words_ = sought if isinstance(sought, list) else [str(sought)]
    queries = [[("filter[search]", word), *status] for word in words_] or [status]
    return tuple(
        Request(f"{SITE.home}/ru/publics/buys?{urlencode([('filter[submit]', ''), *pairs])}")
        for pairs in queries
    )


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of announcements."""
    page = read_page(answer, NAME)
    box = one(page, "//div[@id='w0' and contains(@class,'grid-view')]")
    found = yii.read_grid(page, box, _COLUMNS)
    vat = yii.vat_of(yii.header_of(box, "Сумма закупки"))
    notices = tuple(_notice(page, answer, row, vat) for row in found.rows)
    if notices and not any(yii.phase_of(notice.status or "") for notice in notices):
        raise changed(page, f"unknown status {notices[0].status!r}", "td: Статус")
    return Listing(notices, found.next, found.total)


def _notice(page: Page, answer: Answer, row: Row, vat: Vat) -> Notice:
    ident = yii.key(page, row)
    link = one(page, ".//a[contains(@href,'/publics/buy/')]", row.cells["title"])
    if yii.path_number(link.get("href", ""), "buy") != ident or not yii.plain(link):
        raise changed(page, "a link that is not the row's", "td a[href*='/buy/']")
    number_shown = yii.first_lines(row.cells["number"])
    stated = re.fullmatch(r"Лотов: (\d{1,6})", yii.label_text(row.cells["number"]))
    if stated is None or not re.fullmatch(r"\d{1,12}(?:-\d{1,4})?", number_shown):
        raise changed(page, f"no number or count of lots in {number_shown!r}", "td: Номер")
    period = yii.period_of(page, row.text("start"), row.text("end"), SITE.zone)
    with reading(page, "td: Сумма закупки"):
        value = money(row.text("value"), vat)
    return Notice(
        portal=NAME,
        id=ident,
        url=_address(ident),
        title=words(link),
        phase=yii.open_until(yii.phase_of(row.text("status")), period, answer),
        number=number_shown,
        language="ru",
        status=row.text("status") or None,
        method=row.text("method") or None,
        procuring_entity=yii.named(page, row, "organiser"),
        country="KZ",
        value=value,
        period=period,
        lots_stated=int(stated[1]),
        depth=Depth.LISTING,
    )


def _address(ident: str) -> str:
    return f"{SITE.home}/ru/publics/buy/{ident}"


def details(notice: Notice) -> tuple[Request, ...]:
    """The announcement's page, then those of lots whose unit is not known yet."""
    if notice.depth is Depth.LISTING:
        page = Request(_address(notice.id), kind="buy", ref=notice.id)
        return (page,) if notice.phase is Phase.OPEN else ()
    return tuple(
        Request(f"{SITE.home}/ru/publics/lot/{lot.id}", kind="lot", ref=lot.id)
        for lot in notice.lots
        if not any(item.unit for item in lot.items)
    )


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Deepen by the page of the announcement or of a lot."""
    page = read_page(answer, NAME)
    if answer.request.kind == "lot":
        return _with_lot(notice, page, answer.request.ref)
    ident = yii.path_number(answer.url, "buy")
    if ident != answer.request.ref or (notice is not None and notice.id != ident):
        raise changed(page, f"announcement {ident!r}, not {answer.request.ref}", "url")
    return _deepened(notice, page, answer, ident)


def _deepened(notice: Notice | None, page: Page, answer: Answer, ident: str) -> Notice:
    rows = yii.details_of(page)
    title, status = words(rows.get("Наименование на русском языке")), words(rows.get("Статус"))
    heading = re.match(r"Объявление (\S+) ?:", words(one(page, "//h1[@class='page-title']")))
    if not title or not status or heading is None:
        raise changed(page, "no number, title or status", "h1.page-title, .detail-view th")
    period = yii.period_of(
        page, _moment(rows, "Дата начала приема заявок"), _moment(rows, _END), SITE.zone
    )
    kazakh = words(rows.get("Наименование на государственном языке"))
    name = words(rows.get("Организатор"))
    fresh = Notice(
        portal=NAME,
        id=ident,
        url=_address(ident),
        title=title,
        phase=yii.open_until(yii.phase_of(status), period, answer),
        number=heading[1],
        language="ru",
        status=status,
        method=words(rows.get("Способ закупки")) or None,
        category=_category(words(rows.get("Тип закупки"))),
        procuring_entity=Buyer(name, country="KZ") if name else None,
        country="KZ",
        value=_value_in_meta(page),
        period=period,
        lots=_lots(page),
        documents=yii.documents_of(page, SITE.zone),
        translations=(Text("kk", kazakh),) if kazakh else (),
    )
    if notice is None:
        return replace(fresh, lots_stated=len(fresh.lots))
    return replace(
        fresh,
        procuring_entity=notice.procuring_entity or fresh.procuring_entity,
        value=notice.value,
        lots_stated=notice.lots_stated,
    )


_END = "Дата окончания приема заявок"


def _moment(rows: dict[str, html.HtmlElement], name: str) -> str:
    return yii.first_lines(rows[name]) if name in rows else ""


def _category(text: str) -> Literal["goods", "works", "services"] | None:
    found = [name for stem, name in _CATEGORIES if stem in text.casefold()]
    return found[0] if len(found) == 1 else None


def _value_in_meta(page: Page) -> Money | None:
    metas = find(page.root, "//meta[@property='og:description']")
    match = _SUM_IN_META.search(metas[0].get("content", "")) if metas else None
    return money(match[1], Vat.UNKNOWN) if match else None


def _lots(page: Page) -> tuple[Lot, ...]:
    box = one(
        page,
        "//h3[contains(., 'Лоты в объявлении')]"
        "/following-sibling::div[contains(@class,'grid-view')][1]",
    )
    rows = yii.read_grid(page, box, _LOT_COLUMNS, frozenset({"description", "price"})).rows
    price = yii.vat_of(yii.header_of(box, "Цена за единицу"))
    total = yii.vat_of(yii.header_of(box, "Общая сумма"))
    return tuple(_lot(page, row, price, total) for row in rows)


def _lot(page: Page, row: Row, price: Vat, total: Vat) -> Lot:
    ident, name = yii.key(page, row), words(one(page, "./a", row.cells["title"]))
    if not name or yii.first_lines(row.cells["title"]):
        raise changed(page, "a lot's name is not all in its link", "td: Наименование")
    with reading(page, "td: Количество, Цена, Сумма"):
        value = money(row.text("value"), total)
        item = Item(
            id="1",
            title=name,
            description=row.text("description"),
            quantity=number(row.text("quantity")),
            unit_price=money(row.text("price"), price),
            value=value,
            codes=yii.enstru(page, yii.label_text(row.cells["title"]), name),
        )
    return Lot(ident, name, row.text("number") or None, value=value, items=(item,))


def _with_lot(notice: Notice | None, page: Page, ident: str) -> Notice:
    """Add the unit and places of a lot's page; sums stay those of the announcement."""
    held = next((lot for lot in notice.lots if lot.id == ident), None) if notice else None
    if notice is None or held is None:
        raise changed(page, f"lot {ident} of no known announcement", "url")
    known = held.items[0]
    read = yii.lot_item(page, known.id, Vat.UNKNOWN)
    if known.quantity is not None and read.quantity != known.quantity:
        raise changed(page, f"quantity {read.quantity}, not {known.quantity}", "th: Количество")
    item = replace(known, unit=read.unit, places=read.places)
    lots = tuple(replace(lot, items=(item,)) if lot is held else lot for lot in notice.lots)
    return replace(notice, lots=lots)


def entry(text: str) -> Request | None:
    """An announcement's address, or its data-key."""
    text = text.strip()
    match = re.match(r"https?://eep\.mitwork\.kz/\w\w/publics/buy/(\d+)", text)
    ident = match[1] if match else text if re.fullmatch(r"\d{1,7}", text) else None
    return Request(_address(ident), kind="buy", ref=ident) if ident else None


PORTAL = Portal(
    name=NAME,
    title="Евразийский электронный портал (ЕЭП Mitwork)",
    country="KZ",
    home=SITE.home,
    hosts=frozenset({"eep.mitwork.kz"}),
    zone=SITE.zone,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
)
