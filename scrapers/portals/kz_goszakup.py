"""Domain
    State purchases of Kazakhstan, https://goszakup.gov.kz, read from its public pages (no token).
    Lots search -> announcement (tab general) -> its lots tab -> one window per lot -> documents.

Caveats
    - At most 10 000 rows a query whatever its footer says ("из 10000"); a total of exactly 10 000
      means "10 000 or more". Such a query is read in slices by sum, at once on a first run, and
      after its 10 000 rows on a later one, which mostly ends before. Lots without a sum may be in
      none of the slices.
    - Column count differs between versions (6 or 7): columns are mapped by header text.
    - The rows of one announcement may spread over pages and queries. A notice at listing depth
      carries only the lots seen on that page and `lots_stated` is None. Merge rule for a store:
      join lots by id, a lot seen on another page is never removed by a page that lacks it; what a
      listing says (status, phase, quantity, sum) updates a lot read deeper, but its empty fields
      never erase anything; a notice at detail depth with `lots_stated` lots is the whole list.
    - `Lot.id` is the lot's number (84701402-ЗЦП1): the search page's data-lot-id, and the id a lot
      window wants, are different number spaces, and only the number stands on every page and in
      the API. `Item.id` is the id of the lot's window (the plan point) once the lots tab was read,
      "1" before.
    - A lot window does not name its announcement. Reached by a lot number whose announcement is
      unknown, it gives a notice with the id `lot:NUMBER`.
    - The VAT flag («Признаки: Без учета НДС») is on the announcement only: sums of a listing are
      `Vat.UNKNOWN`.
    - A quantity of 0 (purchases by the special order) means that none is announced: None.
    - Customer BIN is in the lot window only. The first lot's customer is the notice's buyer.
    - A status we have not met keeps the notice (open until its deadline); a page on which no
      status is known raises LayoutChanged.
    - Layouts of the lots tab, of the documents' windows and of the protocols tab are known from
      descriptions, not from saved pages: unverified. The protocol of results itself is verified; it
      is read of notices a listing shows awarded (status 360), and names the winner by a sentence.
      The filter of its day stands in the saved form; an answer to it was not seen.

Terms
    robots.txt asks Crawl-delay: 5 (noted by third parties in 2026); set `delay_seconds = 5`.
    Text of the terms of use: not seen. A captcha has been reported at times; it is not solved.

API documentation
    None for pages. Settings under [portals.kz_goszakup.query], each a filter of the search form:
    `words`, `enstru` (lists: one query each), `status`, `method`, `kato` (lists), `trade_type`
    (g, s, r), `amount_from`, `amount_to`, `customer` (BIN). `awarded_days`: read lots whose
    protocol of results is that young, too (0: none).
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from lxml import html

from scrapers.errors import ImplausibleListing
from scrapers.parsing.html import Page, changed, find, one, read_page, reading, words
from scrapers.parsing.numbers import money, number, whole
from scrapers.parsing.tables import Row, grid, message
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import kz_goszakup_slices as slices
from scrapers.portals import kz_goszakup_terms as terms
from scrapers.portals.kz_goszakup_pages import announce_request, deepen, requests_for
from scrapers.records import Buyer, Depth, Item, Lot, Notice, Phase, Vat

NAME = "kz_goszakup"
_PER_PAGE = 50
_COLUMNS = {
    "number": ("№ лота",),
    "notice": ("Наименование объявления", "Объявление"),
    "lot": ("Наименование и описание лота", "Наименование лота"),
    "quantity": ("Кол-во", "Количество"),
    "value": ("Сумма",),
    "method": ("Способ закупки",),
    "status": ("Статус",),
}
# The first "c" of the footer is a Latin letter on the real page.
_FOOTER = re.compile(r"Показано [cс] (\d[\d ]*) по (\d[\d ]*) из (\d[\d ]*) запис")
_LOT_NUMBER = re.compile(
    r"\d{1,10}(?:-[^\W\d_]{1,20}\d{0,3}){1,2}"
)  # 84701402-ЗЦП1, 39332519-ОЛ-ОК3
_NOTHING = "ничего не найдено"
_AWARDED = "360"


def first(query: Query) -> tuple[Request, ...]:
    """One listing per word or code of the settings, one in all without any; then the same for lots
    whose protocol of results is young."""
    settings = query.settings
    asked = [_status(_listed(settings.get("status", ["210", "220", "240"])))]
    if since := _awarded_since(query):
        asked.append([*_status([_AWARDED]), ("filter[itogi_date_from]", f"{since:%d.%m.%Y}")])
    filters = [
        (f"filter[{key}][]", str(value))
        for key in ("method", "kato")
        for value in _listed(settings.get(key, []))
    ]
    filters += [
        (f"filter[{key}]", str(settings[key]))
        for key in ("trade_type", "amount_from", "amount_to", "customer")
        if settings.get(key)
    ]
    sought = [("filter[name]", word) for word in _listed(settings.get("words", []))]
    sought += [("filter[enstru]", code) for code in _listed(settings.get("enstru", []))]
    each = [[pair] for pair in sought] or [[]]
    return tuple(_search([*own, *status, *filters]) for status in asked for own in each)


def _status(codes: list[str]) -> list[tuple[str, str]]:
    return [("filter[status][]", code) for code in codes]


def _awarded_since(query: Query) -> datetime | None:
    """Since which day's protocols to read: `awarded_days` back, and further after a pause."""
    days = query.settings.get("awarded_days", 0)
    if not isinstance(days, int) or days < 1:
        return None
    young = query.now - timedelta(days=min(days, 365))
    return min(young, query.since or young).astimezone(ZoneInfo(terms.ZONE))


