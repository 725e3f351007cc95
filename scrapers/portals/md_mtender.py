"""Domain
    MTender: public purchases of Moldova, https://public.mtender.gov.md: lists of changed processes
    (`/tenders/`, `/tenders/cn`, `/tenders/plan`) -> the record package of each process.
    UNVERIFIED: written from descriptions and working clients; no real answer was at hand.

Caveats
    - A list goes upwards only, from `offset` (the time of a change): a first run begins `days` ago,
      a later one where the last good run stood. The next page begins at the list's own `offset`;
      one that does not move is the end.
    - A list gives ids and times alone. A row is a notice at listing depth under its id until its
      package is read; one request a process.
    - A record package holds several releases of one process, which may disagree: the newest value
      of each field holds.
    - Errors come as status 200 with an `errors` object or without data: `ApiRefused`.
    - Parts of a process (budget, planning, evaluation) are records of their own, named by
      relatedProcesses; they are joined by their ocids.

Terms
    robots.txt and terms of use: not seen. Open data of the Agency of Public Procurement.

API documentation
    None found. Settings under [portals.md_mtender.query]: `days` (how far back a first run goes,
    30), `limit` (rows a page, 100), `lists` (of "tenders", "plan").
"""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from scrapers.errors import ApiRefused, LayoutChanged, NotFound
from scrapers.json_body import read_json
from scrapers.ocds.merge import merged
from scrapers.ocds.package import processes
from scrapers.ocds.release import NoTitle, notice_of
from scrapers.ocds.values import Json, identifier, mapping, mappings, moment, text
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.records import Depth, Notice, Phase

NAME = "md_mtender"
ZONE = "Europe/Chisinau"
HOST = "public.mtender.gov.md"
_LISTS = {"tenders": "/tenders/", "plan": "/tenders/plan"}
_OCID = re.compile(r"ocds-[a-z0-9]{6}-MD-\d{10,16}(?:-[A-Z]{2}-\d{10,16})?")


def first(query: Query) -> tuple[Request, ...]:
    """Each list from where the last good run stood, or from `days` ago."""
    days, limit = query.settings.get("days", 30), query.settings.get("limit", 100)
    since = query.since or query.now - timedelta(days=days if isinstance(days, int) else 30)
    wanted = query.settings.get("lists", ["tenders"])
    names = [name for name in (wanted if isinstance(wanted, list) else []) if name in _LISTS]
    asked = {"offset": since.strftime("%Y-%m-%dT%H:%M:%SZ"), "limit": str(limit)}
    return tuple(
        Request(f"https://{HOST}{_LISTS[name]}?{urlencode(asked)}", expect="json") for name in names
    )


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of a list. Raises `LayoutChanged`, `ApiRefused`."""
    page = _body(answer)
    rows = page.get("data")
    if not isinstance(rows, list) or len(mappings(rows)) != len(rows):
        raise _changed(answer, "no list of processes", "data")
    notices = {notice.id: notice for notice in (_row(row, answer) for row in mappings(rows))}
    offset = text(page.get("offset"))
    return Listing(tuple(notices.values()), _next(answer, offset) if rows and offset else None)


def _row(row: Json, answer: Answer) -> Notice:
    ident = identifier(row.get("ocid"))
    changed_at = moment(row.get("date"), ZONE)
    if not _OCID.fullmatch(ident) or changed_at is None:
        raise _changed(answer, f"{ident[:60]!r} is no process, or it has no time", "data[].ocid")
    return Notice(
        NAME,
        ident,
        f"https://mtender.gov.md/tenders/{ident}",
        ident,
        Phase.OPEN,
        number=ident,
        country="MD",
        amended_at=changed_at,
        depth=Depth.LISTING,
    )


def _next(answer: Answer, offset: str) -> Request | None:
    """The list from its own last time on; None where it did not move."""
    head, _, query = answer.request.url.partition("?")
    moved = re.sub(r"offset=[^&]*", urlencode({"offset": offset[:40]}), query)
    return None if moved == query else replace(answer.request, url=f"{head}?{moved}")


def details(notice: Notice) -> tuple[Request, ...]:
    """The package of the process, once."""
    return () if notice.depth is Depth.DETAIL else (_process(notice.id),)


def _process(ident: str) -> Request:
    return Request(f"https://{HOST}/tenders/{ident}", kind="process", ref=ident, expect="json")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Read a process by the newest value of each field. Raises `NotFound`, `LayoutChanged`."""
    ident = answer.request.ref
    body = _body(answer)
    try:
        found = processes(body)
    except LayoutChanged as error:
        error.portal, error.url = NAME, answer.url
        raise
    if not found:
        raise NotFound(f"no record of {ident}", portal=NAME, url=answer.url)
    if all(not identifier(one.get("ocid")).startswith(ident) for one in found):
        raise _changed(answer, f"records of other processes than {ident}", "records[].ocid")
    try:
        # Its parts (budget, evaluation) are records of their own within the package.
        read = notice_of({**merged(found), "ocid": ident}, portal=NAME, zone=ZONE)
    except NoTitle as error:
        raise _changed(answer, str(error), "tender.title") from error
    if notice is not None and notice.id != ident:
        raise _changed(answer, f"process {ident}, not {notice.id}", "ocid")
    over = read.period and read.period.end and read.period.end <= answer.received_at
    return replace(
        read,
        id=ident,
        url=f"https://mtender.gov.md/tenders/{ident}",
        phase=Phase.CLOSED if read.phase is Phase.OPEN and over else read.phase,
        number=ident,
        language=read.language or "ro",
        country="MD",
        amended_at=(notice.amended_at if notice else None) or read.amended_at,
    )


def _body(answer: Answer) -> Json:
    body = mapping(read_json(answer.body, answer.content_type, portal=NAME, url=answer.url))
    if body.get("errors") or (body.get("success") is False):
        said = str(body.get("errors") or body)[:200]
        raise ApiRefused(said, portal=NAME, url=answer.url)
    return body


def _changed(answer: Answer, detail: str, selector: str) -> LayoutChanged:
    return LayoutChanged(detail, selector=selector, portal=NAME, url=answer.url)


def entry(pasted: str) -> Request | None:
    """A process's ocid, or its address."""
    ident = pasted.strip().rpartition("/")[2]
    known = pasted.strip() in {ident, f"https://mtender.gov.md/tenders/{ident}"}
    return _process(ident) if known and _OCID.fullmatch(ident) else None


PORTAL = Portal(
    name=NAME,
    title="MTender (Молдова)",
    country="MD",
    home="https://mtender.gov.md/",
    hosts=frozenset({HOST}),
    zone=ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
)
