"""Twelve portals through a day of simulated time: no host is asked more often than its limits say.

Time moves only when a fetcher sleeps, each portal's by itself, so that a day of pauses takes two
minutes. The portals have more notices than a day can open.
"""

import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from scrapers.fetch.network import LoopbackNetwork
from service.clock import FixedClock
from service.config import Collect, Config, PortalTable
from service.jobs.collect import Collecting, collect
from service.jobs.reading import FetchTime
from service.replay import Asked, ReplayServer, Reply
from service.store import open_store
from tests.service.notices import NOON
from tests.service.portals import host, portal, row

DAY, QUARTER = 86_400, 900  # seconds
# Seconds between requests as configured, so long that a day is some 7,000 requests; the first
# portal meets requests_per_day before the day is over.
DELAYS = (5, 90, 45, 120, 180, 180, 240, 240, 300, 300, 300, 300)
NAMES = tuple(f"portal{number}" for number in range(1, len(DELAYS) + 1))
CAP = 1_000
ASKS = {"portal3": 60}
"""Crawl-delay in a portal's robots.txt, longer than ours."""
_ROWS, _PAGES = 2, 100_000


@dataclass
class SimulatedTime:
    """Seconds by thread: a portal is read by the thread of its name."""

    at: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def monotonic(self) -> float:
        return self.at[threading.current_thread().name]

    def sleep(self, seconds: float) -> None:
        self.at[threading.current_thread().name] += seconds


@dataclass
class Market:
    """Answers for all portals, noting when each was asked, by its own time."""

    time: SimulatedTime
    asked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def answer(self, asked: Asked) -> Reply:
        name = asked.host.partition(".")[0]
        self.asked[name].append(self.time.at[name])
        if asked.path == "/robots.txt":
            said = f"User-agent: *\nCrawl-delay: {ASKS.get(name, 1)}\n".encode()
            return Reply(said, "text/plain")
        if asked.path == "/list":
            return self._page(int(asked.params["page"]))
        return _json(row(asked.path.rpartition("/")[2]))

    def _page(self, number: int) -> Reply:
        first = (number - 1) * _ROWS
        following = f"/list?page={number + 1}" if number < _PAGES else None
        rows = [row(str(first + place)) for place in range(_ROWS)]
        return _json({"rows": rows, "total": _ROWS * _PAGES, "next": following})


def _json(content: object) -> Reply:
    return Reply(json.dumps(content).encode(), "application/json")


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    # Nothing here is to outlive a power cut, and every request is a commit.
    connection.execute("PRAGMA synchronous = OFF")


def read_for(seconds: float, folder: Path) -> dict[str, list[float]]:
    """Read all portals in one run of so many simulated seconds; give when each was asked."""
    time = SimulatedTime()
    market = Market(time)
    tables = {
        name: PortalTable(
            enabled=True, delay_seconds=delay, budget_seconds=seconds, requests_per_day=CAP
        )
        for name, delay in zip(NAMES, DELAYS, strict=True)
    }
    with (
        ReplayServer(market.answer) as server,
        open_store(f"sqlite:///{folder}/day.db") as store,
    ):
        event.listen(store.engine, "connect", _without_waiting_for_the_disk)
        store.engine.dispose()
        collect(
            Collecting(
                store=store,
                config=Config(collect=Collect(retries=0), portals=tables),
                clock=FixedClock(NOON),
                network=LoopbackNetwork(server.port),
                registry={name: portal(name) for name in NAMES},
                monotonic=time.monotonic,
                fetch_time=FetchTime(time.monotonic, time.sleep),
                worth=lambda _notice: True,
            )
        )
    return market.asked


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(QUARTER, id="a quarter of an hour"),
        pytest.param(DAY, id="a day", marks=pytest.mark.proof),
    ],
)
def test_no_host_of_twelve_portals_is_asked_above_its_limits(tmp_path: Path, seconds: int) -> None:
    asked = read_for(seconds, tmp_path)
    assert asked.keys() == set(NAMES)
    for name, delay in zip(NAMES, DELAYS, strict=True):
        pause = max(delay, ASKS.get(name, 0))
        times = asked[name]
        # robots.txt is read first, before its own pause is known
        gaps = [after - before for before, after in pairwise(times[1:])]
        assert min(gaps) >= pause, f"{host(name)}: {min(gaps)} s"
        most = min(seconds // pause + 2, CAP)
        assert len(times) <= most, host(name)
        assert len(times) >= most - 3, f"{host(name)} was read for a part of the time only"
