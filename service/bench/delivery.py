"""Digests of ten thousand readers: composed, rendered, frozen and submitted to loopback SMTP."""

import resource
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from sqlmodel import Session, col, select

from catalog.records import Catalogue, FamilyName, Plant, PlantId, Product, ProductCode
from matcher.records import Evidence, NeedKind, PlantQuantity, Verdict
from scrapers.records import Period
from service.bench.figures import Figure, Report
from service.bench.ingest import made
from service.bench.quality import Step
from service.clock import SteadyClock, elapsed
from service.config import Config, Mail, Recipient
from service.jobs.digest import write_digests
from service.places import places
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.codec import dump_evidence, dump_quantity
from service.store.notices import save_page
from service.store.tables import LeadRow, LotRow, MatchRow
from service.store.tables.naming import LeadState, Origin

READERS = 10_000
PLANTS = 200
LEADS = 5
MUST_SECONDS = 300.0
NOW = datetime(2026, 5, 18, 3, tzinfo=UTC)
_WHY = tuple(
    Evidence(0, "ranges", name, asked, offered, Verdict.CAN, "inside", "", None)
    for name, asked, offered in (
        ("outer_diameter_mm", "820 мм", "530–1420 мм"),
        ("wall_mm", "10 мм", "6–25 мм"),
        ("steel_grade", "17Г1С", "Ст20, 09Г2С, 17Г1С"),
    )
)


def delivery(step: Step, readers: int = READERS) -> Report:
    """Measure time and memory for `readers` people of plants with five new leads each."""
    with TemporaryDirectory(prefix="suranys-bench-") as name:
        folder = Path(name)
        with _Sink() as sink:
            mail = Mail(
                mode="smtp",
                host="127.0.0.1",
                port=sink.port,
                security="none",
                sender="suranys@bench.example",
                most_per_day=10 * readers,
            )
            config = Config(folder=folder, recipients=_recipients(readers), mail=mail)
            took = _run(config, step)
            taken = sink.close()
    must = MUST_SECONDS if readers == READERS else None
    figures = (
        Figure(f"{readers:,} digests", took.seconds, "s", must=must, at_most=True),
        Figure("digests a second", readers / took.seconds, ""),
        Figure("processor time a digest", took.processor / readers * 1000, "ms"),
        Figure("not taken by the server, or more than once", float(abs(readers - taken)), ""),
        Figure("most memory", took.memory, "MB"),
        Figure("of it after half the readers", took.memory_at_half, "MB"),
    )
    note = (
        f"{readers:,} people of {PLANTS} plants, {LEADS} new leads each; text, HTML and calendar; "
        "one process composes, renders, freezes and submits, a second is the mail server"
    )
    return Report("delivery", "Digests delivered to loopback SMTP", figures, (note,))


@dataclass(frozen=True, slots=True)
class _Took:
    """What a run took: seconds by the clock and of the processor, most memory in MB."""

    seconds: float
    processor: float
    memory_at_half: float
    memory: float


def _run(config: Config, step: Step) -> _Took:
    """Do the job for half of the readers, then for all; the second finds the first half done."""
    spot = places(config)
    # It goes on: to a clock that stands still, what is said for one reader would be said for all.
    clock = SteadyClock(NOW, elapsed())
    half = config.model_copy(
        update={"recipients": config.recipients[: len(config.recipients) // 2]}
    )
    spot.digests.parent.mkdir(parents=True, exist_ok=True)
    with open_store(spot.database_url) as store:
        _fill(store)
        step("half of the readers", 0, 2)
        started, processor = time.perf_counter(), time.process_time()
        write_digests(store, half, spot, clock)
        middle = _memory()
        step("all readers", 1, 2)
        write_digests(store, config, spot, clock)
        return _Took(
            time.perf_counter() - started, time.process_time() - processor, middle, _memory()
        )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _recipients(count: int) -> tuple[Recipient, ...]:
    return tuple(
        Recipient(
            name=f"Читатель {number}",
            address=f"reader{number}@works.example",
            role="plant",
            plant=f"plant-{number % PLANTS}",
        )
        for number in range(count)
    )


def _fill(store: Store) -> None:
    """Store plants with a product each, and leads as the matcher leaves them."""
    plants = tuple(
        Plant(PlantId(f"plant-{n}"), f"ТОО «Вымышленный завод {n}»") for n in range(PLANTS)
    )
    products = tuple(
        Product(
            ProductCode(f"p{n}"),
            "Труба стальная 530–1420",
            PlantId(f"plant-{n}"),
            family=FamilyName("steel_pipe_large"),
            unit="t",
            capacity_per_year=Decimal(100_000),
            utilisation_pct=Decimal(20),
        )
        for n in range(PLANTS)
    )
    period = Period(NOW, NOW + timedelta(days=15), "Asia/Almaty")
    notices = [replace(each, period=period) for each in made(PLANTS * LEADS)]
    with store.writing() as session:
        save_catalogue(session, Catalogue(plants, products), Origin.BUNDLED, NOW)
        save_page(session, notices, NOW)
        session.flush()
        _match(session)


def _match(session: Session) -> None:
    """Give each plant its leads, on the first lots of notices of their own."""
    lots = session.exec(select(LotRow.id).where(LotRow.position == 0).order_by(col(LotRow.id)))
    for number, lot in enumerate(list(lots)[: PLANTS * LEADS]):
        assert lot is not None  # noqa: S101 - it was read from the database
        match = MatchRow(
            lot_id=lot,
            product_id=1 + number % PLANTS,
            rank=1,
            verdict=Verdict.CAN.value,
            score=0.9,
            kind=NeedKind.STATED.value,
            evidence=dump_evidence(_WHY),
            quantity=dump_quantity(PlantQuantity(Decimal(120), "t", tonnes=Decimal(120))),
            matcher_version="bench",
            matched_at=NOW,
        )
        session.add(match)
        session.flush()
        assert match.id is not None  # noqa: S101 - flush gave it
        session.add(
            LeadRow(
                match_id=match.id,
                plant_id=1 + number % PLANTS,
                state=LeadState.NEW.value,
                created_at=NOW,
                state_at=NOW,
            )
        )


class _Sink:
    """The mail server, in a process of its own."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "service.bench.mail_sink"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None  # noqa: S101 - piped above
        self.port = int(self._process.stdout.readline())
        return self

    def close(self) -> int:
        """End the server and give how many mails it took."""
        said, _ = self._process.communicate()
        return int(said)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
