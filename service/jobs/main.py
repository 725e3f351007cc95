"""The main job: collect, read documents, match, digest, once; and what it did.

Each part is a job of its own with its row in the run table; this only puts them in order, so that
a run broken off anywhere goes on with the parts that are still due.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.records import Plant
from matcher.records import Verdict
from service.jobs.collect import Collecting, PortalResult, collect
from service.jobs.collect import Progress as CollectProgress
from service.jobs.digest import DigestResult, write_digests
from service.jobs.documents import DocumentsRead, DocumentWork, read_documents
from service.jobs.documents import Progress as DocumentProgress
from service.jobs.drafting import portals_health
from service.jobs.match import Matched, match
from service.jobs.match import Progress as MatchProgress
from service.modes import Ground
from service.places import Mode
from service.store import Store, open_store
from service.store.catalogue import (
    Difference,
    catalogue_differences,
    fill_empty,
    stored_catalogue,
)
from service.store.engine import sqlite_path
from service.store.leads import leads_for
from service.store.postgresql import shown
from service.store.tables.naming import Outcome


@dataclass(frozen=True, slots=True)
class PlantLeads:
    """The open leads of one plant, by verdict."""

    plant: Plant
    verdicts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class MainReport:
    """What one main run did, and where things lie. `review` are the places where the bundled
    catalogue differs from what people keep in the store."""

    mode: Mode
    portals: tuple[PortalResult, ...]
    documents: DocumentsRead
    matched: Matched
    plants: tuple[PlantLeads, ...]
    digests: tuple[DigestResult, ...]
    review: tuple[Difference, ...]
    database: str
    seconds: float

    @property
    def outcome(self) -> Outcome:
        """FAILED when no portal could be read at all, a digest failed or reading documents broke;
        else OK or PARTIAL."""
        ends = {result.report.outcome for result in self.portals}
        read = ends - {Outcome.SKIPPED}
        unread = read == {Outcome.FAILED} or self.documents.outcome is Outcome.FAILED
        if unread or any(each.action == "failed" for each in self.digests):
            return Outcome.FAILED
        return Outcome.OK if ends <= {Outcome.OK, Outcome.SKIPPED} else Outcome.PARTIAL


def _silent(*_: object) -> None:
    """Report progress to nobody."""


def run_main(
    ground: Ground,
    *,
    on_collect: CollectProgress = _silent,
    on_documents: DocumentProgress = _silent,
    on_match: MatchProgress = _silent,
    monotonic: Callable[[], float] = time.monotonic,
) -> MainReport:
    """Collect, read documents, match and write digests on this ground.

    A replay begins with an empty store: it is an experiment, the same every time.
    Raises StoreLocked when another process writes to the same database.
    """
    started = monotonic()
    url = ground.places.database_url
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with open_store(url) as store:
        with store.writing() as session:
            fill_empty(session, ground.catalogue, ground.clock.now())
        portals = collect(_collecting(ground, store, on_collect))
        documents = read_documents(_documents(ground, store, on_documents))
        matched = match(store, ground.config, ground.clock, on_progress=on_match)
        digests = write_digests(
            store, ground.config, ground.places, ground.clock, portals_health(portals)
        )
        with store.reading() as session:
            stored = stored_catalogue(session)
        return MainReport(
            mode=ground.places.mode,
            portals=tuple(portals),
            documents=documents,
            matched=matched,
            plants=_plants(store, ground, stored.plants),
            digests=tuple(digests),
            review=tuple(
                each
                for each in catalogue_differences(ground.catalogue, stored)
                if each.bundled is not None  # what only the store has is its owner's
            ),
            database=str(path) if path is not None else shown(url),
            seconds=monotonic() - started,
        )


def start_afresh(ground: Ground) -> None:
    """Take the database and digests of an earlier replay or sample run away. Never live ones.

    Raises StoreLocked when another process is at it.
    """
    path = sqlite_path(ground.places.database_url)
    if ground.live or path is None or not path.exists():
        return
    with open_store(ground.places.database_url):
        pass  # only to be sure that nobody writes to it, and to fold the WAL in
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.unlink(missing_ok=True)
    for old in (*ground.places.digests.glob("*.eml"), *ground.places.digests.glob("*.html")):
        old.unlink()


def _collecting(ground: Ground, store: Store, on_progress: CollectProgress) -> Collecting:
    return Collecting(
        store=store,
        config=ground.config,
        clock=ground.clock,
        archive=ground.places.archive if ground.live else None,
        network=ground.network,
        entries=ground.entries,
        everything=not ground.live,
        on_progress=on_progress,
    )


def _documents(ground: Ground, store: Store, on_progress: DocumentProgress) -> DocumentWork:
    return DocumentWork(
        store=store,
        config=ground.config,
        clock=ground.clock,
        archive=ground.places.archive if ground.live else None,
        network=ground.network,
        on_progress=on_progress,
    )


def _plants(store: Store, ground: Ground, plants: Sequence[Plant]) -> tuple[PlantLeads, ...]:
    with store.reading() as session:
        leads = leads_for(session, None, ground.clock)
    return tuple(
        PlantLeads(plant, Counter(lead.verdict for lead in leads if lead.plant.id == plant.id))
        for plant in plants
    )
