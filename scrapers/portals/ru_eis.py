"""Public purchases of Russia: the Unified Information System (ЕИС), 44-FZ and 223-FZ.

Domain
    zakupki.gov.ru. RSS feed or search pages -> XML of a notice by 44-FZ (printForm/viewXml, the
    family epNotification*2020). Saved documents of the system, also notices and plans by 223-FZ.

Caveats
    - The site answers from Russian addresses (time-outs elsewhere were reported) and, since
      4 July 2026, with a certificate of the Ministry's НУЦ that no common store holds: set `proxy`
      and `ca_file` in [portals.ru_eis]. Hence it ships disabled.
    - A feed shows 200 items at most and has no pages: ask often, or read search pages (`feed`).
      It has no guid: the number in the link is the key; an object may be the word null, then the
      title is the kind of procedure until the notice was read.
    - Lists show days, not times, and no zone: Moscow's is taken. A notice's times carry the
      customer's offset (+02:00 to +12:00); those of 223-FZ are naive, Moscow's is taken.
    - KTRU characteristics are written into an item's description with their signs. Where the
      quantity is undefined, `price` may be a sum of unit prices: sums are kept as stated.
    - Medicines (drugPurchaseObjectsInfo) have no items here. VAT is not stated.
    - The address of a 223-FZ notice's or plan's XML was not seen: such notices stay as the list
      shows them, unless their documents are named under `files`.
    - Unverified, no answer seen: concreteValue and units of characteristics, feeds and documents
      of cancelled notices, an empty search, notices with several customers.

Terms
    robots.txt and terms of use: not seen. Refusals and time-outs are reported, not worked around.

API documentation
    None of these pages; their XML is that of the integration formats whose schemas the site holds.
    Settings under [portals.ru_eis.query]: `words` (one search each), `laws` (["44", "223"]), `feed`
    (true: RSS, the default; false: search pages), `files` (addresses of saved documents: XML of
    notices and plans, JSON lists of notices).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml.etree import _Element

from scrapers.errors import ImplausibleListing
from scrapers.ocds.values import web_address
from scrapers.portal import Answer, Listing, Portal, Query, Request, Setting
from scrapers.portals import ru_eis_44, ru_eis_223
from scrapers.portals.ru_eis_list import read_cards, read_feed
from scrapers.portals.ru_eis_tree import HOME, NAME, ZONE, changed, documents, local, tree, xml
from scrapers.records import Depth, Notice, Phase

ROWS = 50
"""Cards of a search page."""

_SEARCH = f"{HOME}/epz/order/extendedsearch"
_ADDRESS = re.compile(r"https?://zakupki\.gov\.ru/\S{0,500}[?&]regNumber=(\d{19})(?:&\S*)?")


def first(query: Query) -> tuple[Request, ...]:
    """A search per word, from the day of `query.since` on, then the saved documents."""
    settings = query.settings
    asked = [("morphology", "on"), ("sortBy", "UPDATE_DATE")]
    asked += [(f"fz{law}", "on") for law in _texts(settings.get("laws", ["44", "223"]))]
    if query.since:
        asked.append(("updateDateFrom", f"{query.since:%d.%m.%Y}"))
    words = _texts(settings.get("words", []))
    feed = settings.get("feed", True) is not False
    return tuple(
        _search([("searchString", word), *asked], feed=feed) for word in words if word.strip()
    ) + tuple(Request(address, expect="file") for address in _files(settings))


def _texts(setting: Setting) -> list[str]:
    return setting if isinstance(setting, list) else [str(setting)]


def _search(asked: list[tuple[str, str]], *, feed: bool) -> Request:
    if feed:
        query = urlencode([*asked, ("pageNumber", "1")])
        return Request(f"{_SEARCH}/rss.html?{query}", expect="xml")
    query = urlencode([*asked, ("recordsPerPage", f"_{ROWS}"), ("pageNumber", "1")])
    return Request(f"{_SEARCH}/results.html?{query}")


def _files(settings: Mapping[str, Setting]) -> list[str]:
    return [address for address in _texts(settings.get("files", [])) if web_address(address)]


def hosts_of(settings: Mapping[str, Setting]) -> frozenset[str]:
    """The hosts of saved documents."""
    return frozenset(filter(None, (urlsplit(one).hostname for one in _files(settings))))


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a search page, a feed or a saved document, by what came."""
    if urlsplit(answer.request.url).path.endswith("/results.html"):
        return _cards(answer)
    if answer.body.lstrip()[:1] in (b"[", b"{"):
        held = documents(answer)
        if not held:
            raise changed(answer, "no notice", "[]")
        return Listing(_unique([ru_eis_44.read_notice(one, answer) for one in held], answer))
    root = xml(answer)
    if local(root) == "rss":
        return Listing(read_feed(root, answer))
    return Listing((_document(root, answer),))


