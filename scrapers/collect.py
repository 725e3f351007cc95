"""Walking a portal: listings page by page, each notice deepened, whatever the portal does.

Knows no network, clock or database: `fetch` asks, `left` says whether there is time, `known` and
`wanted` are the caller's memory and wish. The caller stores a page with its `next` at once, so
that a walk broken off at any request goes on from there.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from scrapers.deepening import Deepening
from scrapers.errors import (
    Blocked,
    BudgetSpent,
    ImplausibleListing,
    NotFound,
    SourceError,
    Throttled,
    Unreachable,
)
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.records import Depth, Notice

_PAGES = 5_000  # of one listing; goszakup, the longest met, ends at 200
# After these the other listings of the portal would only fail alike, or make it worse.
_FATAL = (Blocked, Throttled, Unreachable)


class Ended(StrEnum):
    """Why no further page of this listing follows."""

    COMPLETE = "complete"  # read to its end
    KNOWN = "known"  # a full page held nothing new
    MERGED = "merged"  # the rest was read in this walk already
    BUDGET = "budget"  # `next` is where to go on
    REPEATS = "repeats"  # the portal goes in circles
    ENTRY = "entry"  # a single notice, no listing
    OPENED = "opened"  # a single notice of a listing, opened after its row was given


@dataclass(frozen=True, slots=True)
class Page:
    """What one page gave. `notices` are new to this walk or changed; `seen` names all ids on it.

    `next` is where a later walk resumes if this one stops here, `ended` why the listing stops
    (None while it goes on), `total` the portal's own count. `faults` lost details or doubts, not
    notices: what is in `notices` is true as far as it goes.
    """

    number: int
    notices: tuple[Notice, ...]
    next: Request | None = None
    total: int | None = None
    faults: tuple[SourceError, ...] = ()
    seen: tuple[str, ...] = ()
    ended: Ended | None = None


def _always(_notice: Notice) -> bool:
    return True


def _never(_notice: Notice) -> bool:
    return False


def _nothing() -> Notice | None:
    return None


def walk(
    portal: Portal,
    fetch: Callable[[Request], Answer],
    query: Query,
    *,
    resume: Request | None = None,
    entries: Sequence[str] = (),
    wanted: Callable[[Notice], bool] = _always,
    known: Callable[[Notice], bool] = _never,
    due: Callable[[], Notice | None] = _nothing,
    left: Callable[[], bool],
) -> Iterator[Page]:
    """Yield the pages of a portal: first the `entries`, then its listings from their tops.

    `entries` are numbers or addresses a person gave, one page each. With `resume`, the `next` of an
    earlier walk that stopped, that listing goes on there, those after it follow, and then all tops
    are looked at once more for what came in the meantime.
    `known(notice)` says that a row is stored, unchanged and as deep as wished: it is not opened
    again, and a full page of such rows ends a listing when `query.since` is set or it is looked at
    once more (one row alone proves nothing: portals pin and re-date notices). `wanted(notice)` says
    whether to open a notice's own pages. `left()` is asked before every request; once False, the
    last page carries `BudgetSpent` and `next`, which is the page itself when notices on it remain
    unopened.

    Opening every row at once would keep a long listing from being read at all, so a caller may let
    `wanted` refuse and name with `due()` the next notice to open, the most urgent first. As many
    requests are made for those as for listings, until the listings end; then the rest is opened.
    Each comes as a page of its own, `OPENED`, still at listing depth if its pages failed.

    A listing that fails ends there. If the portal refuses us the error is raised at once;
    otherwise the other listings are read and the first such error is raised at the end. A notice
    is given once, and again only if a later row says something else (further lots of the same
    announcement).
    """
    deepening = Deepening(portal, fetch, left)
    tops = portal.first(query)
    walking = _Walk(portal, fetch, query, wanted, known, due, left, deepening, tops)
    for text in entries:
        page = walking.entry(text)
        if page.ended is Ended.BUDGET:
            yield replace(page, next=resume)  # no listing was begun: resume there, as before
            return
        yield page
    yield from _listings(walking, _starts(tops, resume))


def _listings(walking: "_Walk", starts: Sequence[Request]) -> Iterator[Page]:
    failed: SourceError | None = None
    for start in starts:
        if start in walking.made:
            continue
        try:
            for page in walking.listing(start):
                yield page
                if page.ended is Ended.BUDGET:
                    return
                yield from walking.opened(share=True)
        except _FATAL:
            raise
        except SourceError as error:
            failed = failed or error
    yield from walking.opened(share=False)
    if failed is not None:
        raise failed


def _starts(tops: Sequence[Request], resume: Request | None) -> list[Request]:
    """Where to begin, in order; `Request.listing` numbers the places.

    A walk has a place for each top; one that was resumed has each top a second time, so that it
    comes to an end however often it is cut short, and reads every listing whole on the way.
    """
    if resume is None:
        return [replace(top, listing=place) for place, top in enumerate(tops)]
    places = range(resume.listing + 1, 2 * len(tops))
    again = [replace(tops[place % len(tops)], listing=place) for place in places]
    return [resume, *again]


def _following(request: Request, following: Request) -> Request:
    """Note in the next request how far its listing went, and every time the distance has doubled
    where it was (Brent's cycle detection): a circle longer than one run is noticed all the same,
    within three rounds."""
    doubled = request.steps.bit_count() <= 1
    return replace(
        following,
        listing=request.listing,
        steps=request.steps + 1,
        anchor=_fingerprint(request) if doubled else request.anchor,
    )


def _goes_round(following: Request | None) -> bool:
    if following is None:
        return False
    return following.steps > _PAGES or following.anchor == _fingerprint(following)


def _fingerprint(request: Request) -> str:
    asked = (request.url, request.method, request.form, request.json)
    return hashlib.sha256(repr(asked).encode("utf-8", "replace")).hexdigest()[:16]


def _row(notice: Notice) -> tuple[str, int]:
    """What is remembered of a row: rows whole would be half a gigabyte after 100,000 notices."""
    return notice.id, hash(notice)


@dataclass(slots=True)
class _Walk:
    """The memory of one walk: requests made, rows given, notices read in full."""

    portal: Portal
    fetch: Callable[[Request], Answer]
    query: Query
    wanted: Callable[[Notice], bool]
    known: Callable[[Notice], bool]
    due: Callable[[], Notice | None]
    left: Callable[[], bool]
    deepening: Deepening
    tops: tuple[Request, ...]
    pages: int = 0
    listed: int = 0
    made: set[Request] = field(default_factory=set)
    given: set[tuple[str, int]] = field(default_factory=set)
    complete: set[str] = field(default_factory=set)

    def entry(self, text: str) -> Page:
        """Open one notice by number or address."""
        self.pages += 1
        request = self.portal.entry(text) if self.portal.entry else None
        if request is None or self.portal.detail is None:
            fault = self._fault(NotFound, f"{text!r} is no number or address of this portal")
            return Page(self.pages, (), faults=(fault,), ended=Ended.ENTRY)
        if not self.left():
            return self._spent(None)
        try:
            notice = self.portal.detail(None, self.deepening.open(request))
        except SourceError as error:
            return Page(self.pages, (), faults=(error,), ended=Ended.ENTRY)
        self.deepening.asked.setdefault(notice.id, set()).add(request)
        deep = self.deepening.deepen(notice)
        self._note(deep.notice)
        return Page(
            self.pages, (deep.notice,), faults=deep.faults, seen=(notice.id,), ended=Ended.ENTRY
        )

    def opened(self, *, share: bool) -> Iterator[Page]:
        """Open what is due: all of it, or (`share`) with no more requests than listings took."""
        while not self.deepening.given_up and self.left():
            if share and self.deepening.requests >= self.listed:
                return
            notice = self.due()
            if notice is None:
                return
            if notice.id in self.complete:
                continue
            deep = self.deepening.deepen(notice)
            self._note(deep.notice)
            self.pages += 1
            yield Page(
                self.pages,
                (deep.notice,),
                faults=deep.faults,
                seen=(notice.id,),
                ended=Ended.OPENED,
            )

    def _note(self, notice: Notice) -> None:
        """Remember a notice read in full: no row of a listing says more."""
        if notice.depth is Depth.DETAIL:
            self.complete.add(notice.id)

    def listing(self, start: Request) -> Iterator[Page]:
        """Read one listing from `start`."""
        trail = _Trail(whole=start in self.tops, again=start.listing >= len(self.tops))
        request: Request | None = start
        while request is not None:
            if not self.left():
                yield self._spent(request)
                return
            self.made.add(request)
            trail.requests.add(request)
            page = self.portal.listing(self.fetch(request), self.query)
            following = page.next and _following(request, page.next)
            self.pages += 1
            self.listed += 1
            ended, doubt = self._end(trail, page, following)
            fresh = [notice for notice in page.notices if self._is_new(notice)]
            notices, faults, spent = self._deepened(fresh)
            if spent:
                ended, doubt = Ended.BUDGET, self._fault(BudgetSpent, "notices remain unopened")
            yield Page(
                self.pages,
                notices,
                next=request if spent else None if ended else following,
                total=page.total,
                faults=(*faults, doubt) if doubt else faults,
                seen=tuple(dict.fromkeys(notice.id for notice in page.notices)),
                ended=ended,
            )
            request = None if ended else following

    def _end(
        self, trail: "_Trail", page: Listing, following: Request | None
    ) -> tuple[Ended | None, SourceError | None]:
        """Whether a listing ends with this page, and what is doubtful about that."""
        repeated = bool(page.notices) and all(_row(one) in trail.rows for one in page.notices)
        trail.add(page)
        if repeated or page.next in trail.requests or _goes_round(following):
            return Ended.REPEATS, self._fault(ImplausibleListing, "the listing repeats for ever")
        if page.next is None:
            if trail.whole and trail.total is not None and trail.count < trail.total:
                said = f"{trail.count} rows read where the portal counts {trail.total}"
                return Ended.COMPLETE, self._fault(ImplausibleListing, said)
            return Ended.COMPLETE, None
        if not page.notices:
            return Ended.REPEATS, self._fault(ImplausibleListing, "an empty page leads further")
        if page.next in self.made:
            return Ended.MERGED, None
        brief = self.query.since is not None or trail.again
        if brief and all(self.known(one) for one in page.notices):
            return Ended.KNOWN, None
        return None, None

    def _is_new(self, notice: Notice) -> bool:
        """Whether to give a row: not twice the same, nor below what was read in full."""
        if _row(notice) in self.given or notice.id in self.complete:
            return False
        self.given.add(_row(notice))
        return True

    def _deepened(
        self, notices: Sequence[Notice]
    ) -> tuple[tuple[Notice, ...], tuple[SourceError, ...], bool]:
        """Open each notice that is wanted and not known, until time runs out."""
        result: list[Notice] = []
        faults: list[SourceError] = []
        spent = False
        for notice in notices:
            if spent or not self.wanted(notice) or self.known(notice):
                result.append(notice)
                continue
            deep = self.deepening.deepen(notice)
            spent = deep.spent
            faults += deep.faults
            self._note(deep.notice)
            result.append(deep.notice)
        return tuple(result), tuple(faults), spent

    def _spent(self, request: Request | None) -> Page:
        fault = self._fault(BudgetSpent, "stopped before the end", request.url if request else "")
        return Page(self.pages, (), request, faults=(fault,), ended=Ended.BUDGET)

    def _fault(self, kind: type[SourceError], detail: str, url: str = "") -> SourceError:
        return kind(detail, portal=self.portal.name, url=url)


@dataclass(slots=True)
class _Trail:
    """What one listing gave so far.

    `count` counts rows as portals do: a row may be a lot, so a notice counts as its lots, and
    twice if it stood on two pages. `total` is the smallest count the portal stated: notices may be
    withdrawn while we read, and those that move to another page are counted there again. So fewer
    rows than `total` means that the portal kept some from us, if we began at the top (`whole`).
    `again` marks the second look at a listing after a walk that was resumed.
    """

    whole: bool
    again: bool
    rows: set[tuple[str, int]] = field(default_factory=set)
    requests: set[Request] = field(default_factory=set)
    count: int = 0
    total: int | None = None

    def add(self, page: Listing) -> None:
        self.rows.update(map(_row, page.notices))
        self.count += sum(max(1, len(notice.lots)) for notice in page.notices)
        if page.total is not None:
            self.total = page.total if self.total is None else min(self.total, page.total)
