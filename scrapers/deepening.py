"""Opening a notice's own pages, one after another, as its portal asks for them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from scrapers.errors import Blocked, BudgetSpent, LayoutChanged, SourceError, Throttled, Unreachable
from scrapers.portal import Answer, Portal, Request
from scrapers.records import Depth, Notice

CAP = 120  # pages of one notice; at goszakup's five seconds each that is ten minutes
_REFUSALS = (Blocked, Throttled, Unreachable)


@dataclass(frozen=True, slots=True)
class Deepened:
    """A notice as deep as it got, what went wrong, and whether time ran out on the way."""

    notice: Notice
    faults: tuple[SourceError, ...] = ()
    spent: bool = False


@dataclass(slots=True)
class Deepening:
    """The detail pages of one walk. After two refusals in a row no further page is opened.
    `requests` counts what was asked for."""

    portal: Portal
    fetch: Callable[[Request], Answer]
    left: Callable[[], bool]
    cap: int = CAP
    asked: dict[str, set[Request]] = field(default_factory=dict)
    refusals: int = 0
    requests: int = 0

    @property
    def given_up(self) -> bool:
        return self.refusals >= 2

    def deepen(self, notice: Notice) -> Deepened:
        """Open what `portal.details` names until it names nothing new.

        No request is made twice for a notice. A page that fails leaves its fault and the notice at
        listing depth, with what its other pages gave: nobody may take it for complete.
        """
        asked = self.asked.setdefault(notice.id, set())
        faults: list[SourceError] = []
        opened = 0
        while not self.given_up:
            request = next((one for one in self.portal.details(notice) if one not in asked), None)
            if request is None:
                break
            if not self.left():
                return Deepened(_shallow(notice), tuple(faults), spent=True)
            if opened >= self.cap:
                faults.append(self._fault(BudgetSpent, f"more than {self.cap} pages", notice))
                break
            asked.add(request)
            opened += 1
            try:
                notice = self._step(notice, self.open(request))
            except SourceError as error:
                faults.append(error)
        return Deepened(_shallow(notice) if faults else notice, tuple(faults))

    def open(self, request: Request) -> Answer:
        """Fetch, counting refusals in a row. Raises what `fetch` raises."""
        self.requests += 1
        try:
            answer = self.fetch(request)
        except SourceError as error:
            self.refusals = self.refusals + 1 if isinstance(error, _REFUSALS) else 0
            raise
        self.refusals = 0
        return answer

    def _step(self, notice: Notice, answer: Answer) -> Notice:
        if self.portal.detail is None:
            return notice
        deeper = self.portal.detail(notice, answer)
        if deeper.id != notice.id:
            raise LayoutChanged(
                f"the page of notice {notice.id} is that of {deeper.id}",
                selector="id",
                portal=self.portal.name,
                url=answer.url,
            )
        return deeper

    def _fault(self, kind: type[SourceError], detail: str, notice: Notice) -> SourceError:
        return kind(detail, portal=self.portal.name, url=notice.url)


def _shallow(notice: Notice) -> Notice:
    return notice if notice.depth is Depth.LISTING else replace(notice, depth=Depth.LISTING)