def _listed(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def _search(filters: list[tuple[str, str]]) -> Request:
    query = urlencode([*filters, ("count_record", str(_PER_PAGE)), ("page", "1")])
    return Request(f"{terms.HOME}/ru/search/lots?{query}")


def listing(answer: Answer, query: Query) -> Listing:
    """Read a page of the lots search: its rows grouped by announcement."""
    page = read_page(answer, NAME)
    table = one(page, "//table[@id='search-result']")
    rows = grid(page, table, _COLUMNS, optional=frozenset({"method"}))
    footer = _FOOTER.search(" ".join(words(e) for e in find(page.root, _INFO)))
    if footer is None:
        if not rows and message(table).casefold().startswith(_NOTHING):
            return Listing((), None, 0)
        raise changed(page, "no «Показано с … по … из …» under the table", _INFO)
    start, end, total = (whole(part) for part in footer.groups())
    if len(rows) != (end - start + 1 if total else 0):
        raise ImplausibleListing(
            f"{len(rows)} rows where the footer says {footer[0]!r}", portal=NAME, url=page.url
        )
    request, capped = answer.request, total >= slices.CAP
    following = _next(answer) if end < total else None
    if capped and (query.since is None or following is None):
        following = slices.halved(request) or following
    sliced = request.ref and request.kind == "listing"
    if following is None and sliced:
        following = slices.next_slice(request)
    # Of a query read in slices the first total is the least there is.
    stated = None if sliced else total
    return Listing(_notices(page, rows), following, stated)


_INFO = "//*[contains(@class,'dataTables_info')]"


def _next(answer: Answer) -> Request:
    parts = urlsplit(answer.request.url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    current = next((int(v) for k, v in pairs if k == "page" and v.isdecimal()), 1)
    pairs = [pair for pair in pairs if pair[0] != "page"] + [("page", str(current + 1))]
    return Request(urlunsplit(parts._replace(query=urlencode(pairs))), ref=answer.request.ref)


def _notices(page: Page, rows: list[Row]) -> tuple[Notice, ...]:
    notices: dict[str, Notice] = {}
    for row in rows:
        notice = _notice(page, row)
        held = notices.get(notice.id)
        if held is None:
            notices[notice.id] = notice
            continue
        lot = notice.lots[0]
        same = next((other for other in held.lots if other.id == lot.id), None)
        if same is None:
            notices[notice.id] = replace(held, lots=(*held.lots, lot))
        elif same != lot:
            raise changed(page, f"two different rows for lot {lot.id}", "tbody tr")
    if rows and not any(terms.known_phase(row.text("status")) for row in rows):
        raise changed(page, f"unknown status {rows[0].text('status')!r}", "td: Статус")
    return tuple(_summed(notice) for notice in notices.values())


def _summed(notice: Notice) -> Notice:
    phases = [terms.known_phase(lot.status or "") for lot in notice.lots]
    return replace(
        notice,
        status=terms.joint_status(notice.lots),
        phase=terms.joint_phase([phase or Phase.OPEN for phase in phases]),
    )


def _notice(page: Page, row: Row) -> Notice:
    """The announcement of a row with that row's lot alone."""
    link = one(page, ".//a[contains(@href,'/announce/index/')]", row.cells["notice"])
    match = re.search(r"/announce/index/(\d{1,12})(?:$|[/?#])", link.get("href", ""))
    buys = {node.get("data-trb-buy") for node in find(row.cells["lot"], ".//*[@data-lot-id]")}
    if match is None or buys - {match[1]}:
        raise changed(page, "no announcement number, or two", "a[href*='/announce/index/']")
    shown = _link_text(page, link)
    titled = re.fullmatch(r"(\d+-\d+) (.+)", shown)
    buyer = one(page, "./small[contains(., 'Заказчик:')]", row.cells["notice"])
    customer = words(buyer).partition("Заказчик:")[2].strip()
    title = titled[2] if titled else shown
    if not title or not customer:
        raise changed(page, "no title or customer", "td: Наименование объявления")
    return Notice(
        portal=terms.SOURCE,
        id=match[1],
        url=f"{terms.HOME}/ru/announce/index/{match[1]}",
        title=title,
        phase=Phase.OPEN,
        number=titled[1] if titled else None,
        language="ru",
        method=row.text("method") or None,
        buyer=Buyer(customer, country="KZ"),
        country="KZ",
        lots=(_lot(page, row),),
        depth=Depth.LISTING,
    )


def _link_text(page: Page, link: html.HtmlElement) -> str:
    """The text of a link, plain or one `strong`. A link left open takes in what follows it."""
    inside = [child.tag for child in link]
    if inside not in ([], ["strong"]) or len(find(link, "./strong/*")):
        raise changed(page, f"a link around {inside}", "td a")
    return words(link)


def _lot(page: Page, row: Row) -> Lot:
    name = words(one(page, "./strong", row.cells["number"]))
    title = _link_text(page, one(page, ".//a[not(@data-lot-id)]", row.cells["lot"]))
    if not _LOT_NUMBER.fullmatch(name) or not title or not row.text("status"):
        raise changed(page, f"no lot number, title or status in row {name!r}", "tbody tr")
    with reading(page, "td: Кол-во, Сумма"):
        quantity = terms.stated(number(row.text("quantity")))
        value = money(row.text("value"), Vat.UNKNOWN)
    return Lot(
        id=name,
        title=title,
        number=name,
        description=" ".join(filter(None, map(words, _remarks(row.cells["lot"])))),
        status=row.text("status"),
        value=value,
        items=(Item("1", title, quantity=quantity),),
        related=terms.plan_links(name),
    )


def _remarks(cell: html.HtmlElement) -> list[html.HtmlElement]:
    return find(cell, "./small[contains(@class,'hidden-xs')]")


def entry(text: str) -> Request | None:
    """An announcement's number or address, or a lot's number."""
    text = text.strip()
    if match := re.match(r"https?://(?:www\.)?goszakup\.gov\.kz/\w\w/announce/index/(\d+)", text):
        return announce_request(match[1])
    if match := re.fullmatch(r"(\d{6,9})(?:-\d{1,3})?", text):
        return announce_request(match[1])
    if _LOT_NUMBER.fullmatch(text):
        query = urlencode([("filter[number]", text), ("count_record", str(_PER_PAGE))])
        return Request(f"{terms.HOME}/ru/search/lots?{query}", kind="lot-number", ref=text)
    return None


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Deepen a notice by any of its pages, or begin one from a page reached by number."""
    if answer.request.kind != "lot-number" or b"search-result" not in answer.body:
        return deepen(notice, answer)
    found = listing(answer, Query(now=answer.received_at)).notices
    sought = answer.request.ref
    hits = [n for n in found if any(lot.id == sought for lot in n.lots)]
    if len(hits) != 1:
        raise changed(read_page(answer, NAME), f"{len(hits)} notices for lot {sought}", "tbody tr")
    return hits[0]


PORTAL = Portal(
    name=NAME,
    title="Государственные закупки РК (goszakup.gov.kz)",
    country="KZ",
    home=terms.HOME,
    hosts=frozenset({"goszakup.gov.kz", "v3bl.goszakup.gov.kz"}),
    zone=terms.ZONE,
    first=first,
    listing=listing,
    details=requests_for,
    detail=detail,
    entry=entry,
)
