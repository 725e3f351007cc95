"""Public purchases of Azerbaijan: the state electronic procurement portal.

Domain
    etender.gov.az; the JSON API behind its own pages, anonymous. List of events -> event -> lines
    of its bill of quantities, 100 a page; and annual plans. Some 4,900 open events.

Caveats
    - The list wants every query key, also an empty one; a missing one is answered 400.
    - Dates of the list are naive Baku time, those of an event unix seconds.
    - An event is one lot of ours; a bill of quantities may have thousands of lines. The end of the
      bill is known by a page that is not full. A line's `name` is the section of the bill, its
      `description` the thing.
    - Event statuses: 1 was seen; 2 (awarded) and 3 (cancelled) are another client's reading and
      unverified. Any other number is `LayoutChanged`. The meaning of event types is not known.
    - `estimatedAmount` is in manat by the portal's country; VAT is not stated.
    - Categories have 8 digits and are no CPV; they look like UNSPSC, which the portal does not say.
    - An annual plan is read as far as the list shows it: whose and of which year. What is in it was
      not seen. Its title is ours.
    - Documents of an event were not seen. The portal may refuse clients outside Azerbaijan.

Terms
    robots.txt and terms of use: not seen. Ask slowly: `delay_seconds = 2`.

API documentation
    None. Settings under [portals.az_etender.query]: `words` (one query each, sent as Keyword; none
    asks for everything), `plan_buyers` (parts of buyers' names whose annual plans are listed; ""
    for all; none by default, for such a plan names no goods), `plan_year` (this year by default).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from scrapers.errors import ImplausibleListing, LayoutChanged
from scrapers.json_body import read_json
from scrapers.ocds.values import Json, identifier, mapping, mappings, moment, number, text
from scrapers.portal import Answer, Listing, Portal, Query, Request, Setting
from scrapers.records import Buyer, Code, Depth, Item, Lot, Money, Notice, Period, Phase, Unit

NAME = "az_etender"
HOME = "https://etender.gov.az"
ZONE = "Asia/Baku"
PAGE = 100
"""Rows of a page of the list and lines of a page of a bill."""

_EVENTS, _PLANS = f"{HOME}/api/events", f"{HOME}/api/app"
_PHASES = {1: Phase.OPEN, 2: Phase.AWARDED, 3: Phase.CANCELLED}
_ID = re.compile(r"\d{1,12}")
_VOEN = re.compile(r"\d{10}")
_CATEGORY = re.compile(r"(\d{8})(?:\s+(.+))?", re.DOTALL)
_ADDRESS = re.compile(
    r"https?://(?:www\.)?etender\.gov\.az/(?:main/competition/detail|api/events)/(\d{1,12})"
    r"(?:[/?#].*)?"
)


def first(query: Query) -> tuple[Request, ...]:
    """A list of open events per word, then the lists of annual plans asked for."""
    settings = query.settings
    year = settings.get("plan_year", query.now.astimezone(ZoneInfo(ZONE)).year)
    return tuple(_events(word) for word in _texts(settings.get("words", [])) or [""]) + tuple(
        _plans(buyer, str(year)) for buyer in _texts(settings.get("plan_buyers", []))
    )


def _texts(setting: Setting) -> list[str]:
    return setting if isinstance(setting, list) else [str(setting)]


def _events(word: str) -> Request:
    asked = {
        "EventType": "",
        "PageSize": str(PAGE),
        "PageNumber": "1",
        "EventStatus": "1",
        "Keyword": word,
        "buyerOrganizationName": "",
        "documentNumber": "",
        "publishDateFrom": "",
        "publishDateTo": "",
        "AwardedparticipantName": "",
        "AwardedparticipantVoen": "",
        "DocumentViewType": "",
        "IsArchived": "false",
    }
    return Request(f"{_EVENTS}?{urlencode(asked)}", expect="json")


def _plans(buyer: str, year: str) -> Request:
    asked = {"PageSize": str(PAGE), "PageNumber": "1", "Year": year}
    if buyer:
        asked["BuyerOrganizationName"] = buyer
    return Request(f"{_PLANS}?{urlencode(asked)}", expect="json")


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of events or of annual plans. Raises `ImplausibleListing` for another page."""
    page, rows = _page(answer)
    read = _plan if urlsplit(answer.request.url).path == urlsplit(_PLANS).path else _event_row
    found: dict[str, Notice] = {}
    for row in rows:
        notice = read(row, answer)
        found.setdefault(notice.id, notice)
    more = page.get("hasNextPage") is True and bool(rows)
    return Listing(tuple(found.values()), _next(answer) if more else None, _total(page, answer))