def _cards(answer: Answer) -> Listing:
    """A search page. Raises `ImplausibleListing` when one in mid-list is not full: the portal gave
    fewer rows than were asked for, and by our count of pages some would never be seen."""
    notices, total, at_least = read_cards(answer)
    parts = urlsplit(answer.request.url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    page, rows = _count(asked.get("pageNumber"), 1), _count(asked.get("recordsPerPage"), ROWS)
    more = page * rows < total
    if more and len(notices) < rows:
        detail = f"{len(notices)} of {rows} rows on page {page} of {total} records"
        raise ImplausibleListing(detail, portal=NAME, url=answer.url)
    query = urlencode({**asked, "pageNumber": str(page + 1)})
    following = replace(answer.request, url=urlunsplit(parts._replace(query=query)))
    found = {notice.id: notice for notice in notices}
    return Listing(tuple(found.values()), following if more else None, None if at_least else total)


def _count(written: str | None, default: int) -> int:
    digits = (written or "").lstrip("_")
    return int(digits) if re.fullmatch(r"[1-9]\d{0,4}", digits) else default


def _unique(notices: list[Notice], answer: Answer) -> tuple[Notice, ...]:
    found = {notice.id: notice for notice in notices}
    if len(found) != len(notices):
        raise ImplausibleListing("a notice met twice", portal=NAME, url=answer.url)
    return tuple(found.values())


def _document(root: _Element, answer: Answer) -> Notice:
    """Read an XML document of any kind known. Raises `LayoutChanged` for another one."""
    for element in root if local(root) == "export" else [root]:
        name = local(element)
        if name.startswith("epNotification") and "Cancel" not in name:
            return ru_eis_44.read_notice(tree(element), answer)
        if name == "purchasePlan":
            return ru_eis_223.read_plan(tree(element), answer)
        if name.startswith("purchaseNotice"):
            return ru_eis_223.read_notice(tree(element), answer)
    raise changed(answer, f"an unknown document {local(root)!r}", "/*")


def details(notice: Notice) -> tuple[Request, ...]:
    """The XML of an open notice by 44-FZ: 19 digits."""
    if notice.depth is Depth.DETAIL or notice.phase is not Phase.OPEN or len(notice.id) != 19:
        return ()
    return (_notice_xml(notice.id),)


def _notice_xml(ident: str) -> Request:
    address = f"{HOME}/epz/order/notice/printForm/viewXml.html?regNumber={ident}"
    return Request(address, kind="notice", ref=ident, expect="xml")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Deepen by the notice's XML. Its stage and the day of its last change stand in the list."""
    read = _document(xml(answer), answer)
    if read.id != answer.request.ref or (notice is not None and notice.id != read.id):
        raise changed(answer, f"notice {read.id}, not {answer.request.ref}", "purchaseNumber")
    if notice is None:
        return read
    settled = notice.phase in {Phase.CANCELLED, Phase.CLOSED, Phase.AWARDED}
    return replace(
        read,
        phase=notice.phase if settled else read.phase,
        status=notice.status,
        buyer=read.buyer or notice.buyer,
        procuring_entity=read.procuring_entity or notice.procuring_entity,
        value=read.value or notice.value,
        amended_at=notice.amended_at,
    )


def entry(pasted: str) -> Request | None:
    """A number by 44-FZ (19 digits) or an address that holds one."""
    pasted = pasted.strip()
    match = _ADDRESS.fullmatch(pasted)
    ident = match[1] if match else pasted
    return _notice_xml(ident) if re.fullmatch(r"\d{19}", ident) else None


PORTAL = Portal(
    name=NAME,
    title="ЕИС, zakupki.gov.ru (Россия)",
    country="RU",
    home=HOME,
    hosts=frozenset({"zakupki.gov.ru"}),
    zone=ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
    hosts_of=hosts_of,
    when_blocked="Set `proxy` (in Russia) and `ca_file` (НУЦ) in [portals.ru_eis] of config.toml.",
)
