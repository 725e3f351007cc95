"""A full re-match on PostgreSQL by one worker process, then by two: does the work spread?

Workers are the public command. What counts is the time in which all of them are at work, by the
server's clock: neither loading, nor building the catalogue, nor the last part of one when the other
has none left; a part that is partly in it counts by its share.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session, col, delete, func, select, update

from catalog.records import Catalogue, Product, ProductCode
from scrapers.records import Depth, Lot, Notice, Phase
from service.bench.children import SURANYS
from service.bench.figures import BenchError, Figure, Report
from service.bench.postgres import postgres
from service.bench.quality import Step
from service.bench.texts import need_text, product_name
from service.jobs.match_parts import JOB
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.notices import save_page
from service.store.tables import NoticeRow, RunRow
from service.store.tables.naming import Origin, RunState

NOTICES, PRODUCTS = 10_000, 10_000
PAGE = 500
WITHIN = 900
SEEN = datetime(2026, 5, 18, 3, tzinfo=UTC)
TWO_WORKERS = 1.7
SETTINGS = """
[database]
url = "{url}"
[jobs]
engine = "procrastinate"
[schedule]
collect = []
match_minutes = 60
[documents]
enabled = false
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Notices a second while all workers are at work, and how many parts each process had."""

    rate: float
    by_process: tuple[int, ...]


def workers(step: Step, *, notices: int = NOTICES, products: int = PRODUCTS) -> Report:
    """Measure one worker and two on the same notices."""
    with postgres() as server, TemporaryDirectory(prefix="suranys-workers-") as name:
        folder = Path(name)
        url = server.new_database()
        (folder / "config.toml").write_text(SETTINGS.format(url=url), encoding="utf-8")
        with open_store(url) as store:
            fill(store, step, notices, products)
            one = _measure(store, folder, 1, notices, step)
            two = _measure(store, folder, 2, notices, step)
    return Report(
        "workers",
        f"A full re-match of {notices:,} notices against {products:,} products on PostgreSQL",
        (
            Figure("one worker, notices a second", one.rate),
            Figure("two workers, notices a second", two.rate),
            Figure("two workers over one", two.rate / one.rate, "×", must=TWO_WORKERS),
        ),
        (
            f"parts by process, two workers: {' and '.join(map(str, two.by_process))}",
            f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        ),
    )


def fill(store: Store, step: Step, notices: int, products: int) -> None:
    """Store made-up products, and notices that ask for them."""
    made = tuple(
        Product(ProductCode(f"p{number}"), product_name(number)) for number in range(products)
    )
    with store.writing() as session:
        save_catalogue(session, Catalogue((), made), Origin.BUNDLED, SEEN)
    for start in range(0, notices, PAGE):
        step("notices", start, notices)
        page = [_notice(number, products) for number in range(start, min(start + PAGE, notices))]
        with store.writing() as session:
            save_page(session, page, SEEN)


def _notice(number: int, products: int) -> Notice:
    title = need_text(number, products)
    return Notice(
        portal="bench",
        id=str(number),
        url=f"https://bench.invalid/{number}",
        title=title,
        phase=Phase.OPEN,
        depth=Depth.DETAIL,
        lots=(Lot("1", title),),
    )


def _measure(store: Store, folder: Path, count: int, notices: int, step: Step) -> Spread:
    with store.writing() as session:
        session.execute(update(NoticeRow).values(matched_key=None))
        session.execute(delete(RunRow))
    with _running(folder, count) as processes:
        end = time.monotonic() + WITHIN
        while (left := _left(store)) > 0:
            step(f"{count} at work", notices - left, notices)
            if time.monotonic() > end or any(each.poll() is not None for each in processes):
                raise BenchError(f"the workers did not end; see {folder}/var/suranys.log")
            time.sleep(0.2)
    with store.reading() as session:
        return _spread(session, count)


def _left(store: Store) -> int:
    with store.reading() as session:
        unmatched = select(func.count()).where(col(NoticeRow.matched_key).is_(None))
        return (
            session.exec(unmatched).one()
            + session.exec(
                select(func.count()).where(
                    RunRow.job == JOB, RunRow.state == RunState.RUNNING.value
                )
            ).one()
        )


def _spread(session: Session, count: int) -> Spread:
    """Reckon the rate; raises BenchError where a process had no part."""
    runs = [
        (run.lease_owner, run.started_at, run.ended_at, run.read)
        for run in session.exec(select(RunRow).where(RunRow.job == JOB))
        if run.ended_at is not None
    ]
    owners = sorted({owner for owner, *_ in runs})
    if len(owners) != count:
        raise BenchError(f"{count} workers were started and {len(owners)} had parts; use more")
    began = max(min(at for who, at, *_ in runs if who == owner) for owner in owners)
    ended = min(max(to for who, _, to, _ in runs if who == owner) for owner in owners)
    inside = sum(
        read * max(min(to, ended) - max(at, began), timedelta()) / (to - at)
        for _, at, to, read in runs
    )
    shares = tuple(sum(who == owner for who, *_ in runs) for owner in owners)
    return Spread(inside / (ended - began).total_seconds(), shares)


@contextmanager
def _running(folder: Path, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [*SURANYS, "worker", "--threads", "1"]
    processes = [
        subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
        for _ in range(count)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait()
