"""Fetching files side by side: one thread a portal asks, children read, results in one stream.

The same rules as for pages: hosts, pace, robots, archive. Nothing is written to the store here.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from queue import Queue

import httpcore

from scrapers.errors import Blocked, SourceError, Throttled, Unreachable
from scrapers.fetch import Archive, ArchiveDamagedError, Fetcher, FetchSettings
from scrapers.portal import Portal, Request
from service.documents.codec import Document
from service.documents.pool import DocumentReaders
from service.store.documents import DueDocument

# After these a portal's other files would only fail alike, or make it worse.
_FATAL = (Blocked, Throttled, Unreachable)


@dataclass(frozen=True, slots=True)
class Source:
    """What to fetch of one portal, and how. `most` are the requests left of its day."""

    portal: Portal
    settings: FetchSettings
    files: Sequence[DueDocument]
    budget_seconds: float
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """A file that came: its content hash, and what it says; None where that is known already."""

    due: DueDocument
    sha256: str
    document: Document | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that did not come. `document` is None when the portal itself failed: see `Ended`."""

    due: DueDocument
    error: SourceError


@dataclass(frozen=True, slots=True)
class Ended:
    """A portal is done: how many requests it was sent, and what ended it before its time."""

    portal: str
    requests: int
    left: int
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Fetching:
    """What fetching is given. `is_known` says whether a content was read before."""

    readers: DocumentReaders
    is_known: Callable[[str], bool]
    now: Callable[[str], datetime]
    archive: Path | None = None
    network: httpcore.NetworkBackend | None = None
    monotonic: Callable[[], float] = time.monotonic
    _stop: threading.Event = field(default_factory=threading.Event)

    def results(self, sources: Sequence[Source]) -> Iterator[Came | Failed | Ended]:
        """Give results as they come. Closing the iterator ends every thread after its request."""
        out: Queue[Came | Failed | Ended] = Queue()
        # Files held in memory, fetched and not yet taken by the caller.
        slots = threading.Semaphore(4 * self.readers.count)
        threads = [
            threading.Thread(target=self._run, args=(source, out, slots), daemon=True)
            for source in sources
        ]
        for thread in threads:
            thread.start()
        running = len(threads)
        try:
            while running:
                result = out.get()
                running -= isinstance(result, Ended)
                yield result
                if isinstance(result, Came):
                    slots.release()
        finally:
            self._stop.set()
            for _ in threads:
                slots.release()
            for thread in threads:
                thread.join()

    def _run(
        self, source: Source, out: "Queue[Came | Failed | Ended]", slots: threading.Semaphore
    ) -> None:
        walk = _Walk(self, source, out, slots)
        error: Exception | None = None
        try:
            walk.all_files()
        except Exception as problem:  # it belongs to this portal's result, whatever it is
            error = problem
        for future in walk.reading:
            future.exception()  # the results of all that was begun come before the end
        out.put(Ended(source.portal.name, walk.requests, walk.left, error))


@dataclass(slots=True)
class _Walk:
    """One portal's files, one after another."""

    work: Fetching
    source: Source
    out: "Queue[Came | Failed | Ended]"
    slots: threading.Semaphore
    requests: int = 0
    left: int = 0
    reading: "list[Future[Document]]" = field(default_factory=list)

    def all_files(self) -> None:
        """Fetch and hand over, until time or the day's requests run out. Raises what is fatal."""
        work, source = self.work, self.source
        end = work.monotonic() + source.budget_seconds
        archive = Archive(work.archive) if work.archive is not None else None

        def now() -> datetime:
            return work.now(source.portal.name)

        with Fetcher(source.portal, source.settings, now=now, network=work.network) as fetcher:
            for place, due in enumerate(source.files):
                self.left = len(source.files) - place
                spent = source.most is not None and self.requests >= source.most
                if work._stop.is_set() or spent or work.monotonic() >= end:  # noqa: SLF001 - ours
                    return
                try:
                    body = self._body(due, fetcher, archive)
                except SourceError as error:
                    self.out.put(Failed(due, error))
                    if isinstance(error, _FATAL):
                        raise
                    continue
                self._hand_over(due, body)
            self.left = 0

    def _body(self, due: DueDocument, fetcher: Fetcher, archive: Archive | None) -> bytes:
        """The bytes, from the archive where they were fetched before."""
        if due.sha256 is not None and archive is not None:
            try:
                return archive.load(due.sha256)
            except ArchiveDamagedError:
                pass  # asked for anew
        self.requests += 1
        return fetcher.fetch(Request(due.url, kind="document", expect="file")).body

    def _hand_over(self, due: DueDocument, body: bytes) -> None:
        name = sha256(body).hexdigest()
        self.slots.acquire()
        if self.work.is_known(name):
            self.out.put(Came(due, name, None))
            return
        future = self.work.readers.submit(body)
        self.reading = [one for one in self.reading if not one.done()]
        self.reading.append(future)
        future.add_done_callback(lambda done: self.out.put(Came(due, name, done.result())))


def by_portal(
    files: Sequence[DueDocument], registry: Mapping[str, Portal]
) -> tuple[dict[str, list[DueDocument]], list[DueDocument]]:
    """Sort files by the portal that may fetch them, and those that no portal here may."""
    found: dict[str, list[DueDocument]] = {}
    rest: list[DueDocument] = []
    for due in files:
        name = next((name for name in due.readers if name in registry), None)
        if name is None:
            rest.append(due)
        else:
            found.setdefault(name, []).append(due)
    return found, rest
