"""Collecting: read portals, store each page with its cursor in one transaction, say how it ended.

Any process may ask for it; the run table decides. A portal that fails never stops the others, and
a process killed at any point goes on from the last page it stored.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import httpcore
from sqlmodel import Session

from scrapers.collect import Ended, Page
from scrapers.errors import Blocked, ImplausibleListing, SourceError
from scrapers.portal import Portal, Query, Request, settled
from scrapers.portals import PORTALS
from service.clock import Clock
from service.config import Config, portal_token
from service.desk.cards import Cards
from service.errors import ConfigError
from service.jobs.opening import Allowance, Opening
from service.jobs.outcomes import Tally, report
from service.jobs.rates import fetch_rates
from service.jobs.reading import Failed, FetchTime, Reader, Reading, load
from service.jobs.runs import NO_TOKEN, Claim, Report, claim, day_slot, finish, is_busy, renew
from service.logs import log
from service.matching.worth import Worth, worth_basis, worth_reading
from service.store import Store
from service.store.arrivals import arrivals
from service.store.cursors import Cursor, read_cursor, save_cursor
from service.store.notices import mark_gone, note_rows, save_page
from service.store.same import link_same
from service.store.tables.naming import Outcome
from service.store.waiting import (
    add_waiting,
    count_requests,
    drop_settled,
    read_whole,
    requests_today,
    sift,
    waiting_of,
)
from service.store.waiting import failed as try_later
from service.store.waiting import opened as wait_no_more

Progress = Callable[[str, int, int | None], None]
"""Called after each stored page: portal, notices read so far, the portal's own count if known."""


def _silent(_portal: str, _read: int, _total: int | None) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class PortalResult:
    """How reading one portal ended."""

    portal: str
    title: str
    report: Report


@dataclass(frozen=True, slots=True)
class Collecting:
    """Everything a collecting run is given.

    `everything` reads anew from the beginning and opens every notice: for replays and the sample
    portal. `entries` are numbers or addresses of notices by portal; with `only_entries` nothing
    else is read and where the reading of the listings stands is left alone. `readable_names` keeps
    the archive's pages under names for people too. `wall` is real time, for leases, the store's if
    None, whatever `clock` says of the portals' day. `again` repeats a run that ended OK today.
    `held` is the claim the schedule lends for the one portal it reads. `worth` says which rows of a
    listing are to be opened; without `everything` they wait for their turn.
    """

    store: Store
    config: Config
    clock: Clock
    archive: Path | None = None
    network: httpcore.NetworkBackend | None = None
    entries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    only_entries: bool = False
    everything: bool = False
    readable_names: bool = False
    again: bool = True
    held: Claim | None = None
    on_progress: Progress = _silent
    wall: Clock | None = None
    monotonic: Callable[[], float] = time.monotonic
    fetch_time: FetchTime = field(default_factory=FetchTime)
    registry: Mapping[str, Portal] = field(default_factory=lambda: PORTALS)
    worth: Worth = field(default_factory=worth_reading)

    @property
    def real(self) -> Clock:
        """The clock that leases go by."""
        return self.wall or self.store.wall()


def enabled_portals(config: Config, registry: Mapping[str, Portal] = PORTALS) -> list[str]:
    """Name the portals switched on in config.toml. Raises ConfigError for one nobody knows."""
    for name in config.portals:
        known_portal(name, registry)
    return [name for name in registry if config.portal(name).enabled]


def known_portal(name: str, registry: Mapping[str, Portal] = PORTALS) -> Portal:
    """Give a portal by name. Raises ConfigError with the nearest right name."""
    if name in registry:
        return registry[name]
    near = get_close_matches(name, registry, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(registry)}"
    raise ConfigError(f"there is no portal {name!r}; {hint}")


def collect(work: Collecting, portals: Sequence[str] | None = None) -> list[PortalResult]:
    """Read these portals (None: those switched on) and store what they show.

    Results come in the order asked for. Raises ConfigError for an unknown portal before anything
    is read; whatever a portal does is in its report.
    """
    names = enabled_portals(work.config, work.registry) if portals is None else portals
    results: dict[str, Report] = {}
    active: dict[str, _Active] = {}
    for portal in [known_portal(name, work.registry) for name in dict.fromkeys(names)]:
        started = _start(work, portal)
        if isinstance(started, Report):
            results[portal.name] = started
        else:
            active[portal.name] = started
    reader = Reader(
        work.store,
        work.config,
        work.clock,
        work.archive,
        work.monotonic,
        work.network,
        work.readable_names,
        work.fetch_time,
    )
    for reading, page in reader.pages([each.reading for each in active.values()]):
        name = reading.portal.name
        if isinstance(page, Page):
            active[name].store_page(work, page)
        else:
            results[name] = active[name].end(work, page)
    if any(each.new or each.changed for each in results.values()):
        _tell_once(work)
    if active and work.network is None and not work.everything:
        fetch_rates(work.store, work.config, work.clock, wall=work.wall)
    return [
        PortalResult(name, work.registry[name].title, results[name])
        for name in dict.fromkeys(names)
    ]


