"""Reading the documents of notices worth it: fetch, read in children, keep the text.

It goes between collecting and matching. A file is fetched once and a content read once; a run
that is broken off goes on with what is still due.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import httpcore

from scrapers.canonical import load_notice
from scrapers.documents import State
from scrapers.errors import (
    NotAllowed,
    NotFound,
    NotSaved,
    SourceError,
    TooLarge,
    WrongContentType,
)
from scrapers.portal import Portal, settled
from scrapers.portals import PORTALS
from scrapers.records import Document, Notice
from service.clock import Clock
from service.config import Config
from service.documents.fetching import Came, Ended, Failed, Fetching, Source, by_portal
from service.documents.pool import DocumentReaders
from service.documents.reader import document_readers, reader_version
from service.jobs.parts import Taker, carry_part
from service.jobs.reading import fetch_settings
from service.jobs.runs import Claim, Report, day_slot, renew
from service.matching.worth import Worth, worth_reading
from service.store import Store
from service.store.documents import (
    DueDocument,
    consider,
    due_documents,
    known_text,
    postpone,
    save_text,
    settle,
    try_again,
    unconsidered,
)
from service.store.tables.naming import Outcome
from service.store.waiting import count_requests, requests_today

JOB = "documents"
PART = "document part"
_BATCH = 200
_TRIES = 5
"""Failures in a row after which a file is not asked for again."""
_FIRST_WAIT = timedelta(hours=1)
_PAGES = frozenset({"tenderNotice", "awardNotice", "contractNotice", "plannedProcurementNotice"})
"""OCDS documentType of what is the notice itself, which was read as such."""
_SIGNATURES = (".p7s", ".sig", ".cms", ".sgn")

_FINAL: tuple[tuple[type[SourceError], State], ...] = (
    (NotSaved, State.NOT_SAVED),
    (NotFound, State.GONE),
    (NotAllowed, State.REFUSED),
    (TooLarge, State.TOO_LARGE),
)

Progress = Callable[[int, int], None]
"""Called after each file: files settled, files due in all."""


def _silent(_done: int, _total: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class DocumentWork:
    """Everything a run is given. `worth` says of which notices documents are read, besides those
    that already have a lead; `wall` is real time, for leases, the store's if None. `readers` are
    children shared with other runs of this process; without them it starts its own."""

    store: Store
    config: Config
    clock: Clock
    archive: Path | None = None
    network: httpcore.NetworkBackend | None = None
    worth: Worth = field(default_factory=worth_reading)
    on_progress: Progress = _silent
    wall: Clock | None = None
    readers: DocumentReaders | None = None
    monotonic: Callable[[], float] = time.monotonic
    registry: Mapping[str, Portal] = field(default_factory=lambda: PORTALS)

    @property
    def real(self) -> Clock:
        """The clock that leases go by."""
        return self.wall or self.store.wall()


@dataclass(slots=True)
class DocumentsRead:
    """What a run did: files by their state, and how many wait for the next run."""

    outcome: Outcome = Outcome.OK
    reason: str = ""
    new: int = 0
    waiting: int = 0
    states: Counter[State] = field(default_factory=Counter)

    def report(self) -> Report:
        """Say it as a run does."""
        read = self.states.total()
        return Report(self.outcome, self.reason, read=read, new=self.new, total=read + self.waiting)

    def fail(self, portal: str, error: Exception) -> None:
        """Note that a portal's files could not all be had."""
        self.outcome = Outcome.PARTIAL
        self.reason = "; ".join(filter(None, [self.reason, f"{portal}: {error!s:.160}"]))


def read_documents(work: DocumentWork) -> DocumentsRead:
    """Fetch and read what is due of all portals. Returns at once when nothing is, without a child
    started."""
    done = DocumentsRead()
    if not work.config.documents.enabled:
        done.outcome, done.reason = Outcome.SKIPPED, "documents are switched off"
        return done
    slot = day_slot(work.clock.now(), work.config.zone.timezone)

    def read(held: Claim) -> Report:
        run = _run(work, held, done)
        found, _ = by_portal(put_down(work, held, done), work.registry)
        run.all(found)
        return done.report()

    # One file may take minutes, and nothing is stored meanwhile: the part has a heartbeat.
    report = carry_part(Taker(work.store, work.real), JOB, slot, read)
    if report is None:
        report = Report(Outcome.SKIPPED, "another process is reading documents")
    done.outcome, done.reason = report.outcome, report.reason
    return done


def read_portal(work: DocumentWork, taker: Taker, portal: str) -> Report | None:
    """Fetch and read what is due of one portal, as a part of its own. None where another process is
    at it."""

    def read(held: Claim) -> Report:
        done = DocumentsRead()
        with work.store.reading() as session:
            due = due_documents(session, work.clock.now(), portal)
        found, _ = by_portal(due, work.registry)
        _run(work, held, done).all({portal: found[portal]} if portal in found else {})
        return done.report()

    return carry_part(taker, PART, portal, read)


