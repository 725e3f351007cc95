"""What a portal module hands to the collector: hosts, paging and pure parsers.

A portal module has one `PORTAL = Portal(...)`. Its parsers take an `Answer` and return values;
asking is the collector's business (`scrapers.collect`), fetching that of `scrapers.fetch`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from scrapers.records import Notice

Setting = str | int | float | bool | list[str]
"""What one key under `[portals.NAME.query]` of config.toml may hold."""


@dataclass(frozen=True, slots=True)
class Request:
    """An address to ask for. `kind` names the parser branch ("listing", "announce", "lot"…);
    `ref` says what the answer is about when the page itself does not (a lot id). `listing` is the
    collector's note of where in its walk a page stands, `steps` of how many pages of that listing
    came before over all runs, and `anchor` of one of those by its fingerprint, to notice a circle;
    they are no part of what is asked."""

    url: str
    kind: str = "listing"
    ref: str = ""
    method: Literal["GET", "POST"] = "GET"
    form: tuple[tuple[str, str], ...] = ()
    json: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    expect: Literal["html", "json", "xml", "file"] = "html"
    listing: int = field(default=0, compare=False)
    steps: int = field(default=0, compare=False)
    anchor: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes a portal answered with. `url` is the final address after redirects."""

    request: Request
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

    @property
    def content_type(self) -> str:
        """The Content-Type header, "" without one, in whatever case it was written."""
        return next((v for k, v in self.headers.items() if k.lower() == "content-type"), "")


@dataclass(frozen=True, slots=True)
class Query:
    """What a run asks of a portal. `since` is where the last good run stood, less the overlap;
    None on a first run. `now` is the run's clock. `settings` are the portal's own."""

    now: datetime
    since: datetime | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing. `total` is the portal's own count of the whole result, if stated.
    An empty `notices` is only allowed when the page was recognised and says that nothing fits."""

    notices: tuple[Notice, ...]
    next: Request | None = None
    total: int | None = None


def no_details(_notice: Notice) -> tuple[Request, ...]:
    """For a portal whose listing says all."""
    return ()


@dataclass(frozen=True, slots=True)
class Portal:
    """A procurement website or API.

    `first(query)` gives the requests that open the listings, `listing(answer, query)` reads a page.
    `details(notice)` gives what to open to deepen a notice; it is asked again after every answer
    until it names nothing new. `detail(notice, answer)` returns the notice deepened by the answer;
    `notice` is None when the page was reached by number and not from a listing. `entry(text)` turns
    a number or address a person pasted into a request, or None if it is not this portal's.
    `hosts_of(settings)` gives the hosts of a portal whose addresses are settings; see `settled`.
    `when_blocked` says what to do when this portal refuses us, in place of `Blocked.advice`.
    """

    name: str
    title: str
    country: str
    home: str
    hosts: frozenset[str]
    zone: str
    first: Callable[[Query], tuple[Request, ...]]
    listing: Callable[[Answer, Query], Listing]
    details: Callable[[Notice], tuple[Request, ...]] = no_details
    detail: Callable[[Notice | None, Answer], Notice] | None = None
    entry: Callable[[str], Request | None] | None = None
    token_env: str | None = None
    hosts_of: Callable[[Mapping[str, Setting]], frozenset[str]] | None = None
    when_blocked: str = ""


def settled(portal: Portal, settings: Mapping[str, Setting]) -> Portal:
    """The portal with the hosts its settings name: what the collector must fetch with."""
    if portal.hosts_of is None:
        return portal
    return replace(portal, hosts=portal.hosts | portal.hosts_of(settings))
