"""A made-up portal and a fetcher for it that connects to a fault server and never really waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from scrapers.fetch import Fetcher, FetchSettings, LoopbackNetwork
from scrapers.portal import Answer, Listing, Portal, Query, Request
from tests.faults.server import FaultServer

NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)


def _first(query: Query) -> tuple[Request, ...]:
    return (at("/lots"),)


def _listing(answer: Answer, query: Query) -> Listing:
    return Listing(())


PORTAL = Portal(
    name="kz_made_up",
    title="Made-up portal",
    country="KZ",
    home="https://kz.example",
    hosts=frozenset({"kz.example", "files.kz.example"}),
    zone="Asia/Almaty",
    first=_first,
    listing=_listing,
)


def at(path: str, **fields: Any) -> Request:
    """A request to the made-up portal."""
    return Request(f"https://kz.example{path}", **fields)


@dataclass
class FakeTime:
    """A monotonic clock that only sleeping moves. `slept` lists the pauses in seconds."""

    slept: list[float] = field(default_factory=list)
    at: float = 1000.0

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@dataclass(frozen=True)
class Lent:
    """A fetcher and its time."""

    fetcher: Fetcher
    time: FakeTime

    def __call__(self, path: str, **fields: Any) -> Answer:
        return self.fetcher.fetch(at(path, **fields))


@contextmanager
def fetcher(
    server: FaultServer, *, portal: Portal = PORTAL, real_time: bool = False, **settings: Any
) -> Iterator[Lent]:
    """A fetcher with `FetchSettings` of one's choice. `real_time` is for deadlines that pass."""
    time = FakeTime()
    chosen: dict[str, Any] = {
        "user_agent": "suranys/0 (+mailto:x@example.invalid)",
        **settings,
    }
    clock: dict[str, Any] = {} if real_time else {"monotonic": time.monotonic}
    with Fetcher(
        portal,
        FetchSettings(**chosen),
        now=lambda: NOW,
        sleep=time.sleep,
        network=LoopbackNetwork(server.port),
        rng=Random(1),  # noqa: S311 - jitter, not secrets
        **clock,
    ) as one:
        yield Lent(one, time)
