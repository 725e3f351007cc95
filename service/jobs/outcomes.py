"""What a reading amounts to: OK, PARTIAL, FAILED or SKIPPED, with the reason. Pure.

Zero notices is a claim to be proven: a reading that recognised no page at all is FAILED.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from scrapers.collect import Ended, Page
from scrapers.errors import BudgetSpent, ImplausibleListing, SourceError
from service.config import PortalTable
from service.jobs.runs import Report
from service.store.notices import PageCounts
from service.store.tables.naming import Outcome

_OUR_FAULT = "This is a fault of Suranys, not of the portal: please report it with --debug."


@dataclass(slots=True)
class Tally:
    """What one portal's reading has given so far."""

    pages: int = 0
    seen: set[str] = field(default_factory=set)
    counts: PageCounts = field(default_factory=PageCounts)
    faults: list[SourceError] = field(default_factory=list)
    ends: list[Ended] = field(default_factory=list)
    total: int | None = None
    error: Exception | None = None

    def add(self, page: Page, counts: PageCounts) -> None:
        """Count a page that was stored."""
        self.pages += 1
        if page.ended is not Ended.OPENED:  # its row was met before, maybe on another day
            self.seen.update(page.seen)
        self.counts += counts
        self.faults += page.faults
        if page.ended not in {None, Ended.OPENED}:
            self.ends.append(page.ended)
        self.total = page.total if page.total is not None else self.total

    @property
    def covered(self) -> bool:
        """Whether the listings were read as far as the portal shows them or we know them, so that
        the next reading may begin where this one began."""
        broken = {Ended.BUDGET, Ended.REPEATS} & set(self.ends)
        doubted = any(isinstance(fault, ImplausibleListing) for fault in self.faults)
        return self.error is None and self.pages > 0 and not broken and not doubted

    @property
    def complete(self) -> bool:
        """Whether every row that the listings hold was met: what was not, has vanished."""
        return self.covered and set(self.ends) <= {Ended.COMPLETE, Ended.MERGED}


def report(tally: Tally, table: PortalTable) -> Report:
    """Decide how the run ended and say why in one line."""
    if tally.error is not None:
        ended = Outcome.PARTIAL if tally.seen else Outcome.FAILED
        before = f"; before it {_grouped(tally.faults)}" if tally.faults else ""
        return _with(tally, ended, _said(tally.error) + before, tally.error)
    for judge in (_nothing_asked, _band, _budget, _faults):
        found = judge(tally, table)
        if found is not None:
            return found
    reason = "" if tally.seen else "the portal says that nothing fits the query"
    return _with(tally, Outcome.OK, reason)


def _nothing_asked(tally: Tally, _table: PortalTable) -> Report | None:
    if tally.pages:
        return None
    return _with(tally, Outcome.FAILED, "no page was read: the settings name no address")


def _budget(tally: Tally, _table: PortalTable) -> Report | None:
    if Ended.BUDGET not in tally.ends:
        return None
    of = f" of {tally.total}" if tally.total is not None else ""
    read = f"{len(tally.seen)} notices{of}"
    reason = f"time or requests ran out after {read}; the next run goes on from there"
    # Not one row read proves nothing: a portal that is too slow every day must not look half well.
    ended = Outcome.PARTIAL if tally.seen else Outcome.FAILED
    return _with(tally, ended, reason, _first(tally, BudgetSpent))


def _band(tally: Tally, table: PortalTable) -> Report | None:
    """Compare with the configured band; only a reading that came to its end can be too small."""
    count = len(tally.seen)
    if tally.covered and count < table.min_per_run:
        reason = f"{count} notices where at least {table.min_per_run} were due"
        return _with(tally, Outcome.FAILED, reason, ImplausibleListing(reason))
    if table.max_per_run is not None and count > table.max_per_run:
        reason = f"{count} notices where at most {table.max_per_run} were due"
        return _with(tally, Outcome.PARTIAL, reason, ImplausibleListing(reason))
    return None


def _faults(tally: Tally, _table: PortalTable) -> Report | None:
    if not tally.faults:
        return None
    first = tally.faults[0]
    counted = f"{_grouped(tally.faults)}, first: " if len(tally.faults) > 1 else ""
    # A page that a person named and that could not be opened proves nothing at all.
    ended = Outcome.PARTIAL if tally.seen else Outcome.FAILED
    return _with(tally, ended, f"{counted}{first}", first)


def _grouped(faults: Sequence[SourceError]) -> str:
    """Faults by name, the most frequent first: «NotSaved ×137, LayoutChanged ×2»."""
    names = Counter(type(fault).__name__ for fault in faults)
    return ", ".join(f"{name} ×{count}" for name, count in names.most_common())


def _first(tally: Tally, kind: type[SourceError]) -> SourceError | None:
    return next((fault for fault in tally.faults if isinstance(fault, kind)), None)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, SourceError) else f"{type(error).__name__}: {error}"


def _with(tally: Tally, outcome: Outcome, reason: str, error: Exception | None = None) -> Report:
    advice = ""
    if error is not None:
        advice = error.advice if isinstance(error, SourceError) else _OUR_FAULT
    return Report(
        outcome=outcome,
        reason=reason,
        advice=advice,
        fault=type(error).__name__ if error is not None else None,
        read=len(tally.seen),
        new=tally.counts.new,
        changed=tally.counts.changed,
        failed=sum(not isinstance(fault, BudgetSpent) for fault in tally.faults),
        total=tally.total,
    )
