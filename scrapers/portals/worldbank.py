"""Domain
    World Bank, search.worldbank.org: procurement notices of the projects it lends for, and the
    projects themselves, which tell of purchases years before any notice (phase plan).

Caveats
    - Projects are verified on one answer of API v3 (95 projects of Azerbaijan, 2026). Notices are
      UNVERIFIED: no real answer was at hand; written from the field lists of working clients.
    - Notices have only v2 of the API, projects v3: projects of v2 are reported not to be kept up.
    - `total` is a text, `rows` a number and the records are an object keyed by id in one endpoint
      and a list in the other: both are taken in either shape.
    - A project's sum is the Bank's commitment in US dollars, not the value of a purchase. Borrower
      and agency may name several bodies, parted by a comma without a space.
    - A notice has no lots, items, codes or value. Its text is HTML and becomes plain text.
    - The deadline is a day and, apart from it, an hour local to the project's country. Where the
      hour or the country's zone is not known the day counts to its end.
    - An award notice names the bidders, their prices and the winner in its text: see
      `worldbank_award`. It is joined to its invitation by the borrower's reference number within
      the project.
    - Names, telephones and addresses of contact persons are not read.

Terms
    Data catalogue: CC BY 4.0; the site's general terms may say otherwise. robots.txt: not seen.

API documentation
    https://search.worldbank.org/api/v2/procnotices, https://search.worldbank.org/api/v3/projects.
    Settings under [portals.worldbank.query]: `countries` (ISO codes of the table below), `words`
    (one search of notices each), `days` (how old a notice may be, 365), `notices` and `projects`
    (true: read them).
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from lxml import etree, html

from scrapers.errors import ImplausibleListing, LayoutChanged, TooLarge
from scrapers.fetch.nesting import LIMIT, html_depth
from scrapers.json_body import read_json
from scrapers.ocds.values import identifier, mapping
from scrapers.parsing.objects import Fields, objects
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals.worldbank_award import outcome, procedure
from scrapers.records import Buyer, Money, Notice, Period, Phase, Vat

NAME = "worldbank"
ZONE = "America/New_York"  # of the Bank's seat: its days without an hour
HOST = "search.worldbank.org"
_NOTICES = f"https://{HOST}/api/v2/procnotices"
_PROJECTS = f"https://{HOST}/api/v3/projects"
_PAGE = "https://projects.worldbank.org/en/projects-operations"
_PROJECT_FIELDS = (
    "id,proj_id,project_name,project_abstract,status,last_stage_reached_name,boardapprovaldate,"
    "totalamt,borrower,impagency,public_disclosure_date,proj_last_upd_date"
)
# ISO 3166-1: the Bank's name of the country and its capital's zone.
COUNTRIES = {
    "AM": ("Armenia", "Asia/Yerevan"),
    "AZ": ("Azerbaijan", "Asia/Baku"),
    "GE": ("Georgia", "Asia/Tbilisi"),
    "KG": ("Kyrgyz Republic", "Asia/Bishkek"),
    "KZ": ("Kazakhstan", "Asia/Almaty"),
    "MN": ("Mongolia", "Asia/Ulaanbaatar"),
    "TJ": ("Tajikistan", "Asia/Dushanbe"),
    "TM": ("Turkmenistan", "Asia/Ashgabat"),
    "UZ": ("Uzbekistan", "Asia/Tashkent"),
}
_PROJECT_PHASES = {
    "Pipeline": Phase.PLAN,
    "Active": Phase.PLAN,  # money is there: what it buys is still to be announced
    "Closed": Phase.CLOSED,
    "Dropped": Phase.CANCELLED,
}
_CATEGORIES: dict[str, Literal["goods", "works", "services"]] = {
    "GO": "goods",
    "CW": "works",
    "CS": "services",
    "NC": "services",  # non-consulting
}
_LANGUAGES = {"English": "en", "Russian": "ru", "French": "fr", "Spanish": "es", "Portuguese": "pt"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BLOCKS = ("br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "h4")


def first(query: Query) -> tuple[Request, ...]:
    """Per country its notices, newest first, for each word; then its projects."""
    settings = query.settings
    wanted, sought = settings.get("countries", ["KZ"]), settings.get("words", [])
    words = (sought if isinstance(sought, list) else [str(sought)]) or [""]
    asked = []
    for code in wanted if isinstance(wanted, list) else [str(wanted)]:
        name, _ = COUNTRIES.get(code, (code, ""))
        rows = {"format": "json", "rows": "50", "os": "0"}
        newest = {"project_ctry_name_exact": name, "srt": "noticedate", "order": "desc"}
        for word in words if settings.get("notices", True) is True else []:
            spoken = {"qterm": word} if word else {}
            asked.append(_request(_NOTICES, {**rows, **newest, **spoken}))
        if settings.get("projects", True) is True:
            of_country = {"countrycode_exact": code, "fl": _PROJECT_FIELDS}
            asked.append(_request(_PROJECTS, {**rows, "rows": "100", **of_country}))
    return tuple(asked)


def _request(address: str, asked: dict[str, str]) -> Request:
    return Request(f"{address}?{urlencode(asked)}", expect="json")


def listing(answer: Answer, query: Query) -> Listing:
    """Read a page of notices or of projects.

    Raises `LayoutChanged` for another answer, `ImplausibleListing` for a total without rows.
    """
    page = mapping(read_json(answer.body, answer.content_type, portal=NAME, url=answer.url))
    key = "projects" if "projects" in page else "procnotices"
    total, offset = (_count(page.get(name), name, answer) for name in ("total", "os"))
    rows = _rows(page.get(key), key, answer)
    if not rows and offset < total:
        raise ImplausibleListing(f"no rows of {total}", portal=NAME, url=answer.url)
    read: Callable[[Fields, Answer], Notice] = _project if key == "projects" else _notice
    found: dict[str, Notice] = {}
    for row in rows:
        notice = read(row, answer)
        found.setdefault(notice.id, notice)
    more = offset + len(rows) < total and not (key == "procnotices" and _too_old(found, query))
    following = _from(answer, offset + len(rows)) if more else None
    # The notices are not read to their end, so their count would look like rows kept from us.
    return Listing(tuple(found.values()), following, total if key == "projects" else None)


def _count(value: object, name: str, answer: Answer) -> int:
    written = identifier(value).replace(",", "")
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise LayoutChanged("no count", selector=f"$.{name}", portal=NAME, url=answer.url)
    return int(written)


def _rows(value: object, key: str, answer: Answer) -> list[Fields]:
    if isinstance(value, dict):
        value = list(value.values())
    return objects(value, f"$.{key}", NAME, answer.url)


def _too_old(found: dict[str, Notice], query: Query) -> bool:
    days = query.settings.get("days", 365)
    oldest = query.now - timedelta(days=days if isinstance(days, int) else 365)
    dates = [notice.published_at for notice in found.values() if notice.published_at]
    return bool(dates) and max(dates) < oldest


def _from(answer: Answer, offset: int) -> Request:
    parts = urlsplit(answer.request.url)
    asked = dict(parse_qsl(parts.query)) | {"os": str(offset)}
    return replace(answer.request, url=urlunsplit(parts._replace(query=urlencode(asked))))


def _project(row: Fields, answer: Answer) -> Notice:
    ident, title, status = row.text("id"), row.text("project_name"), row.text("status")
    if not re.fullmatch(r"P\d{6}", ident, re.ASCII) or not title:
        raise row.changed(f"{ident[:40]!r}: no project with a name", "id, project_name")
    if status not in _PROJECT_PHASES:
        raise row.changed(f"an unknown status {status[:40]!r}", "status")
    approval, stage = row.moment("boardapprovaldate", "UTC"), row.text("last_stage_reached_name")
    lines = (
        row.text("project_abstract"),
        f"Stage reached: {stage}" if stage else "",
        f"Board approval: {approval:%Y-%m-%d}" if approval else "",
    )
    asked = dict(parse_qsl(urlsplit(answer.request.url).query))
    country = asked.get("countrycode_exact")
    return Notice(
        portal=NAME,
        id=ident,
        url=f"{_PAGE}/project-detail/{ident}",
        title=title,
        phase=_PROJECT_PHASES[status],
        number=ident,
        description="\n".join(filter(None, lines)),
        language="en",
        status=status,
        buyer=_bodies(row.text("borrower"), country),
        procuring_entity=_bodies(row.text("impagency"), country),
        country=country,
        value=_dollars(row),
        published_at=row.moment("public_disclosure_date", ZONE),
        amended_at=row.moment("proj_last_upd_date", ZONE),
    )


def _bodies(names: str, country: str | None) -> Buyer | None:
    """Names in a list («A,A»); a comma inside a name has a space behind it."""
    each = dict.fromkeys(name.strip() for name in re.split(r",(?! )", names))
    name = "; ".join(filter(None, each))
    return Buyer(name, country=country) if name else None


def _dollars(row: Fields) -> Money | None:
    """The commitment: digits in v3, grouped by commas in v2."""
    written = row.text("totalamt").replace(",", "")
    if written and not re.fullmatch(r"[0-9]{1,15}", written):
        raise row.changed(f"{written[:40]!r} where a sum was due", "totalamt")
    # 0 stands for a commitment that is not made yet.
    return Money(int(written) * 100, "USD", Vat.UNKNOWN) if written.strip("0") else None


def _notice(row: Fields, answer: Answer) -> Notice:
    ident = row.text("id")
    project = row.text("project_name")
    title = row.text("bid_description") or project
    if not re.fullmatch(r"[A-Z]{0,4}\d{3,12}", ident, re.ASCII) or not title:
        raise row.changed(f"{ident[:40]!r}: no notice with a name", "id, bid_description")
    code, zone = _country(row.text("project_ctry_name"))
    period, status = _deadline(row, zone), row.text("notice_status")
    about, text = " ".join(filter(None, (row.text("project_id"), project))), _plain(row)
    agency, phase = row.text("contact_organization"), _phase(row, period, answer)
    notice = Notice(
        portal=NAME,
        id=ident,
        url=f"{_PAGE}/procurement-detail/{ident}",
        title=title,
        phase=phase,
        number=row.text("bid_reference_no") or None,
        description="\n".join(filter(None, (f"Project: {about}" if about else "", text))),
        language=_LANGUAGES.get(row.text("notice_lang_name")),
        status=", ".join(filter(None, (row.text("notice_type"), status))) or None,
        method=row.text("procurement_method_name") or None,
        category=_CATEGORIES.get(row.text("procurement_group")),
        procuring_entity=Buyer(agency, country=code) if agency else None,
        country=code,
        published_at=_day(row, "noticedate"),
        period=period,
    )
    awards, contracts = outcome(text, zone or ZONE) if phase is Phase.AWARDED else ((), ())
    joints = procedure(notice, row.text("project_id"), text)
    return replace(notice, awards=awards, contracts=contracts, related=joints)


def _country(name: str) -> tuple[str | None, str | None]:
    found = ((code, zone) for code, (known, zone) in COUNTRIES.items() if known == name)
    return next(found, (None, None))


def _phase(row: Fields, period: Period | None, answer: Answer) -> Phase:
    kind, status = row.text("notice_type"), row.text("notice_status")
    if re.search("cancel", f"{kind} {status}", re.IGNORECASE):
        return Phase.CANCELLED
    if re.search("award", kind, re.IGNORECASE):
        return Phase.AWARDED
    if re.search("General Procurement|Procurement Plan", kind, re.IGNORECASE):
        return Phase.PLAN
    over = period is not None and period.end is not None and period.end <= answer.received_at
    return Phase.CLOSED if over else Phase.OPEN


def _day(row: Fields, name: str) -> datetime | None:
    """«22-Jul-2026», the first moment of that day at the Bank."""
    written = row.text(name)
    match = re.fullmatch(r"(\d{1,2})-([A-Z][a-z]{2})-(\d{4})", written, re.ASCII)
    if match is None or match[2] not in _MONTHS:
        if written:
            raise row.changed(f"{written[:40]!r} where a day was due", name)
        return None
    year, month, day = int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])
    try:
        return datetime(year, month, day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise row.changed(f"{written!r} is no day", name) from error


def _deadline(row: Fields, zone: str | None) -> Period | None:
    """The day of an ISO time (its hour is filler) with the local hour that stands beside it."""
    written = row.moment("submission_deadline_date", "UTC")
    if written is None:
        return None
    clock = re.fullmatch(
        r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?", row.text("submission_deadline_time"), re.ASCII
    )
    hour = time(int(clock[1]), int(clock[2])) if clock and zone else time(23, 59, 59)
    try:
        local = datetime.combine(written.date(), hour, ZoneInfo(zone or ZONE))
        return Period(None, local.astimezone(UTC), zone or ZONE)
    except OverflowError as error:
        raise row.changed("no day", "submission_deadline_date") from error


def _plain(row: Fields) -> str:
    """`notice_text` without its markup, a line for each paragraph or row of a table."""
    markup = row.text("notice_text")
    if not markup:
        return ""
    if html_depth(markup.encode()) > LIMIT:
        raise TooLarge("HTML nested too deeply in notice_text", portal=NAME, url=row.url)
    try:
        # Fifty notices take lxml 0.02 s and BeautifulSoup, which builds objects, 0.12 s.
        root: html.HtmlElement = html.document_fromstring(
            markup.encode(), parser=html.HTMLParser(encoding="utf-8", remove_comments=True)
        )
    except (etree.LxmlError, ValueError):  # nothing in it but comments
        return ""
    etree.strip_elements(root, "script", "style", with_tail=False)
    for block in root.iter(*_BLOCKS):
        block.text = f"\n{block.text or ''}"
        block.tail = f"\n{block.tail or ''}"
    for cell in root.iter("td", "th"):
        cell.tail = f" {cell.tail or ''}"
    lines = (" ".join(line.split()) for line in root.text_content().split("\n"))
    return "\n".join(filter(None, lines))


PORTAL = Portal(
    name=NAME,
    title="World Bank",
    country="",
    home="https://projects.worldbank.org/",
    hosts=frozenset({HOST}),
    zone=ZONE,
    first=first,
    listing=listing,
)
