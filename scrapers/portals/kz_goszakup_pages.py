"""Pages of one goszakup announcement: general and lots tabs, lot windows, documents.

Each function takes the notice so far and gives it deepened; `deepen` chooses by `Request.kind`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlsplit

from lxml import html

from scrapers.parsing.dates import local_time
from scrapers.parsing.html import Page, address, changed, find, one, read_page, reading, words
from scrapers.parsing.numbers import money, number, whole
from scrapers.parsing.tables import labels
from scrapers.portal import Answer, Request
from scrapers.portals import kz_goszakup_terms as terms
from scrapers.portals.kz_goszakup_protocol import awards
from scrapers.records import (
    Buyer,
    Code,
    Depth,
    Document,
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

NAME = "kz_goszakup"
_AJAX = (("X-Requested-With", "XMLHttpRequest"),)
_FILES = f"{terms.HOME}/ru/announce/actionAjaxModalShowFiles/"
_PROTOCOL = "awardNotice"  # OCDS documentType
_UNREAD = "1"  # Item.id of a lot whose window id is not known yet


def announce_request(notice_id: str) -> Request:
    return Request(f"{terms.HOME}/ru/announce/index/{notice_id}", kind="announce", ref=notice_id)


def requests_for(notice: Notice) -> tuple[Request, ...]:
    """What to open next, the dearest last: tabs, lot windows, then documents.

    A notice that the listing shows closed is not opened: nobody can sell to it any more. Of an
    awarded one the protocol of results is: the winner of works buys what they need.
    """
    if notice.phase is Phase.AWARDED and not notice.id.startswith("lot:"):
        return _outcome_requests(notice)
    shut = notice.depth is Depth.LISTING and notice.phase is not Phase.OPEN
    if shut or notice.id.startswith("lot:"):
        return ()
    tab = f"{terms.HOME}/ru/announce/index/{notice.id}?tab="
    lots_tab = Request(tab + "lots", kind="lots", ref=notice.id)
    wanted = [announce_request(notice.id)] if notice.depth is Depth.LISTING else []
    missing = not notice.lots or len(notice.lots) < (notice.lots_stated or 0)
    unread = any(item.id == _UNREAD for lot in notice.lots for item in lot.items)
    wanted += [lots_tab] if missing or unread else []
    wanted += [
        _window(notice.id, item.id)
        for lot in notice.lots
        for item in lot.items
        if item.id != _UNREAD and not item.codes
    ]
    pending = [d for d in notice.documents if d.url.startswith(_FILES)]
    if not notice.documents:
        wanted.append(Request(tab + "documents", kind="documents", ref=notice.id))
    wanted += [Request(d.url, kind="files", ref=notice.id, headers=_AJAX) for d in pending]
    return tuple(wanted)


def _outcome_requests(notice: Notice) -> tuple[Request, ...]:
    found = [one.url for one in notice.documents if one.kind == _PROTOCOL]
    if not found:
        url = f"{terms.HOME}/ru/announce/index/{notice.id}?tab=protocols"
        return (Request(url, kind="protocols", ref=notice.id),)
    return () if notice.awards else tuple(Request(url, kind="protocol") for url in found)


def _window(notice_id: str, window_id: str) -> Request:
    return Request(
        f"{terms.HOME}/ru/announce/ajax_load_lot/{notice_id}?tab=lots",
        kind="lot",
        ref=window_id,
        method="POST",
        form=(("id", window_id),),
        headers=_AJAX,
    )


def deepen(notice: Notice | None, answer: Answer) -> Notice:
    """Deepen `notice` by a page of its announcement. Raises the errors of `scrapers.errors`."""
    kind = answer.request.kind
    page = read_page(answer, NAME, whole=kind in {"announce", "lots", "documents", "protocols"})
    if kind == "announce":
        return _announce(notice, page, answer)
    if kind in {"lot", "lot-number"}:
        return _lot_window(notice, page, answer)
    if notice is None:
        raise changed(page, f"a page of kind {kind!r} without its notice", "Request.kind")
    readers: dict[str, Callable[[Notice, Page], Notice]] = {
        "lots": _lots_tab,
        "documents": _documents_tab,
        "files": _files,
        "protocols": _protocols_tab,
        "protocol": _protocol,
    }
    return readers[kind](notice, page)


_METHOD = "Способ проведения закупки"


def _announce(notice: Notice | None, page: Page, answer: Answer) -> Notice:
    head = _head(page)
    body = labels(page, find(page.root, "//div[contains(@class,'tab-content')]//table"))
    title, status = head.get("Наименование объявления"), head.get("Статус объявления")
    # A date in place of the status: groups run into one another.
    if not title or not status or re.search(r"\d{4}", status) or _METHOD not in body:
        raise changed(page, "no title, status or method", "div.form-group, .tab-content th")
    notice_id = notice.id if notice else answer.request.ref
    if notice_id not in re.split(r"\D+", urlsplit(page.url).path):
        raise changed(page, f"another announcement than {notice_id}", "url")
    vat = _vat(words(body.get("Признаки")))
    with reading(page, "div.form-group input, .tab-content td"):
        period = _period(head)
        category = terms.CATEGORIES.get(words(body.get("Вид предмета закупок")).casefold())
        counted = words(body.get("Кол-во лотов в объявлении"))
        fresh = Notice(
            portal=terms.SOURCE,
            id=notice_id,
            url=f"{terms.HOME}/ru/announce/index/{notice_id}",
            title=" ".join(title.split()),
            phase=terms.phase_of(status, period.end, answer.received_at),
            number=head.get("Номер объявления") or None,
            language="ru",
            status=status,
            method=words(body[_METHOD]) or None,
            category=category,
            procuring_entity=_organiser(body),
            country="KZ",
            value=money(words(body.get("Сумма закупки")), vat),
            published_at=local_time(head.get("Дата публикации объявления", ""), terms.ZONE),
            period=period,
            lots_stated=whole(counted) if counted else None,
        )
    if notice is None:
        return fresh
    lots = tuple(_lot_with_vat(lot, vat) for lot in notice.lots)
    return replace(fresh, buyer=notice.buyer, lots=lots, documents=notice.documents)


def _head(page: Page) -> dict[str, str]:
    """Values of the inputs above the tabs by label. A group with two of either is not read: the
    status must not become the date that stands below it."""
    head: dict[str, str] = {}
    for group in find(page.root, "//div[@class='form-group'][label]"):
        inputs = find(group, ".//input")
        if len(inputs) > 1 or len(find(group, ".//label")) > 1:
            raise changed(page, "two labels or inputs in one group", "div.form-group")
        if inputs:
            head[words(one(page, "./label", group))] = inputs[0].get("value", "").strip()
    return head


def _vat(marks: str) -> Vat:
    marks = marks.casefold().replace("ё", "е")
    if "без учета ндс" in marks:
        return Vat.EXCLUDED
    return Vat.INCLUDED if "с учетом ндс" in marks else Vat.UNKNOWN


def _period(head: dict[str, str]) -> Period:
    return Period(
        local_time(head.get("Срок начала приема заявок", ""), terms.ZONE),
        local_time(head.get("Срок окончания приема заявок", ""), terms.ZONE),
        terms.ZONE,
    )


def _organiser(body: dict[str, html.HtmlElement]) -> Buyer | None:
    text = words(body.get("Организатор"))
    match = re.fullmatch(r"(\d{12}) (.+)", text)
    address = words(body.get("Юр. адрес организатора")) or None
    if match:
        return Buyer(match[2], Code("KZ-BIN", match[1]), "KZ", address)
    return Buyer(text, None, "KZ", address) if text else None


def _lot_with_vat(lot: Lot, vat: Vat) -> Lot:
    def flagged(value: Money | None) -> Money | None:
        return replace(value, vat=vat) if value else None

    items = tuple(
        replace(item, value=flagged(item.value), unit_price=flagged(item.unit_price))
        for item in lot.items
    )
    return replace(lot, value=flagged(lot.value), items=items)


def _lots_tab(notice: Notice, page: Page) -> Notice:
    """Learn which window shows which lot; lots that no listing showed are added bare.

    Where the tab holds all lots the announcement counts, a lot only the listing knew is dropped: a
    united lot (…-ОЛ-…) may stand here as its parts, and both would count one demand twice.
    """
    path = "//a[contains(@class,'btn-select-lot')]"
    windows = {words(link): link.get("data-lot-id", "") for link in find(page.root, path)}
    if not windows or not all(number and ident.isdecimal() for number, ident in windows.items()):
        raise changed(page, "no lot links, or one without number or id", path)
    whole_list = notice.lots_stated is not None and len(windows) >= notice.lots_stated
    lots = [
        _with_window(lot, windows.get(lot.id))
        for lot in notice.lots
        if lot.id in windows or not whole_list
    ]
    seen = {lot.id for lot in lots}
    lots += [
        Lot(number, number, number, items=(Item(ident, number),), related=terms.plan_links(number))
        for number, ident in windows.items()
        if number not in seen
    ]
    return replace(notice, lots=tuple(lots))


def _with_window(lot: Lot, window_id: str | None) -> Lot:
    if window_id is None or len(lot.items) != 1 or lot.items[0].id != _UNREAD:
        return lot
    return replace(lot, items=(replace(lot.items[0], id=window_id),))


# Labels a window has even where their value is empty.
_ALWAYS = {"Код ТРУ", "Цена за единицу", "Единица измерения", "Количество"}


def _lot_window(notice: Notice | None, page: Page, answer: Answer) -> Notice:
    path = "(//div[contains(@class,'panel-body')]/table)[1]"
    rows = labels(page, [one(page, path)])
    name, status = words(rows.get("Лот №")), words(rows.get("Статус лота"))
    if not name or not status or not words(rows.get("Наименование ТРУ")) or _ALWAYS - set(rows):
        raise changed(page, f"no lot number, status, name or {sorted(_ALWAYS)}", path)
    by_number = answer.request.kind == "lot-number"
    if by_number and name != answer.request.ref:
        raise changed(page, f"lot {name}, not {answer.request.ref}", path)
    vat = notice.value.vat if notice and notice.value else Vat.UNKNOWN
    with reading(page, path):
        item = _item(rows, _UNREAD if by_number else answer.request.ref, vat)
        lot = Lot(
            id=name,
            title=item.title,
            number=name,
            status=status,
            value=item.value,
            items=(item,),
            delivery=_delivery(rows),
            related=terms.plan_links(name),
        )
    if notice is None:
        return _lone(lot, _customer(rows))
    if name not in {held.id for held in notice.lots}:
        raise changed(page, f"lot {name} is not of notice {notice.id}", path)
    lots = tuple(_renewed(held, lot) if held.id == name else held for held in notice.lots)
    if notice.lots[0].id == name:
        return replace(notice, lots=lots, buyer=_customer(rows) or notice.buyer)
    return replace(notice, lots=lots)


def _renewed(held: Lot, lot: Lot) -> Lot:
    """The window's lot under the title people saw in the listing."""
    return replace(lot, title=held.title if held.title != held.id else lot.title)


