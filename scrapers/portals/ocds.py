"""Any publisher of OCDS: a file on the web, or an API whose pages name the next one.

Domain
    The addresses under `[portals.ocds.query] url` (one or a list); their hosts are the only ones
    asked. JSON, JSON Lines or either in gzip; release packages, record packages, single releases.

Caveats
    `since_param` names the query parameter for "changed since", if the API has one. The next page
    is `links.next` (OCDS) or `next_page.uri` (Armenia, Prozorro); a page without any release ends
    the listing even if it names a next one, because some APIs never stop.
    Releases of one process on one page are merged; on different pages the later answer replaces
    the earlier one. A release without any text is passed over, but a page of nothing else is
    `LayoutChanged`. `zone` is for dates without an offset (default UTC).

Terms
    Each publisher's own; see `license` in its packages.

API documentation
    https://standard.open-contracting.org/1.1/en/schema/release_package/
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from scrapers.errors import ImplausibleListing, LayoutChanged
from scrapers.ocds.package import json_documents, processes
from scrapers.ocds.release import NoTitle, notice_of
from scrapers.ocds.values import mapping, web_address
from scrapers.portal import Answer, Listing, Portal, Query, Request, Setting
from scrapers.records import Notice

NAME = "ocds"

_FILES = (".gz", ".jsonl", ".ndjson")


def addresses(settings: Mapping[str, Setting]) -> tuple[str, ...]:
    """The configured addresses."""
    found = settings.get("url", [])
    return tuple(map(str, found)) if isinstance(found, list) else (str(found),)


def hosts_of(settings: Mapping[str, Setting]) -> frozenset[str]:
    """The hosts of the configured addresses: all that may be asked."""
    return frozenset(filter(None, map(_host, addresses(settings))))


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None  # a bracket that is never closed


def first(query: Query) -> tuple[Request, ...]:
    """Each configured address, with the day of `query.since` where `since_param` is set.

    What is no web address is asked for as it stands: fetching refuses it by name, where leaving it
    out would hide a slip of the pen for ever.
    """
    name = str(query.settings.get("since_param", ""))
    return tuple(
        _request(_with_since(url, name, query) if name and query.since else url)
        if web_address(url) and _host(url)
        else Request(url, expect="json")
        for url in addresses(query.settings)
        if url
    )


def _with_since(url: str, name: str, query: Query) -> str:
    parts = urlsplit(url)
    since = query.since.strftime("%Y-%m-%dT%H:%M:%SZ") if query.since else ""
    asked = [(key, value) for key, value in parse_qsl(parts.query) if key != name]
    return urlunsplit(parts._replace(query=urlencode([*asked, (name, since)])))


def _request(url: str) -> Request:
    return Request(url, expect="file" if urlsplit(url).path.endswith(_FILES) else "json")


def listing(answer: Answer, query: Query) -> Listing:
    """Read a page; errors as of `read_page`."""
    return read_page(answer, query, portal=NAME, zone=str(query.settings.get("zone", "UTC")))


def read_page(answer: Answer, _query: Query, *, portal: str, zone: str) -> Listing:
    """Read a page of releases or records, for any portal that speaks OCDS.

    Raises `LayoutChanged` when it holds no OCDS, `ImplausibleListing` when it names itself as the
    next page, and whatever `json_documents` raises.
    """
    ZoneInfo(zone)  # a wrong setting must not look like missing dates
    found: dict[str, Notice] = {}
    mute, following = 0, ""
    for document in json_documents(answer.body, answer.content_type, portal=portal, url=answer.url):
        following = following or _next(document, answer.url)
        try:
            compiled = processes(document)
        except LayoutChanged as error:
            error.portal, error.url = portal, answer.url
            raise
        for release in compiled:
            try:
                notice = notice_of(release, portal=portal, url=answer.url, zone=zone)
            except NoTitle:
                mute += 1
            else:
                found[notice.id] = notice
    if mute and not found:
        raise LayoutChanged(
            "no release has a title", selector="tender.title", portal=portal, url=answer.url
        )
    if following in {answer.url, answer.request.url}:
        raise ImplausibleListing("the page names itself as next", portal=portal, url=answer.url)
    return Listing(tuple(found.values()), next=_request(following) if found and following else None)


def _next(document: object, base: str) -> str:
    fields = mapping(document)
    link = mapping(fields.get("links")).get("next")
    named = link or mapping(fields.get("next_page")).get("uri")
    try:
        return web_address(urljoin(base, named)) if isinstance(named, str) and named else ""
    except ValueError as error:  # «http://[x»
        raise LayoutChanged(str(error), selector="links.next", portal=NAME, url=base) from error


PORTAL = Portal(
    name=NAME,
    title="OCDS",
    country="",
    home="https://standard.open-contracting.org/",
    hosts=frozenset(),
    zone="UTC",
    first=first,
    listing=listing,
    hosts_of=hosts_of,
)