def put_down(work: DocumentWork, held: Claim, done: DocumentsRead) -> list[DueDocument]:
    """Put down the files worth reading of notices that are new or changed, have those tried again
    that this reader may read better, and give all that are due. What no portal here may fetch ends
    REFUSED."""
    now = work.clock.now()
    _consider(work, held, done, now)
    with work.store.writing() as session:
        renew(session, held, work.real.now())
        try_again(session, _version(work), now)
        due = due_documents(session, now)
        _, rest = by_portal(due, work.registry)
        for one in rest:
            postpone(session, one, State.REFUSED, "no portal here may fetch it", None)
            done.states[State.REFUSED] += 1
    return due


def _version(work: DocumentWork) -> str:
    return reader_version(document_readers(work.config.documents).settings.programs)


def _consider(work: DocumentWork, held: Claim, done: DocumentsRead, now: datetime) -> None:
    """Look through notices that are new or changed, and put down the files worth reading."""
    after = 0
    while True:
        with work.store.writing() as session:
            renew(session, held, work.real.now())
            batch = unconsidered(session, now, _BATCH, after=after)
            for each in batch:
                notice = load_notice(each.record)
                files = list(attachments(notice))
                wanted = not files or each.lead or work.worth(notice)
                done.new += consider(session, each, files, wanted=wanted, now=now)
        if not batch:
            return
        after = batch[-1].notice_id


def attachments(notice: Notice) -> Iterator[tuple[str | None, Document]]:
    """Give a notice's files with the id of the lot each belongs to.

    Signatures are left out, and links to the notice's own page.
    """
    lots = ((lot.id, one) for lot in notice.lots for one in lot.documents)
    for lot, one in chain(((None, one) for one in notice.documents), lots):
        names = (one.title.lower(), one.url.lower().partition("?")[0])
        if (
            one.kind not in _PAGES
            and one.url
            and not any(name.endswith(_SIGNATURES) for name in names)
        ):
            yield lot, one


@dataclass(slots=True)
class _Run:
    """One run over the files that are due."""

    work: DocumentWork
    held: Claim
    version: str
    slot: str
    now: datetime
    done: DocumentsRead
    total: int = 0
    settled: int = 0

    def is_known(self, sha256: str) -> bool:
        """Whether a content was read before, by a reader no poorer than this."""
        with self.work.store.reading() as session:
            return known_text(session, sha256, self.version)

    def all(self, found: Mapping[str, list[DueDocument]]) -> None:
        """Fetch, read and keep; the files by their portal."""
        work = self.work
        sources = [source for name, files in found.items() if (source := self._source(name, files))]
        self.total = sum(len(source.files) for source in sources)
        if not sources:
            return
        with ExitStack() as stack:
            readers = work.readers or stack.enter_context(document_readers(work.config.documents))
            fetching = Fetching(
                readers, self.is_known, work.clock.now, work.archive, work.network, work.monotonic
            )
            for result in fetching.results(sources):
                if isinstance(result, Came):
                    self._keep(result)
                elif isinstance(result, Failed):
                    self._postpone(result)
                else:
                    self._end(result)

    def _source(self, name: str, files: list[DueDocument]) -> Source | None:
        """How to fetch a portal's files; None where its day's requests are used."""
        config, portal = self.work.config, self.work.registry[name]
        table = config.portal(name)
        most = None
        if self.work.network is None:
            with self.work.store.reading() as session:
                most = (table.requests_per_day or 0) - requests_today(session, name, self.slot)
            if most <= 0 and not any(one.sha256 for one in files):
                self.done.waiting += len(files)
                return None
        settings = fetch_settings(config, portal, self.work.archive)
        budget = config.documents.budget_seconds
        return Source(settled(portal, table.query), settings, files, budget, most)

    def _keep(self, came: Came) -> None:
        with self.work.store.writing() as session:
            renew(session, self.held, self.work.real.now())
            if came.document is not None:
                save_text(session, came.sha256, came.document, reader=self.version, now=self.now)
            state = settle(session, came.due, came.sha256, self.now)
        self._count(state)

    def _postpone(self, failed: Failed) -> None:
        state, next_at = next_step(failed.error, failed.due.tries, self.now)
        with self.work.store.writing() as session:
            renew(session, self.held, self.work.real.now())
            postpone(session, failed.due, state, failed.error.detail, next_at)
        self._count(state)

    def _end(self, ended: Ended) -> None:
        with self.work.store.writing() as session:
            count_requests(session, ended.portal, self.slot, ended.requests)
        self.done.waiting += ended.left
        if ended.error is not None:
            self.done.fail(ended.portal, ended.error)

    def _count(self, state: State) -> None:
        self.done.states[state] += 1
        self.settled += 1
        self.work.on_progress(self.settled, self.total)


def _run(work: DocumentWork, held: Claim, done: DocumentsRead) -> _Run:
    now = work.clock.now()
    return _Run(work, held, _version(work), day_slot(now, work.config.zone.timezone), now, done)


def next_step(error: SourceError, tries: int, now: datetime) -> tuple[State, datetime | None]:
    """What a failure makes of a file, and when to ask again: an hour, then four times as long
    each time, five times in all."""
    for kind, state in _FINAL:
        if isinstance(error, kind):
            return state, None
    state = State.WRONG_TYPE if isinstance(error, WrongContentType) else State.UNREACHABLE
    return state, None if tries + 1 >= _TRIES else now + _FIRST_WAIT * 4**tries