def _lone(lot: Lot, buyer: Buyer | None) -> Notice:
    """The notice of a lot whose announcement is not known."""
    return Notice(
        portal=terms.SOURCE,
        id=f"lot:{lot.id}",
        url=f"{terms.HOME}/ru/search/lots?filter%5Bnumber%5D={lot.id}",
        title=lot.title,
        phase=terms.known_phase(lot.status or "") or Phase.OPEN,
        language="ru",
        status=lot.status,
        buyer=buyer,
        country="KZ",
        lots=(lot,),
    )


def _item(rows: dict[str, html.HtmlElement], ident: str, vat: Vat) -> Item:
    code, unit = words(rows.get("Код ТРУ")), words(rows.get("Единица измерения"))
    if code and not re.fullmatch(r"\d{6}\.\d{3}\.\d{6}", code):
        raise ValueError(f"not an ENS TRU code: {code!r}")
    texts = [
        words(rows.get(label))
        for label in ("Краткая характеристика", "Дополнительная характеристика")
    ]
    return Item(
        id=ident,
        title=words(rows["Наименование ТРУ"]),
        description="\n".join(filter(None, texts)),
        quantity=terms.stated(number(words(rows.get("Количество")))),
        unit=Unit(unit) if unit else None,
        unit_price=money(words(rows.get("Цена за единицу")), vat),
        value=money(words(rows.get("Запланированная сумма")), vat),
        codes=(Code("KZ-ENSTRU", code, words(rows["Наименование ТРУ"])),) if code else (),
        places=_places(next((rows[name] for name in rows if name.startswith("Место ")), None)),
    )


