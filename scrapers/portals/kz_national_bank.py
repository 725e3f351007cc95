"""Domain
    Purchases of the National Bank of Kazakhstan and its organisations,
    https://zakup.nationalbank.kz. Listing of lots -> page of a lot.

Caveats
    - The listing shows lots and does not name their announcements, so each lot is a notice of its
      own with the id `lot-DATAKEY` (228344 and announcement 102968 are different number spaces);
      the announcement's number becomes the notice's `number` once the lot's page was read.
    - Sums of the listing are «без НДС» by its header; the lot's page repeats the sum without
      saying so: met by address only, its VAT is unknown.
    - Dates are on the lot's page only. Documents are those of the announcement; drafts of
      contracts and specifications are filed under one category.
    - «г.Астана, В соответствии с условиями Договора» is all a place may say: no KATO code.

Terms
    robots.txt and terms of use: not seen.

API documentation
    None. Settings under [portals.kz_national_bank.query]: `words` (list: one query each, sent as
    filter[search]), `type` (list of G goods, R works, S services), `status` (the search form's
    code: 5 published, 7 cancelled, 9 held, 10 failed, 20 given up, 25 suspended; "" for all).
"""

import re
from dataclasses import replace
from urllib.parse import urlencode

from scrapers.parsing.html import Page, changed, one, read_page, reading, words
from scrapers.parsing.numbers import money
from scrapers.parsing.tables import Row
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import yii_publics as yii
from scrapers.records import Buyer, Depth, Item, Lot, Notice, Phase, Text, Vat

NAME = "kz_national_bank"
SITE = yii.Site(NAME, "https://zakup.nationalbank.kz", "Asia/Almaty")
_COLUMNS = {
    "number": ("Номер",),
    "title": ("Наименование",),
    "description": ("Характеристика",),
    "value": ("Общая сумма",),
    "buyer": ("Заказчик",),
    "status": ("Статус",),
}


def first(query: Query) -> tuple[Request, ...]:
    """One listing per word of the settings, one in all without any."""
    settings = query.settings
    filters = [("filter[submit]", "")]
    if status := settings.get("status", "5"):
        filters.append(("filter[lot_status]", str(status)))
    filters += [("filter[type][]", kind) for kind in _listed(settings.get("type"))]
    sought = [("filter[search]", word) for word in _listed(settings.get("words"))]
    return tuple(
        Request(f"{SITE.home}/ru/publics/lots?{urlencode([*filters, *own])}")
        for own in ([[pair] for pair in sought] or [[]])
    )


