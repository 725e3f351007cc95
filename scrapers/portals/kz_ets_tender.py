"""Domain
    ETS-Tender, https://www.ets-tender.kz: purchases of private companies and mines of Kazakhstan.
    Listing of open procedures -> page of a procedure, which is one lot with one item.

Caveats
    - UNVERIFIED: the two pages at hand were cut down by whoever saved them. How many rows a page
      has, how several positions, units, files and an empty listing look was not seen.
    - The total says by itself whether VAT is in it («цена с НДС, НДС: 16%»); the price of one says
      nothing, so its VAT is unknown.
    - «Закрытый…» is by invitation: its name and dates are hidden («Скрыто»), its page is not
      opened.
    - The portal is reported to ask for a captcha, «Превышен максимальный лимит», and to look for
      cookies its script sets. Neither is imitated: such a page is `Blocked`.
    - «Условия оплаты» is not read.

Terms
    robots.txt and terms of use: not seen. Disabled until the operator agrees.

API documentation
    None. No settings: all open procedures are read, newest first.
"""

import re
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from lxml import html

from scrapers.errors import ImplausibleListing
from scrapers.parsing.dates import local_time
from scrapers.parsing.html import Page, address, changed, find, one, read_page, reading, words
from scrapers.parsing.numbers import money, number, whole
from scrapers.parsing.tables import Row, grid, labels
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.records import (
    Buyer,
    Code,
    Depth,
    Item,
    Lot,
    Money,
    Notice,
    Period,
    Phase,
    Place,
    Unit,
    Vat,
)

NAME = "kz_ets_tender"
ZONE = "Asia/Almaty"
HOME = "https://www.ets-tender.kz"
_ROWS = 10  # a page, as far as seen
_HIDDEN = "Скрыто"
_COLUMNS = {
    "title": ("Название процедуры",),
    "organiser": ("Организатор",),
    "published": ("Опубликовано",),
    "until": ("Актуально до",),
}
_PATH = re.compile(r"/market/[\w-]{1,200}/tender-(\d{1,12})/", re.ASCII)
_HEADING = re.compile(r"(\D{1,100}?) ?№ ?(\d{1,12})")
_ENSTRU = re.compile(r"(\d{6}\.\d{3}\.\d{6})(?: [—–-] (.+))?")
_AMOUNT = re.compile(r"([^()]*)(?:\(([^()]{0,100})\))?")
_QUANTITY = re.compile(r"([\d\s.,]*\d)\s?(\D{0,40})")


def first(_query: Query) -> tuple[Request, ...]:
    """All open procedures."""
    return (Request(f"{HOME}/market/?show=actual"),)


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of procedures.

    Raises `ImplausibleListing` when there are no rows of those the portal counts.
    """
    page = read_page(answer, NAME)
    table = one(page, "//table[contains(@class,'search-results')]")
    rows, total = grid(page, table, _COLUMNS), _total(page)
    shown = parse_qs(urlsplit(answer.request.url).query).get("page", ["1"])[0]
    place = int(shown) if shown.isdecimal() and len(shown) < 6 else 1
    if not rows and total and place == 1:
        raise ImplausibleListing(f"no rows of {total}", portal=NAME, url=answer.url)
    found: dict[str, Notice] = {}
    for row in rows:
        notice = _notice(page, answer, row)
        found.setdefault(notice.id, notice)
    more = bool(rows) and place * max(len(rows), _ROWS) < total
    following = Request(f"{HOME}/market/?show=actual&page={place + 1}") if more else None
    return Listing(tuple(found.values()), following, total)


def _total(page: Page) -> int:
    """The count on the pressed one of the buttons «Актуально • 418», «В архиве • …», «Все • …»."""
    button = words(one(page, "//a[@data-status and contains(concat(' ',@class,' '),' active ')]"))
    with reading(page, "a.active[data-status]"):
        return whole(button.rpartition("•")[2])


def _notice(page: Page, answer: Answer, row: Row) -> Notice:
    link = one(page, ".//a[contains(@class,'search-results-title')]", row.cells["title"])
    url = address(page, link).partition("#")[0]
    path = _PATH.fullmatch(urlsplit(url).path)
    above = _HEADING.fullmatch(" ".join("".join(str(t) for t in link.xpath("./text()")).split()))
    if path is None or above is None or above[2] != path[1] or not url.startswith(HOME):
        raise changed(page, "a procedure without its number", "a.search-results-title")
    box = one(page, "./div[contains(@class,'search-results-title-desc')]", link)
    lines = [" ".join(line.split()) for line in box.text_content().splitlines()]
    title, *more = dict.fromkeys(filter(None, lines)) or [f"{above[1]} № {above[2]}"]
    with reading(page, "td: Опубликовано, Актуально до"):
        published, until = (_moment(row.text(name)) for name in ("published", "until"))
    return Notice(
        portal=NAME,
        id=path[1],
        url=url,
        title=title,
        phase=_phase(until, answer),
        number=path[1],
        description="\n".join(more),
        language="ru",
        method=above[1],
        procuring_entity=_named(page, row.cells["organiser"]),
        country="KZ",
        published_at=published,
        period=Period(published, until, ZONE) if published or until else None,
        depth=Depth.LISTING,
    )


def _named(page: Page, cell: html.HtmlElement | None) -> Buyer | None:
    """The organisation a cell links to; None for an empty or hidden one."""
    if cell is None or words(cell) in {"", _HIDDEN}:
        return None
    link = one(page, "./a", cell)
    if len(link) or words(link) != words(cell):
        raise changed(page, "no single organisation", "td a[href^='/firms/']")
    return Buyer(words(link), country="KZ")


def _moment(text: str) -> datetime | None:
    return None if text == _HIDDEN else local_time(text, ZONE)


def _phase(until: datetime | None, answer: Answer) -> Phase:
    return Phase.CLOSED if until is not None and until <= answer.received_at else Phase.OPEN


def details(notice: Notice) -> tuple[Request, ...]:
    """The page of an open procedure that is not by invitation."""
    invited = (notice.method or "").startswith("Закрыт")
    if notice.depth is Depth.DETAIL or invited or notice.phase is not Phase.OPEN:
        return ()
    return (Request(notice.url, kind="tender", ref=notice.id),)


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Read the page of a procedure."""
    page = read_page(answer, NAME)
    above = _HEADING.fullmatch(words(one(page, "//h1")))
    title = words(one(page, "//h2[contains(@class,'tender-title')]"))
    if above is None or not title:
        raise changed(page, "no number or title", "h1, h2.tender-title")
    ident = answer.request.ref
    if above[2] != ident or (notice is not None and notice.id != ident):
        raise changed(page, f"procedure {above[2]}, not {ident}", "h1")
    one(page, "//table[contains(@class,'auction-info')]")  # several would be several positions
    tables = find(page.root, "//table[contains(@class,'detail-view')]")
    cells = labels(page, tables)
    rows = {name: words(cell) for name, cell in cells.items()}
    text = {name: "" if value == _HIDDEN else value for name, value in rows.items()}
    with reading(page, "th: Опубликовано, Актуально до, Последнее изменение"):
        published, until, amended = (
            _moment(text.get(name, ""))
            for name in ("Опубликовано", "Актуально до", "Последнее изменение")
        )
    value = _money(page, text, "Общая стоимость")
    lot = Lot("1", title, value=value, items=(_item(page, text, title, value),))
    return Notice(
        portal=NAME,
        id=ident,
        url=answer.request.url,
        title=title,
        phase=_phase(until, answer),
        number=ident,
        description=_described(page),
        language="ru",
        method=above[1],
        procuring_entity=_named(page, cells.get("Организатор")),
        country="KZ",
        value=value,
        published_at=published,
        amended_at=amended if amended != published else None,
        period=Period(published, until, ZONE) if published or until else None,
        lots=(lot,),
    )


