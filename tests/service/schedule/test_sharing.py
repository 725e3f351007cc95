"""Two workers on one PostgreSQL share documents, digests and delivery; one is killed amid all."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlmodel import Session, col, func, select

from scrapers.portals import PORTALS as REGISTRY
from scrapers.records import Document, Notice, Period
from service.bench.postgres import PostgresServer
from service.clock import FixedClock, elapsed
from service.jobs import digest_parts
from service.jobs.documents import PART
from service.outbox.delivering import deliver_due, way_of
from service.people.listing import copy_recipients, people
from service.replay import Asked, ReplayServer, Reply
from service.store import Store, open_store
from service.store.notices import save_page
from service.store.postgresql import libpq
from service.store.tables import DeliveryRow, DocumentRow, DocumentTextRow, RunRow
from service.store.tables.naming import DeliveryKind, DeliveryState, Outcome, RunState
from tests.scrapers.documents import making
from tests.service.notices import pipe_notice
from tests.service.outbox.mails import freeze
from tests.service.outbox.sink import Sink, listening
from tests.service.schedule.sharing import FEW, PEOPLE, PORTALS, Told
from tests.system.program import ROOT

TUESDAY = datetime(2026, 11, 24, 5, tzinfo=UTC)  # 10:00 in Almaty
OPEN_UNTIL = datetime(2026, 12, 10, 4, tzinfo=UTC)
FILES = 5
WITHIN = 240
WAITING = FEW + 20
"""Mails in the outbox when the workers start: so many are divided."""
HELD = 3
"""Parts of digests that are held up: two workers of two threads each are both at one of them."""


@dataclass
class Files:
    """The hosts of two portals. From the third on, files wait until somebody was killed."""

    spec: bytes
    asked: Counter[str] = field(default_factory=Counter)
    third: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: Asked) -> Reply:
        if not asked.path.startswith("/kz_"):  # robots.txt, rates of exchange
            return Reply(b"", "text/plain", 404)
        self.asked[asked.path] += 1
        if self.asked.total() >= 3:
            self.third.set()
            self.go_on.wait(WITHIN)
        return Reply(self.spec + asked.path.encode(), "application/pdf")


@dataclass
class Crew:
    """Worker processes on what `told` says."""

    told: Told
    store: Store
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        told = Path(self.told.folder) / "told.json"
        told.write_text(json.dumps(asdict(self.told)))
        command = [sys.executable, "-m", "tests.service.schedule.sharing", str(told)]
        self.processes.append(subprocess.Popen(command, cwd=ROOT))  # noqa: S603 - our own module

    def wait(self, until: Callable[[Session], bool]) -> None:
        end = time.monotonic() + WITHIN
        while True:
            with self.store.reading() as session:
                if until(session):
                    return
                assert time.monotonic() < end, [
                    (row.job, row.slot, row.state, row.outcome, row.reason)
                    for row in session.exec(select(RunRow))
                ]
            time.sleep(0.1)  # processes tell by the database alone

    def kill(self, part: str) -> str:
        """Kill the process that is at a part of this job; gives the owner it was."""
        with self.store.reading() as session:
            owners = at_work(session, part)
        for process in self.processes:
            for owner in owners:
                if owner.split(":")[1] == str(process.pid):
                    process.kill()
                    process.wait()
                    return owner
        raise AssertionError(f"nobody is at a {part}: {owners}")


def at_work(session: Session, part: str) -> list[str]:
    query = select(RunRow.lease_owner).where(
        RunRow.job == part, RunRow.state == RunState.RUNNING.value
    )
    return [owner for owner in session.exec(query) if owner]


def digests(session: Session) -> int:
    query = select(func.count()).where(DeliveryRow.kind == DeliveryKind.DIGEST.value)
    return session.exec(query.where(DeliveryRow.slot == "2026-11-24")).one()


def read(session: Session) -> int:
    return session.exec(select(func.count()).where(col(DocumentRow.sha256).is_not(None))).one()


def with_file(portal: str, number: int) -> Notice:
    host = min(REGISTRY[portal].hosts)
    file = Document(f"Спецификация {number}", f"https://{host}/{portal}/{number}.pdf")
    period = Period(None, OPEN_UNTIL, "Asia/Almaty")
    return replace(
        pipe_notice(f"{portal}-{number}", portal=portal), documents=(file,), period=period
    )


@contextmanager
def working(
    url: str, folder: Path, files: Files, readers_: int, *, hurried: bool
) -> Iterator[tuple[Crew, Sink]]:
    sink = Sink()
    with listening(sink) as mail, ReplayServer(files.answer) as server, open_store(url) as store:
        told = Told(
            url, str(folder), mail, server.port, TUESDAY.isoformat(), elapsed(), readers_, hurried
        )
        with store.writing() as session:
            save_page(
                session, [with_file(name, n) for name in PORTALS for n in range(FILES)], TUESDAY
            )
            copy_recipients(session, told.config(), TUESDAY)
            listed = people(session)
        for person in listed[:WAITING]:
            freeze(store, person, "earlier", TUESDAY, DeliveryKind.REMINDER)
        crew = Crew(told, store)
        try:
            yield crew, sink
        finally:
            files.go_on.set()
            for process in crew.processes:
                process.kill()
                process.wait()


@contextmanager
def held_up(url: str, people: int) -> Iterator[psycopg.Connection]:
    """Let no mail to the last reader of each of the last parts be stored until the connection rolls
    back: a mail names its person, whose row is locked."""
    last = [people - 1 - PEOPLE * part for part in range(HELD)]
    with psycopg.connect(libpq(url)) as gate:
        addresses = [f"desk{number}@zone.example" for number in last]
        gate.execute("SELECT id FROM person WHERE address = ANY(%s) FOR UPDATE", [addresses])
        yield gate


def share(url: str, folder: Path, people: int, *, hurried: bool) -> float:
    """Kill one of two workers amid digests, mails and documents, and see that all is done once.
    Gives the seconds until all it was at was taken over, by the server's clock."""
    files, rest = Files(making.table_pdf()), people - HELD * PEOPLE
    with (
        working(url, folder, files, people, hurried=hurried) as (crew, sink),
        held_up(url, people) as gate,
    ):
        crew.start()
        crew.start()
        assert files.third.wait(WITHIN)
        crew.wait(
            lambda session: (
                digests(session) == rest and len(at_work(session, digest_parts.JOB)) == HELD
            )
        )
        before = Counter(files.asked)
        dead = crew.kill(PART)
        killed_at = crew.store.wall().now()
        with crew.store.reading() as session:
            assert digests(session) == rest
            known = set(
                session.exec(select(DocumentRow.url).where(col(DocumentRow.sha256).is_not(None)))
            )
            held = orphans(session, dead)
        assert {job for job, _ in held} >= {PART, digest_parts.JOB}
        gate.rollback()
        files.go_on.set()
        crew.wait(lambda session: digests(session) == people and read(session) == 2 * FILES)
        crew.wait(
            lambda session: {row.outcome for row in rows_of(session, held)} == {Outcome.OK.value}
        )
        seconds = taken_over(crew.store, held, killed_at)
        for process in crew.processes:
            process.kill()
            process.wait()
        deliver_the_rest(crew, sink)
        judge(crew.store, sink, people)
        again = {url for url in known if files.asked[path_of(url)] > before[path_of(url)]}
        assert again == set()  # what was stored before the kill is not fetched again
        assert max(files.asked.values()) <= 2
    return seconds


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def orphans(session: Session, dead: str) -> set[tuple[str, str]]:
    """Name the parts that the dead process was at."""
    query = select(RunRow.job, RunRow.slot).where(
        RunRow.lease_owner == dead, RunRow.state == RunState.RUNNING.value
    )
    return {(job, slot) for job, slot in session.exec(query) if job.endswith("part")}


