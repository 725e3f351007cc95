"""Reading portals: one thread a portal asks and parses, pages come out in one stream.

Threads because portals ask for seconds between requests: read one after another, five portals
would take fifteen minutes where the slowest takes three. Nothing is written here; the one thread
that takes the pages stores them.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import Queue

import httpcore

from scrapers.collect import Page, walk
from scrapers.fetch.client import Fetcher
from scrapers.fetch.settings import FetchSettings
from scrapers.portal import Portal, Query
from scrapers.records import Notice, Phase
from service.clock import Clock
from service.config import Config, PortalTable, portal_token
from service.jobs.opening import Allowance, Opening
from service.matching.worth import Worth
from service.store import Store
from service.store.cursors import Cursor
from service.store.notices import is_known, listing_mark
from service.store.waiting import outcome_read, record_of, waits_under

# Pages waiting to be stored, over all portals: a page of 5 MiB HTML is some hundred notices.
_WAITING = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What to read of one portal: where to begin, with what settings, opening how much.

    `everything` opens every notice's own pages at once; otherwise those still open that are
    `worth` it, in the order of `opening` and within the day's `allowance` of requests.
    """

    portal: Portal
    table: PortalTable
    query: Query
    worth: Worth
    opening: Opening
    allowance: Allowance = field(default_factory=Allowance)
    cursor: Cursor = field(default_factory=Cursor)
    entries: tuple[str, ...] = ()
    everything: bool = False
    marks: dict[str, set[str]] = field(default_factory=dict)
    """Filled while reading: the marks of the listing rows met, by notice id."""
    sought: set[str] = field(default_factory=set)
    """Filled while reading: ids of notices whose own pages are to be read."""


@dataclass(frozen=True, slots=True)
class FetchTime:
    """How fetchers tell time and wait between requests; simulated in tests."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Failed:
    """What ended a reading before its end. Not a SourceError: a fault of our own."""

    error: Exception


_Out = tuple[Reading, Page | Failed | None]


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which rows of a listing are opened in one reading, and when: at once where everything is
    wanted, else as `due`, the most urgent first."""

    store: Store
    reading: Reading

    def wanted(self, row: Notice) -> bool:
        """Note what a row says, and say whether to open it at once."""
        reading, mark = self.reading, listing_mark(row)
        reading.marks.setdefault(row.id, set()).add(mark)
        if reading.everything:
            if reading.portal.detail is not None:
                reading.sought.add(row.id)
            return True
        if self._to_open(row):
            with self.store.reading() as session:
                read = is_known(session, row, deep=True) or outcome_read(session, row)
                waits = waits_under(session, reading.portal.name, row.portal, row.id) == mark
            if not read:
                reading.sought.add(row.id)
            if not read and not waits:
                reading.opening.show(row, mark)
        return False

    def known(self, row: Notice) -> bool:
        """Say whether a row is stored as deep as wished, or waits to be opened just as it is."""
        if self.reading.everything:
            return False
        with self.store.reading() as session:
            if is_known(session, row, deep=self._to_open(row)):
                return True
            waits = waits_under(session, self.reading.portal.name, row.portal, row.id)
            return waits == listing_mark(row)

    def due(self) -> Notice | None:
        """Give the next notice to open."""
        found = self.reading.opening.due()
        if found is None:
            return None
        notice, mark = found
        self.reading.sought.add(notice.id)
        if mark:
            self.reading.marks.setdefault(notice.id, set()).add(mark)
        return notice

    def _to_open(self, row: Notice) -> bool:
        portal = self.reading.portal
        if portal.detail is None or not _may_lead(row, self.reading.query.now):
            return False
        # A portal may have no pages for what is over, or say all in its list.
        return bool(portal.details(row)) and self.reading.worth(row)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads portals side by side. `network` and `monotonic` are replaced in replays and tests."""

    store: Store
    config: Config
    clock: Clock
    archive: Path | None
    monotonic: Callable[[], float]
    network: httpcore.NetworkBackend | None = None
    readable_names: bool = False
    fetch_time: FetchTime = FetchTime()

    def pages(self, readings: Sequence[Reading]) -> Iterator[_Out]:
        """Give (reading, page) as they come, then (reading, None) or (reading, Failed) at its end.

        Closing the iterator tells every thread to stop after its request.
        """
        out: Queue[_Out] = Queue(maxsize=_WAITING)
        stop = threading.Event()
        threads = [
            threading.Thread(
                target=self._run, args=(reading, out, stop), name=reading.portal.name, daemon=True
            )
            for reading in readings
        ]
        for thread in threads:
            thread.start()
        running = len(threads)
        try:
            while running:
                reading, page = out.get()
                running -= not isinstance(page, Page)
                yield reading, page
        finally:
            # When the caller gave up, threads end with their request, or with the process.
            stop.set()
            for thread in threads if not running else ():
                thread.join()

    def _run(self, reading: Reading, out: "Queue[_Out]", stop: threading.Event) -> None:
        end = self.monotonic() + (reading.table.budget_seconds or 0)

        def left() -> bool:
            return not stop.is_set() and reading.allowance.left and self.monotonic() < end

        try:
            for page in self._walk(reading, left):
                out.put((reading, page))
        except Exception as error:
            out.put((reading, Failed(error)))
        else:
            out.put((reading, None))

    def _walk(self, reading: Reading, left: Callable[[], bool]) -> Iterator[Page]:
        portal, choice = reading.portal, _Choice(self.store, reading)

        def now() -> datetime:
            return self.clock.now(portal.name)

        settings = fetch_settings(
            self.config, portal, self.archive, readable_names=self.readable_names
        )
        with Fetcher(
            portal,
            settings,
            now=now,
            monotonic=self.fetch_time.monotonic,
            sleep=self.fetch_time.sleep,
            network=self.network,
            on_request=reading.allowance.spend,
        ) as fetcher:
            yield from walk(
                portal,
                fetcher.fetch,
                reading.query,
                resume=reading.cursor.resume,
                entries=reading.entries,
                wanted=choice.wanted,
                known=choice.known,
                due=choice.due,
                left=left,
            )


def fetch_settings(
    config: Config, portal: Portal, archive: Path | None, *, readable_names: bool = False
) -> FetchSettings:
    """Give the settings for whatever is fetched of a portal: its own, else those of `[collect]`."""
    shared, table = config.collect, config.portal(portal.name)
    return FetchSettings(
        user_agent=f"{shared.user_agent} ({shared.contact})",
        delay_seconds=table.delay_seconds or 0,
        deadline=shared.request_seconds,
        max_bytes=table.max_bytes or shared.max_bytes,
        max_data_bytes=shared.max_data_bytes,
        retries=shared.retries,
        proxy=table.proxy,
        ca_file=config.folder / table.ca_file if table.ca_file else None,
        archive=archive,
        readable_names=readable_names,
        token=portal_token(portal.token_env) if portal.token_env else None,
    )


def load(store: Store, notice_id: int) -> Notice | None:
    """Give a stored notice that waits to be opened."""
    with store.reading() as session:
        return record_of(session, notice_id)


def _may_lead(row: Notice, now: datetime) -> bool:
    """Whether a listing row may still be bid for, or its pages name who won: contractors buy after
    they win. A missing deadline is not a passed one."""
    if row.phase is Phase.AWARDED:
        return True
    ends = row.period.end if row.period else None
    return row.phase in {Phase.PLAN, Phase.OPEN} and (ends is None or ends > now)