def _described(page: Page) -> str:
    box: list[html.HtmlElement] = find(page.root, "//div[contains(@class,'tender-description')]")
    return "\n".join(filter(None, map(words, box)))


def _item(page: Page, text: dict[str, str], title: str, value: Money | None) -> Item:
    category = _ENSTRU.fullmatch(text.get("Категория ЕНС ТРУ", ""))
    if category is None and text.get("Категория ЕНС ТРУ"):
        raise changed(page, "no ENS TRU code", "th: Категория ЕНС ТРУ")
    quantity, unit = _quantity(page, text.get("Количество", ""))
    where = text.get("Место поставки", "")
    return Item(
        id="1",
        title=category[2] if category and category[2] else title,
        quantity=quantity,
        unit=unit,
        unit_price=_money(page, text, "Цена за единицу"),
        value=value,
        codes=(Code("KZ-ENSTRU", category[1], category[2]),) if category else (),
        places=(Place(None, where),) if where else (),
    )


def _quantity(page: Page, written: str) -> tuple[Decimal | None, Unit | None]:
    """«10», or with its unit behind it. 0 is "not stated"."""
    match = _QUANTITY.fullmatch(written)
    if match is None:
        if written:
            raise changed(page, f"{written[:40]!r} where a quantity was due", "th: Количество")
        return None, None
    with reading(page, "th: Количество"):
        return number(match[1]) or None, Unit(match[2].strip()) if match[2].strip() else None


def _money(page: Page, text: dict[str, str], name: str) -> Money | None:
    """«1 550 000,00 тенге (цена с НДС, НДС: 16%)»; without the brackets VAT is unknown."""
    match = _AMOUNT.fullmatch(text.get(name, ""))
    if match is None:
        raise changed(page, "no sum", f"th: {name}")
    note = match[2] or ""
    vat = Vat.EXCLUDED if "без НДС" in note else Vat.INCLUDED if "с НДС" in note else Vat.UNKNOWN
    with reading(page, f"th: {name}"):
        return money(match[1], vat)


def entry(pasted: str) -> Request | None:
    """The address of a procedure; its number alone does not give the address."""
    try:
        parts = urlsplit(pasted.strip().partition("#")[0])
    except ValueError:  # «http://[x» is no address
        return None
    match = _PATH.fullmatch(parts.path)
    if match is None or parts.hostname not in {"ets-tender.kz", "www.ets-tender.kz"}:
        return None
    return Request(f"{HOME}{parts.path}", kind="tender", ref=match[1])


PORTAL = Portal(
    name=NAME,
    title="ETS-Tender",
    country="KZ",
    home=HOME,
    hosts=frozenset({"www.ets-tender.kz"}),
    zone=ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
)