def _places(cell: html.HtmlElement | None) -> tuple[Place, ...]:
    """One place a paragraph. Text outside of them would be a place lost: ValueError."""
    if cell is None or not words(cell):
        return ()
    parts = [words(part) for part in cell]
    letters = "".join("".join(parts).split())
    if {part.tag for part in cell} != {"p"} or letters != "".join(words(cell).split()):
        raise ValueError("places that are not paragraphs")
    return tuple(_place(part) for part in parts)


def _place(text: str) -> Place:
    """Read «631010000, область, город адрес; Количество, объем: 1»."""
    where, _, share = text.partition("Количество, объем:")
    where = where.strip().rstrip(";").strip()
    if not where:
        raise ValueError("a place without address")
    match = re.fullmatch(r"(\d{9}), (.+)", where)
    quantity: Decimal | None = number(share)
    if match:
        return Place("KZ", match[2], Code("KZ-KATO", match[1]), quantity)
    return Place("KZ", where, None, quantity)


def _delivery(rows: dict[str, html.HtmlElement]) -> str | None:
    """The term, and the Incoterms rule by its name: the page explains DDP in a paragraph."""
    rule = words(rows.get("Условия поставки ИНКОТЕРМС")).partition(",")[0].strip()
    return "; ".join(filter(None, (words(rows.get("Срок поставки ТРУ")), rule))) or None


