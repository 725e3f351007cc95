"""TED, Tenders Electronic Daily: the public purchases of the EU and its neighbours.

Domain
    ted.europa.eu; search API v3 on api.ted.europa.eu, no key. Some 3,000 notices a working day.

Caveats
    The query is TED's expert language, from `[portals.eu_ted.query] search`; sorting is part of it
    (`SORT BY publication-date DESC`, no ASC). Dates must be written YYYYMMDD: others are answered
    200 and mean something else. A spoilt token is answered 500.
    Values are lists per lot, a currency may be stated once for all; texts are keyed by ISO 639-2/T
    language. The order of the lists is that of the notice, which TED does not promise: the notice's
    XML is read after the listing and corrects it. The deadline is two lists, dates and times.
    A correction is a notice of its own with a new number.
    Estimated values are net of VAT: Directive 2014/24/EU, Article 5(1).

Terms
    Reuse is free (Commission Decision 2011/833/EU, CC BY 4.0); metadata CC0.

API documentation
    https://docs.ted.europa.eu/api/latest/search.html
"""

import json
import re
from dataclasses import replace

from scrapers.eforms.fields import ZONE
from scrapers.eforms.notice import read_eforms
from scrapers.errors import ImplausibleListing, LayoutChanged
from scrapers.json_body import read_json
from scrapers.ocds.values import Json, mapping, text
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals.eu_ted_row import FIELDS, notice_of_row
from scrapers.records import Depth, Notice, Text

NAME = "eu_ted"
SEARCH = "https://api.ted.europa.eu/v3/notices/search"
LIMIT = 250  # the most the API gives on a page

_NUMBER = re.compile(r"\d{1,8}-\d{4}")
_ADDRESS = re.compile(
    r"https://ted\.europa\.eu/[a-z]{2}/notice/(?:-/detail/)?(\d{1,8}-\d{4})(?:/\w+)?(?:[?#].*)?"
)


def first(query: Query) -> tuple[Request, ...]:
    """The search, from the day of `query.since` on.

    Settings: `search` (expert query without sorting or date; none asks for everything), `scope`
    (ACTIVE by default, LATEST or ALL), `limit`.
    """
    words = [str(query.settings.get("search", "")).strip()]
    words = [f"({word})" for word in words if word]
    if query.since:
        words.append(f"PD>={query.since:%Y%m%d}")
    limit = query.settings.get("limit", LIMIT)
    body = {
        "query": " AND ".join(words or ["PD>=19930101"]) + " SORT BY publication-date DESC",
        "fields": list(FIELDS),
        "limit": min(max(limit, 1), LIMIT) if isinstance(limit, int) else LIMIT,
        "scope": str(query.settings.get("scope", "ACTIVE")),
        "paginationMode": "ITERATION",
    }
    return (_search(body),)


def _search(body: dict[str, object]) -> Request:
    return Request(SEARCH, method="POST", json=json.dumps(body, sort_keys=True), expect="json")


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of search results.

    Raises `LayoutChanged` when it is no search result, `ImplausibleListing` when the search broke
    off or repeats itself.
    """
    page = mapping(read_answer(answer))
    rows, total = page.get("notices"), page.get("totalNoticeCount")
    if not isinstance(rows, list):
        raise LayoutChanged("no result", selector="notices", portal=NAME, url=answer.url)
    if page.get("timedOut") is True:
        raise ImplausibleListing("the search timed out half-way", portal=NAME, url=answer.url)
    found: dict[str, Notice] = {}
    for row in rows:
        number = text(mapping(row).get("publication-number"))
        if not _NUMBER.fullmatch(number):
            raise LayoutChanged(
                "a row without a number", selector="publication-number", portal=NAME, url=answer.url
            )
        found.setdefault(number, notice_of_row(mapping(row), portal=NAME, url=answer.url))
    return Listing(
        tuple(found.values()),
        next=_next(answer, page) if rows else None,
        total=total if isinstance(total, int) and not isinstance(total, bool) else None,
    )


def read_answer(answer: Answer) -> object:
    return read_json(answer.body, answer.content_type, portal=NAME, url=answer.url)


def _next(answer: Answer, page: Json) -> Request | None:
    """The same search with the token of the page just read. A token that does not change would
    bring the same page for ever."""
    token = text(page.get("iterationNextToken"))
    if not token:
        return None
    body = dict(mapping(json.loads(answer.request.json or "{}")))
    if body.get("iterationNextToken") == token:
        raise ImplausibleListing("the page repeats for ever", portal=NAME, url=answer.url)
    return _search({**body, "iterationNextToken": token})


def details(notice: Notice) -> tuple[Request, ...]:
    """The notice's XML, once."""
    return () if notice.depth is Depth.DETAIL else (_xml(notice.id),)


def _xml(number: str) -> Request:
    address = f"https://ted.europa.eu/en/notice/{number}/xml"
    return Request(address, kind="notice", ref=number, expect="xml")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Read the XML. What the listing had and the XML has not (the title in English) is kept."""
    read = read_eforms(
        answer.body, answer.content_type, portal=NAME, url=answer.url, ident=answer.request.ref
    )
    number = answer.request.ref or read.id
    read = replace(read, url=f"https://ted.europa.eu/en/notice/-/detail/{number}")
    if notice is None:
        return read
    known = {(one.language, one.value) for one in read.translations}
    spoken = {read.language}
    more = tuple(
        Text(one.language, one.value)
        for one in (*notice.translations, Text(notice.language or "", notice.title))
        if one.language and one.language not in spoken and (one.language, one.value) not in known
    )
    return replace(
        read,
        buyer=read.buyer or notice.buyer,
        country=read.country or notice.country,
        value=read.value or notice.value,
        period=read.period or notice.period,
        published_at=notice.published_at or read.published_at,
        translations=read.translations + more,
    )


def entry(pasted: str) -> Request | None:
    """A publication number (`383667-2026`) or an address of a notice."""
    pasted = pasted.strip()
    match = _ADDRESS.fullmatch(pasted)
    number = match.group(1) if match else pasted.lstrip("0")
    return _xml(number) if _NUMBER.fullmatch(number) else None


PORTAL = Portal(
    name=NAME,
    title="TED (EU)",
    country="EU",
    home="https://ted.europa.eu/",
    hosts=frozenset({"api.ted.europa.eu", "ted.europa.eu"}),
    zone=ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
)