def rows_of(session: Session, held: set[tuple[str, str]]) -> list[RunRow]:
    return [row for row in session.exec(select(RunRow)) if (row.job, row.slot) in held]


def taken_over(store: Store, held: set[tuple[str, str]], killed_at: datetime) -> float:
    """Give the seconds until the last part of the dead was begun again."""
    with store.reading() as session:
        rows = rows_of(session, held)
    assert len(rows) == len(held)
    return max((row.started_at - killed_at).total_seconds() for row in rows)


def deliver_the_rest(crew: Crew, sink: Sink) -> None:
    """Deliver what the last tick left, and what is in doubt a quarter of an hour later."""
    config = crew.told.config()
    for minutes in (5, 30):
        clock = FixedClock(TUESDAY + timedelta(minutes=minutes))
        # As much later by the server's clock: leases of the killed have lapsed.
        wall = FixedClock(crew.store.wall().now() + timedelta(minutes=minutes))
        list(deliver_due(crew.store, way_of(config, Path(crew.told.folder)), clock, wall=wall))


def judge(store: Store, sink: Sink, people: int) -> None:
    with store.reading() as session:
        mails = session.exec(select(DeliveryRow)).all()
        texts = session.exec(select(func.count()).select_from(DocumentTextRow)).one()
        states = set(session.exec(select(DocumentRow.state)))
    taken = sink.count()
    today = [row for row in mails if row.kind == DeliveryKind.DIGEST and row.slot == "2026-11-24"]
    assert len(today) == people
    assert {row.state for row in mails} == {DeliveryState.SENT.value}
    assert [row.id for row in mails if not taken[row.message_id]] == []
    assert [row.id for row in mails if taken[row.message_id] > 1 + row.doubts] == []
    assert (texts, len(states)) == (2 * FILES, 1)


@pytest.mark.program
@pytest.mark.timeout(WITHIN + 60)
def test_two_workers_do_all_once_though_one_is_killed_amid_digests_and_documents(
    postgres_url: str, tmp_path: Path
) -> None:
    share(postgres_url, tmp_path, 40, hurried=True)


@pytest.mark.program
@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_what_a_killed_worker_was_at_is_taken_over_within_a_minute(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    seconds = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        seconds.append(share(postgres_server.new_database(), folder, 400, hurried=False))
    sys.stdout.write(f"\ntaken over after {', '.join(f'{each:.0f}' for each in seconds)} s\n")
    assert max(seconds) < 60