def _listed(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of lots."""
    page = read_page(answer, NAME)
    box = one(page, "//div[@id='w0' and contains(@class,'grid-view')]")
    found = yii.read_grid(page, box, _COLUMNS)
    vat = yii.vat_of(yii.header_of(box, "Общая сумма"))
    notices = tuple(_notice(page, row, vat) for row in found.rows)
    if notices and not any(yii.phase_of(notice.status or "") for notice in notices):
        raise changed(page, f"unknown status {notices[0].status!r}", "td: Статус")
    return Listing(notices, found.next, found.total)


def _notice(page: Page, row: Row, vat: Vat) -> Notice:
    ident = yii.key(page, row)
    link = one(page, ".//a[contains(@href,'/publics/lot/')]", row.cells["title"])
    title, status = words(link), row.text("status")
    if yii.path_number(link.get("href", ""), "lot") != ident or not yii.plain(link):
        raise changed(page, "a link that is not the row's", "td a[href*='/lot/']")
    if yii.first_lines(row.cells["title"]) or not status:
        raise changed(page, "a code outside its label, or no status", "td: Наименование, Статус")
    with reading(page, "td: Общая сумма"):
        value = money(row.text("value"), vat)
    codes = yii.enstru(page, yii.label_text(row.cells["title"]), title)
    item = Item("1", title, row.text("description"), value=value, codes=codes)
    return Notice(
        portal=NAME,
        id=f"lot-{ident}",
        url=_address(ident),
        title=title,
        phase=yii.phase_of(status) or Phase.OPEN,
        language="ru",
        status=status or None,
        buyer=yii.named(page, row, "buyer"),
        country="KZ",
        value=value,
        lots=(
            Lot(
                ident, title, row.text("number") or None, status=status, value=value, items=(item,)
            ),
        ),
        lots_stated=1,
        depth=Depth.LISTING,
    )


def _address(ident: str) -> str:
    return f"{SITE.home}/ru/publics/lot/{ident}"


def details(notice: Notice) -> tuple[Request, ...]:
    """The lot's page of an open lot."""
    if notice.depth is Depth.DETAIL or notice.phase is not Phase.OPEN:
        return ()
    ident = notice.id.removeprefix("lot-")
    return (Request(_address(ident), kind="lot", ref=ident),)


_BUY = "//h3[contains(., 'Информация об объявлении')]"
_BUY_TABLE = f"{_BUY}/following-sibling::table[contains(@class,'detail-view')][1]"
_ENDS = ("Дата и время начала приема заявок", "Дата и время вскрытия и завершения приема заявок")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Deepen by the page of the lot, which repeats its announcement."""
    page = read_page(answer, NAME)
    ident = yii.path_number(answer.url, "lot")
    if ident != answer.request.ref or (notice is not None and notice.id != f"lot-{ident}"):
        raise changed(page, f"lot {ident!r}, not {answer.request.ref}", "url")
    link = one(page, f"{_BUY}/a[contains(@href,'/publics/buy/')]")
    rows = yii.details_of(page, _BUY_TABLE)
    title = words(rows.get("Наименование объявления на русском языке"))
    status = words(rows.get("Статус"))
    if not title or not status:
        raise changed(page, "no title or status of the announcement", "table.detail-view th")
    start, end = (yii.first_lines(rows[name]) if name in rows else "" for name in _ENDS)
    period = yii.period_of(page, start, end, SITE.zone)
    organiser = words(rows.get("Организатор"))
    kazakh = words(rows.get("Наименование объявления на государственном языке"))
    lot, customer = _lot(page, notice, ident)
    known = notice.buyer if notice else None
    return Notice(
        portal=NAME,
        id=f"lot-{ident}",
        url=_address(ident),
        title=title,
        phase=yii.open_until(yii.phase_of(status), period, answer),
        number=words(link) or None,
        language="ru",
        status=status,
        method=words(rows.get("Способ закупки")) or None,
        buyer=known or customer,
        procuring_entity=Buyer(organiser, country="KZ") if organiser else None,
        country="KZ",
        value=lot.value,
        period=period,
        lots=(lot,),
        lots_stated=1,
        documents=yii.documents_of(page, SITE.zone),
        translations=(Text("kk", kazakh),) if kazakh else (),
    )


def _lot(page: Page, notice: Notice | None, ident: str) -> tuple[Lot, Buyer | None]:
    """The lot of the page, with the VAT flag and status its listing gave."""
    held = notice.lots[0] if notice and notice.lots else None
    vat = held.value.vat if held and held.value else Vat.UNKNOWN
    item = yii.lot_item(page, "1", vat)
    heading = words(one(page, "//h3[starts-with(normalize-space(.), 'Лот')]"))
    rows = yii.details_of(page, "(//table[contains(@class,'detail-view')])[1]")
    name = words(rows.get("Заказчик"))
    kazakh = [
        words(rows.get(f"{what} закупаемых товаров, работ, услуг на государственном языке"))
        for what in ("Наименование", "Характеристика")
    ]
    lot = Lot(
        id=ident,
        title=item.title,
        number=heading.removeprefix("Лот").strip() or None,
        status=held.status if held else None,
        value=item.value,
        items=(replace(item, translations=tuple(Text("kk", text) for text in kazakh if text)),),
    )
    return lot, Buyer(name, country="KZ") if name else None


def entry(text: str) -> Request | None:
    """A lot's address, or its data-key."""
    text = text.strip()
    match = re.match(r"https?://zakup\.nationalbank\.kz/\w\w/publics/lot/(\d+)", text)
    ident = match[1] if match else text if re.fullmatch(r"\d{1,7}", text) else None
    return Request(_address(ident), kind="lot", ref=ident) if ident else None


PORTAL = Portal(
    name=NAME,
    title="Закупки Национального Банка РК",
    country="KZ",
    home=SITE.home,
    hosts=frozenset({"zakup.nationalbank.kz"}),
    zone=SITE.zone,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
)