def _tell_once(work: Collecting) -> None:
    """Link the notices that show one purchase, so that it is offered once."""
    with work.store.writing() as session:
        Cards(session, work.clock).fill(link_same(session, work.clock.now()))


def _start(work: Collecting, portal: Portal) -> "_Active | Report":
    """Claim the run of a portal, or say why it is not read."""
    table = work.config.portal(portal.name)
    now, real = work.clock.now(portal.name), work.real.now()
    slot = day_slot(now, work.config.zone.timezone)
    settings = json.dumps(table.query, ensure_ascii=False, sort_keys=True)
    job = f"{'entries' if work.only_entries else 'collect'}:{portal.name}"
    with work.store.writing() as session:
        if work.held is None and is_busy(
            session, job, work.store.owner, real, alone=work.store.alone
        ):
            return Report(Outcome.SKIPPED, "another process is reading it")
        held = work.held or claim(
            session,
            job,
            slot,
            owner=work.store.owner,
            now=real,
            alone=work.store.alone,
            again=work.again,
        )
        if held is None:
            return Report(Outcome.SKIPPED, f"{slot} is done, or another process is at it")
        if portal.token_env and portal_token(portal.token_env) is None and work.network is None:
            told = f"no access token: set {portal.token_env}"
            skipped = Report(Outcome.SKIPPED, told, fault=NO_TOKEN)
            finish(session, held, skipped, real)
            return skipped
        used = requests_today(session, portal.name, slot)
        most = None if work.everything else table.requests_per_day
        if most is not None and used >= most:
            told = f"the {most} requests of {slot} are used; what waits is read tomorrow"
            skipped = Report(Outcome.SKIPPED, told)
            finish(session, held, skipped, real)
            return skipped
        cursor = Cursor() if work.everything else read_cursor(session, portal.name, settings)
        opening = _to_open(work, session, portal)
    since = cursor.since and cursor.since - timedelta(days=table.overlap_days or 0)
    if work.only_entries:
        portal, cursor = replace(portal, first=_no_listing), Cursor(cursor.since)
    reading = Reading(
        portal=settled(portal, table.query),
        table=table,
        query=Query(now=now, since=since, settings=table.query),
        worth=work.worth,
        opening=opening,
        allowance=Allowance(None if most is None else most - used),
        cursor=cursor,
        entries=tuple(work.entries.get(portal.name, ())),
        everything=work.everything,
    )
    return _Active(reading, held, settings, slot)


def _to_open(work: Collecting, session: Session, portal: Portal) -> Opening:
    """Gather what earlier runs left unopened."""
    opening = Opening(partial(load, work.store))
    if portal.detail is not None and not work.everything and not work.only_entries:
        now = work.clock.now(portal.name)
        sift(session, portal.name, work.worth, worth_basis(), now)
        drop_settled(session, portal.name, now)
        opening.wait(waiting_of(session, portal.name, now))
    return opening


def _no_listing(_query: Query) -> tuple[Request, ...]:
    """For a reading of entries alone."""
    return ()


