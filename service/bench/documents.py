"""Documents a second, all in: from the archive, through the children, into the store."""

import resource
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from scrapers.documents import State
from scrapers.fetch import Archive
from scrapers.portal import Answer, Listing, Portal, Request
from scrapers.records import Document, Notice, Phase
from service.bench.figures import Figure, Report
from service.bench.made_documents import made_documents
from service.bench.quality import Step
from service.clock import FixedClock
from service.config import Config, PortalTable
from service.jobs.documents import DocumentWork, read_documents
from service.store import Store, open_store
from service.store.documents import consider, unconsidered
from service.store.notices import save_page
from service.store.tables import DocumentRow

COUNT = 420
DAY = 13_000
"""Documents of a day of 6,500 notices with two each."""
MUST_MINUTES = 20.0
NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)
_PORTAL = Portal(
    name="bench",
    title="Bench",
    country="KZ",
    home="https://bench.suranys.example",
    hosts=frozenset({"bench.suranys.example"}),
    zone="Asia/Almaty",
    first=lambda _query: (),
    listing=lambda _answer, _query: Listing(()),
)


def documents(step: Step) -> Report:
    """Measure the job of documents on made-up ones that lie in the archive."""
    step("documents: make", 0, COUNT)
    bodies = made_documents(COUNT)
    with TemporaryDirectory(prefix="suranys-bench-") as folder:
        root = Path(folder)
        with open_store(f"sqlite:///{root / 'bench.db'}") as store:
            _put_down(store, root / "archive", bodies)
            seconds, cpu, done = _read(store, root / "archive", step)
    per_day = DAY * seconds / COUNT / 60
    figures = (
        Figure("documents a second, all in", COUNT / seconds, "1/s"),
        Figure("processor time a document", 1000 * cpu / COUNT, "ms"),
        Figure(
            f"a day of {DAY} documents from the archive",
            per_day,
            "min",
            must=MUST_MINUTES,
            at_most=True,
        ),
    )
    size = sum(map(len, bodies)) / COUNT / 1024
    notes = (
        f"{COUNT} made-up documents of {size:.0f} KB: PDF of 5 pages with drawn tables, DOCX, "
        f"XLSX, RTF, ZIP; {done} read",
    )
    return Report("documents", "Reading documents", figures, notes)


def _put_down(store: Store, archive: Path, bodies: list[bytes]) -> None:
    """Archive the bodies and put them down as files of notices, two each."""
    kept = Archive(archive)
    pages = []
    for number in range(0, len(bodies), 2):
        files = []
        for place, body in enumerate(bodies[number : number + 2], number):
            url = f"https://bench.suranys.example/files/{place}"
            answer = Answer(Request(url, kind="document", expect="file"), url, 200, {}, body, NOW)
            kept.store(answer)
            files.append(Document(f"Документ {place}", url))
        pages.append(
            Notice(
                portal="bench",
                id=str(number),
                url=f"https://bench.suranys.example/{number}",
                title=f"Закупка {number}",
                phase=Phase.OPEN,
                documents=tuple(files),
            )
        )
    with store.writing() as session:
        save_page(session, pages, NOW)
        for each in unconsidered(session, NOW, len(pages)):
            notice = pages[each.notice_id - 1]
            documents_ = [(None, one) for one in notice.documents]
            consider(session, each, documents_, wanted=True, now=NOW)
        session.flush()
        for row in session.query(DocumentRow):
            row.sha256 = sha256(bodies[int(row.url.rpartition("/")[2])]).hexdigest()


def _read(store: Store, archive: Path, step: Step) -> tuple[float, float, int]:
    """Run the job; wall seconds, processor seconds of it and its children, files read."""
    config = Config(portals={"bench": PortalTable(enabled=True, delay_seconds=0)})
    work = DocumentWork(
        store,
        config,
        FixedClock(NOW + timedelta(minutes=1)),
        archive=archive,
        worth=lambda _notice: True,
        on_progress=lambda done, total: step("documents: read", done, total),
        registry={"bench": _PORTAL},
    )
    began, used = time.perf_counter(), _processor()
    done = read_documents(work)
    seconds = time.perf_counter() - began
    return seconds, _processor() - used, done.states[State.READ]


def _processor() -> float:
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)