def _page(answer: Answer) -> tuple[Json, list[Json]]:
    """A page and its rows. Raises `LayoutChanged` for another shape or a row that is no object."""
    page = mapping(read_json(answer.body, answer.content_type, portal=NAME, url=answer.url))
    rows = page.get("items")
    if not isinstance(rows, list) or not isinstance(page.get("hasNextPage"), bool):
        raise _changed(answer, "no page of rows", "items, hasNextPage")
    if len(mappings(rows)) != len(rows):
        raise _changed(answer, "a row that is no object", "items[]")
    if page.get("currentPage") != int(_asked(answer).get("PageNumber", "1")):
        detail = f"page {page.get('currentPage')!r} in place of the one asked for"
        raise ImplausibleListing(detail, portal=NAME, url=answer.url)
    if not rows and _total(page, answer) and page.get("currentPage") == 1:
        raise _changed(answer, "a total but no row", "items")
    return page, mappings(rows)


def _asked(answer: Answer) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(answer.request.url).query, keep_blank_values=True))


def _next(answer: Answer) -> Request:
    asked = _asked(answer)
    asked["PageNumber"] = str(int(asked.get("PageNumber", "1")) + 1)
    parts = urlsplit(answer.request.url)
    return replace(answer.request, url=urlunsplit(parts._replace(query=urlencode(asked))))


def _total(page: Json, answer: Answer) -> int:
    total = page.get("totalItems")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise _changed(answer, "no count of rows", "totalItems")
    return total


def _event_row(row: Json, answer: Answer) -> Notice:
    ident, title = identifier(row.get("eventId")), text(row.get("eventName"))
    status = row.get("eventStatus")
    phase = _PHASES.get(status) if isinstance(status, int) else None
    if not _ID.fullmatch(ident) or not title or phase is None:
        raise _changed(answer, f"no id, name or known status in event {ident!r}", "items[].eventId")
    period = Period(None, moment(row.get("endDate"), ZONE), ZONE)
    name = text(row.get("buyerOrganizationName"))
    return Notice(
        portal=NAME,
        id=ident,
        url=_public(ident),
        title=title,
        phase=_until(phase, period, answer),
        language="az",
        status=str(status),
        buyer=Buyer(name, country="AZ") if name else None,
        country="AZ",
        published_at=moment(row.get("publishDate"), ZONE),
        period=period if period.end else None,
        depth=Depth.LISTING,
    )


def _plan(row: Json, answer: Answer) -> Notice:
    ident, year = identifier(row.get("id")), identifier(row.get("year"))
    name = text(row.get("organizationName"))
    if not _ID.fullmatch(ident) or not re.fullmatch(r"20\d\d", year) or not name:
        raise _changed(answer, f"no id, year or buyer in plan {ident!r}", "items[].id")
    return Notice(
        portal=NAME,
        id=f"plan-{ident}",
        url=f"{HOME}/",
        title=f"İllik satınalma planı, {year}",
        phase=Phase.PLAN,
        number=ident,
        language="az",
        buyer=Buyer(name, country="AZ"),
        country="AZ",
        published_at=moment(row.get("createDate"), ZONE),
    )


def _until(phase: Phase, period: Period | None, answer: Answer) -> Phase:
    """An event keeps its status after its deadline, which decides."""
    over = period is not None and period.end is not None and period.end <= answer.received_at
    return Phase.CLOSED if phase is Phase.OPEN and over else phase


def _public(ident: str) -> str:
    return f"{HOME}/main/competition/detail/{ident}"


def details(notice: Notice) -> tuple[Request, ...]:
    """The event, if offers are taken, then its bill page by page as long as pages are full."""
    if notice.phase is Phase.PLAN:
        return ()
    if notice.depth is Depth.LISTING:
        return (_event(notice.id),) if notice.phase is Phase.OPEN else ()
    lines = sum(len(lot.items) for lot in notice.lots)
    if lines % PAGE:
        return ()
    address = f"{_EVENTS}/{notice.id}/bomLines?PageSize={PAGE}&PageNumber={lines // PAGE + 1}"
    return (Request(address, kind="bom", ref=notice.id, expect="json"),)