@dataclass(slots=True)
class _Active:
    """One portal being read: its claim, what it gave so far, where it stands."""

    reading: Reading
    held: Claim
    settings: str
    slot: str
    tally: Tally = field(default_factory=Tally)
    resume: Request | None = None
    source: str = ""

    def store_page(self, work: Collecting, page: Page) -> None:
        """Store a page and the cursor behind it, both or neither."""
        name = self.reading.portal.name
        now = self.reading.query.now
        # Two modules may read one portal (pages and API): its notices carry one name.
        self.source = page.notices[0].portal if page.notices else self.source or name
        with work.store.writing() as session:
            renew(session, self.held, work.real.now())
            counts = save_page(session, page.notices, now)
            note_rows(session, self.source, page.seen, self._marks(page), reader=name, now=now)
            self._let_wait(session, page)
            count_requests(session, name, self.slot, self.reading.allowance.to_store())
            if page.ended not in {Ended.ENTRY, Ended.OPENED}:
                self.resume = page.next
                cursor = Cursor(self.reading.cursor.since, self.resume)
                save_cursor(session, name, cursor, now, self.settings)
        self.tally.add(page, counts)
        if page.ended is not Ended.OPENED:
            work.on_progress(name, len(self.tally.seen), self.tally.total)

    def _let_wait(self, session: Session, page: Page) -> None:
        """Store what this page leaves unopened, and forget what it opened."""
        whole = [notice.id for notice in page.notices if read_whole(notice)]
        wait_no_more(session, self.source, whole)
        rest = {notice.id for notice in page.notices} - set(whole)
        if page.ended is Ended.OPENED:
            if not page.faults:  # nor has the portal a page more for what it opened
                details = self.reading.portal.details
                wait_no_more(session, self.source, {n.id for n in page.notices if not details(n)})
            try_later(session, self.source, rest if page.faults else ())
            return
        shown = self.reading.opening.marks
        marks = {id_: shown[id_] for id_ in rest if id_ in shown}
        add_waiting(session, self.reading.portal.name, self.source, marks, self.reading.query.now)

    def _marks(self, page: Page) -> dict[str, set[str]]:
        """Give the marks of rows that need not be opened again: all but those whose own pages were
        asked for and not all read."""
        failed = {
            notice.id
            for notice in page.notices
            if not read_whole(notice) and notice.id in self.reading.sought
        }
        marks = self.reading.marks
        return {id_: set(marks[id_]) for id_ in page.seen if id_ in marks and id_ not in failed}

    def end(self, work: Collecting, failed: Failed | None) -> Report:
        """End the run: its report, the cursor, and what vanished, in one transaction."""
        name = self.reading.portal.name
        self.tally.error = failed.error if failed else None
        ended = report(self.tally, self.reading.table)
        if ended.fault == Blocked.__name__ and self.reading.portal.when_blocked:
            ended = replace(ended, advice=self.reading.portal.when_blocked)
        with work.store.writing() as session:
            count_requests(session, name, self.slot, self.reading.allowance.to_store())
            ended = self._told_of_waiting(session, ended)
            if not work.everything and not work.only_entries:
                ended = self._out_of_habit(session, ended)
            finish(session, self.held, ended, work.real.now())
            if not work.only_entries:
                self._move_on(session, ended.outcome)
        level = (
            logging.ERROR if failed and not isinstance(failed.error, SourceError) else logging.INFO
        )
        log.log(
            level,
            "collected",
            portal=name,
            outcome=ended.outcome.value,
            reason=ended.reason,
            exc_info=failed.error if level == logging.ERROR and failed else None,
        )
        return ended

    def _told_of_waiting(self, session: Session, ended: Report) -> Report:
        waiting = len(waiting_of(session, self.reading.portal.name, self.reading.query.now))
        if not waiting or ended.outcome is not Outcome.OK:
            return ended
        said = f"{waiting} notices wait to be opened, nearest deadline first"
        return replace(ended, reason="; ".join(filter(None, (ended.reason, said))))

    def _out_of_habit(self, session: Session, ended: Report) -> Report:
        """Doubt a reading that went well and brought far fewer or more new notices than this
        portal does on this weekday."""
        if ended.outcome is not Outcome.OK:
            return ended
        found = arrivals(session, self.reading.portal.name, self.reading.query.now)
        if not found.implausible:
            return ended
        doubt = ImplausibleListing(found.implausible)
        return replace(
            ended,
            outcome=Outcome.PARTIAL,
            fault=type(doubt).__name__,
            reason=found.implausible,
            advice="Open the portal in a browser and compare: a filter or page may have changed.",
        )

    def _move_on(self, session: Session, outcome: Outcome) -> None:
        """Move the cursor behind what was read, and mark what a complete reading did not meet."""
        name, query, since = self.reading.portal.name, self.reading.query, self.reading.cursor.since
        if self.tally.covered and outcome is not Outcome.FAILED:
            # Entries alone are no reading of a listing.
            listed = any(end is not Ended.ENTRY for end in self.tally.ends)
            moved = Cursor(query.now if listed else since)
            save_cursor(session, name, moved, query.now, self.settings)
            if query.since is not None and self.tally.complete and outcome is Outcome.OK:
                mark_gone(session, name, began_at=query.now, since=query.since, now=query.now)
        elif self.tally.error is not None and not self.tally.pages:
            # What to resume with may itself be what fails: begin at the top next time.
            save_cursor(session, name, Cursor(since), query.now, self.settings)
