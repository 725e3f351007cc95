"""Notices a second into a fresh SQLite file, beside a bare insert of the same records as JSON."""

import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from scrapers.canonical import dump_notice
from scrapers.records import (
    Buyer,
    Code,
    Depth,
    Item,
    Lot,
    Money,
    Notice,
    Period,
    Phase,
    Unit,
    Vat,
)
from service.bench.children import run
from service.bench.figures import Figure, Report
from service.bench.quality import Step
from service.bench.texts import product_name
from service.store import open_store
from service.store.notices import save_page

COUNT = 10_000
PAGES = (50, 500)
MUST = 1_000.0
"""Notices a second of one core."""
FEW, MANY = 10_000, 100_000
"""Notices after which the peak memory of parsing and storing is taken."""
GROWTH_MB = 20.0
SEEN = datetime(2026, 5, 18, 7, tzinfo=UTC)


def made(count: int) -> list[Notice]:
    """Make notices of one or two lots, as a listing with details gives them."""
    return [_notice(number) for number in range(count)]


def _notice(number: int) -> Notice:
    lots = tuple(_lot(number, place) for place in range(1 + number % 2))
    opened = SEEN - timedelta(hours=number % 200)
    return Notice(
        portal="bench",
        id=str(90_000_000 + number),
        url=f"https://bench.invalid/{number}",
        title=f"Закуп: {lots[0].title}",
        phase=Phase.OPEN,
        number=f"{90_000_000 + number}-1",
        language="ru",
        status="Опубликован",
        method="Открытый конкурс",
        buyer=Buyer(f"Вымышленный заказчик {number % 700}", Code("KZ-BIN", "000000000045")),
        country="KZ",
        value=Money(1_000_000 + number, "KZT", Vat.EXCLUDED),
        published_at=opened,
        period=Period(opened, opened + timedelta(days=15), "Asia/Almaty"),
        lots=lots,
        depth=Depth.DETAIL,
    )


def _lot(number: int, place: int) -> Lot:
    title = product_name(2 * number + place)
    value = Money(1_000_000 + number, "KZT", Vat.EXCLUDED)
    code = Code("KZ-ENSTRU", "242013.900.000001")
    item = Item("1", title, title, Decimal(number + 1), Unit("Тонна"), value=value, codes=(code,))
    name = f"{80_000_000 + 2 * number + place}-ОК1"
    return Lot(name, title, number=name, value=value, items=(item,))


def pages(notices: Sequence[Notice], size: int) -> Iterator[Sequence[Notice]]:
    """Cut notices into pages."""
    for start in range(0, len(notices), size):
        yield notices[start : start + size]


def ours(notices: Sequence[Notice], size: int, folder: Path) -> tuple[float, float, float]:
    """Return the seconds of saving all pages, a transaction each, of saving them again, and the
    processor seconds of the first saving."""
    with open_store(f"sqlite:///{folder / f'ours-{size}.db'}") as store:
        taken, used = [], []
        for _ in range(2):
            start, cpu = time.perf_counter(), time.process_time()
            for page in pages(notices, size):
                with store.writing() as session:
                    save_page(session, page, SEEN)
            taken.append(time.perf_counter() - start)
            used.append(time.process_time() - cpu)
    return taken[0], taken[1], used[0]


def bare(notices: Sequence[Notice], size: int, folder: Path) -> float:
    """Return the seconds of `executemany` of the records as JSON, with the same pragmas."""
    connection = sqlite3.connect(folder / f"bare-{size}.db")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE notice (id TEXT PRIMARY KEY, record TEXT NOT NULL)")
        start = time.perf_counter()
        for page in pages(notices, size):
            with connection:
                rows = [(notice.id, dump_notice(notice)) for notice in page]
                connection.executemany("INSERT INTO notice VALUES (?, ?)", rows)
        return time.perf_counter() - start
    finally:
        connection.close()


def memory(step: Step, few: int, many: int) -> tuple[Figure, ...]:
    """Take the peak memory of a process that parses and stores `few` and then `many` notices."""
    peaks = []
    with TemporaryDirectory(prefix="suranys-memory-") as name:
        for number, count in enumerate((few, many)):
            step(f"memory of {count} notices", number, 2)
            url = f"sqlite:///{Path(name) / f'{count}.db'}"
            command = (sys.executable, "-m", "service.bench.reading", str(count), url)
            peaks.append(run(command).peak_mb)
    grown = Figure(
        f"growth of it to {many} notices", peaks[1] - peaks[0], "MB", must=GROWTH_MB, at_most=True
    )
    return Figure(f"peak memory, {few} notices parsed and stored", peaks[0], "MB"), grown


def ingest(step: Step, *, count: int = COUNT, few: int = FEW, many: int = MANY) -> Report:
    """Time saving `count` notices in small and in large pages; take the memory of reading many."""
    notices = made(count)
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="suranys-ingest-") as name:
        for number, size in enumerate(PAGES):
            step(f"pages of {size}", number, len(PAGES))
            first, again, used = ours(notices, size, Path(name))
            rival = bare(notices, size, Path(name))
            title = f"new, pages of {size}"
            beside = {"bare": count / rival}
            figures += [
                Figure(title, count / first, "notices/s", beside=beside),
                Figure(f"{title}, ours to bare", rival / first, "×"),
                Figure(f"{title}, by processor time", count / used, "notices/s", must=MUST),
                Figure(f"seen again, pages of {size}", count / again, "notices/s"),
            ]
    figures += memory(step, few, many)
    lots = sum(len(notice.lots) for notice in notices)
    note = (
        f"{count} notices with {lots} lots and as many items into a fresh SQLite file, a "
        "transaction a page; beside: sqlite3 executemany of the same records written as JSON"
    )
    memories = "memory: processes that parse a listing page again and again under new ids"
    return Report("ingest", "Storing notices", tuple(figures), (note, memories))