def _event(ident: str) -> Request:
    return Request(f"{_EVENTS}/{ident}", kind="event", ref=ident, expect="json")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Deepen by the event or by a page of its bill of quantities."""
    if answer.request.kind == "bom":
        return _with_lines(notice, answer)
    event = mapping(read_json(answer.body, answer.content_type, portal=NAME, url=answer.url))
    ident, title = identifier(event.get("id")), text(event.get("tenderName"))
    if not title or ident != answer.request.ref or (notice is not None and notice.id != ident):
        raise _changed(answer, f"event {ident!r}, not {answer.request.ref}", "id, tenderName")
    period = Period(
        _unix(event.get("startDate"), answer), _unix(event.get("endDate"), answer), ZONE
    )
    amount, codes = number(event.get("estimatedAmount")), _categories(event)
    return Notice(
        portal=NAME,
        id=ident,
        url=_public(ident),
        title=title,
        phase=_until(notice.phase if notice else Phase.OPEN, period, answer),
        number=text(event.get("documentNumber")) or None,
        language="az",
        status=notice.status if notice else None,
        buyer=_buyer(event),
        country="AZ",
        value=Money.of(amount, "AZN") if amount else None,  # 0: none is stated
        published_at=_unix(event.get("publishDate"), answer),
        period=period,
        lots=(Lot("1", title, codes=codes),),
        lots_stated=1,
        codes=codes,
    )


def _buyer(event: Json) -> Buyer | None:
    name, voen = text(event.get("organizationName")), identifier(event.get("organizationVoen"))
    if not name:
        return None
    return Buyer(
        name,
        Code("AZ-VOEN", voen) if _VOEN.fullmatch(voen) else None,
        "AZ",
        text(event.get("address")) or None,
    )


def _categories(event: Json) -> tuple[Code, ...]:
    written = event.get("categoryCodes")
    found = [_CATEGORY.fullmatch(text(one)) for one in written] if isinstance(written, list) else []
    return tuple(Code("AZ-CATEGORY", match[1], match[2]) for match in found if match)


def _unix(value: object, answer: Answer) -> datetime | None:
    """Unix seconds to UTC; None for none. Raises `LayoutChanged` for anything else."""
    if value is None:
        return None
    # Up to 2100: milliseconds, should they ever come, must not become a far future.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 4_102_444_800:
        raise _changed(answer, f"no time in unix seconds: {str(value)[:40]!r}", "endDate")
    return datetime.fromtimestamp(value, UTC)


def _with_lines(notice: Notice | None, answer: Answer) -> Notice:
    """Add the lines of a page. A line met before means that the bill moved while being read."""
    if notice is None or notice.id != answer.request.ref or len(notice.lots) != 1:
        raise _changed(answer, f"a bill of no known event {answer.request.ref}", "url")
    page, rows = _page(answer)
    lot = notice.lots[0]
    items = lot.items + tuple(_line(row, answer) for row in rows)
    full = len(rows) == PAGE or page.get("hasNextPage") is False
    if not full or len({item.id for item in items}) != len(items):
        detail = "a short page in mid-bill, or a line met twice"
        raise ImplausibleListing(detail, portal=NAME, url=answer.url)
    _check_total(items, page, answer)
    return replace(notice, lots=(replace(lot, items=items),))


def _check_total(items: Sequence[Item], page: Json, answer: Answer) -> None:
    total = _total(page, answer)
    if len(items) > total or (page.get("hasNextPage") is False and len(items) < total):
        detail = f"{len(items)} lines where the bill has {total}"
        raise ImplausibleListing(detail, portal=NAME, url=answer.url)


def _line(row: Json, answer: Answer) -> Item:
    ident, section = identifier(row.get("id")), text(row.get("name"))
    thing = text(row.get("description"))
    if not _ID.fullmatch(ident) or not (thing or section):
        raise _changed(answer, f"no id or text in line {ident!r}", "items[].id, description")
    category, unit = text(row.get("categoryCode")), text(row.get("unitOfMeasure"))
    return Item(
        id=ident,
        title=thing or section,
        description=section if thing else "",
        quantity=number(row.get("quantity")) or None,  # 0 means that none is announced
        unit=Unit(unit) if unit else None,
        codes=(Code("AZ-CATEGORY", category),) if re.fullmatch(r"\d{8}", category) else (),
    )


def _changed(answer: Answer, what: str, selector: str) -> LayoutChanged:
    return LayoutChanged(what, selector=selector, portal=NAME, url=answer.url)


def entry(pasted: str) -> Request | None:
    """An event's id (355920) or its address."""
    pasted = pasted.strip()
    match = _ADDRESS.fullmatch(pasted)
    ident = match[1] if match else pasted
    return _event(ident) if re.fullmatch(r"\d{5,12}", ident) else None


PORTAL = Portal(
    name=NAME,
    title="etender.gov.az (Азербайджан)",
    country="AZ",
    home=HOME,
    hosts=frozenset({"etender.gov.az"}),
    zone=ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
)