def _customer(rows: dict[str, html.HtmlElement]) -> Buyer | None:
    name, bin_ = words(rows.get("Наименование заказчика")), words(rows.get("БИН заказчика"))
    ident = Code("KZ-BIN", bin_) if re.fullmatch(r"\d{12}", bin_) else None
    return Buyer(name, ident, "KZ") if name else None


def _documents_tab(notice: Notice, page: Page) -> Notice:
    """Note the windows of technical specifications; contracts and guarantees say no sizes."""
    documents = []
    for row in find(page.root, "//tr[.//*[contains(@onclick,'actionModalShowFiles')]]"):
        button = one(page, "(.//*[contains(@onclick,'actionModalShowFiles')])[1]", row)
        title = words(one(page, "./td[1]", row))
        match = re.search(r"ShowFiles\(\s*(\d+)\s*,\s*(\d+)\s*\)", button.get("onclick", ""))
        if match is None:
            raise changed(page, "a files button without numbers", "[onclick*=ShowFiles]")
        if "техническая спецификация" in title.casefold():
            url = f"{_FILES}{match[1]}/{match[2]}"
            documents.append(Document(title, url, "technicalSpecifications", "ru"))
    return replace(notice, documents=tuple(documents))


def _protocols_tab(notice: Notice, page: Page) -> Notice:
    """Note the protocol of results; those of opening and admission name no winner."""
    found = []
    for link in find(page.root, "//tr//a[@href]"):
        row = " ".join(words(e) for e in find(link, "./ancestor::tr[1]")).casefold()
        url = address(page, link)
        if "итог" in row and "/files/signature/" not in url and _is_file(url):
            found.append(Document("Протокол об итогах", url, _PROTOCOL, "ru"))
    if not found:
        raise changed(page, "no protocol of results", "tr a[href]")
    # A protocol changed by an appeal stands beside the first, below it.
    return replace(notice, documents=(*notice.documents, found[-1]))


def _protocol(notice: Notice, page: Page) -> Notice:
    return replace(notice, awards=awards(page, notice.id))


def _is_file(url: str) -> bool:
    return urlsplit(url).hostname in {"goszakup.gov.kz", "v3bl.goszakup.gov.kz"}


def _files(notice: Notice, page: Page) -> Notice:
    """Replace a noted window by the files in it. The double slash of their addresses must stay."""
    files = []
    for link in find(page.root, "//a[@href]"):
        url = address(page, link)
        if "/files/signature/" not in url and _is_file(url) and words(link):
            files.append(Document(words(link), url, "technicalSpecifications"))
    if not files:
        raise changed(page, "no file in a files window", "a[href]")
    kept = [document for document in notice.documents if document.url != page.url]
    return replace(notice, documents=(*kept, *files))
