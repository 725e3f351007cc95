"""What the jobs of one worker process work with, and how soon another sees that it was killed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from procrastinate import App

from service.documents.pool import DocumentReaders
from service.jobs import digest_parts
from service.jobs.match_parts import Prepared
from service.jobs.parts import Taker
from service.modes import Ground
from service.schedule.alarm import TICK
from service.schedule.carrying import Job
from service.store import Store

LEASE = timedelta(seconds=30)
"""Shorter than alone: another worker waits to take over."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon a killed worker is noticed, in seconds; how many `people` a part of digests has, and
    how `few` mails one worker sends faster than they are divided. What a killed one did is taken
    over within `stalled` + one retry + `wait`, under a minute."""

    heartbeat: float = 5.0
    stalled: float = 20.0
    retry_cron: str = "* * * * * */10"
    wait: int = 5
    tick: timedelta = TICK
    lease: timedelta = LEASE
    people: int = digest_parts.SIZE
    few: int = 100


@dataclass(frozen=True, slots=True)
class Crew:
    """What the tasks of one worker process work with. `deferring` puts jobs into the queue from
    any thread; `readers` and `prepared` are shared by its parts, since making them takes long."""

    store: Store
    ground: Ground
    deferring: App
    readers: DocumentReaders
    pace: Pace
    table: Mapping[str, Job]
    prepared: Prepared = field(default_factory=Prepared)

    @property
    def taker(self) -> Taker:
        """Who takes parts."""
        return Taker.of(self.store, self.pace.lease)
