"""Signs of life: when jobs are due and how they last ended, what waits to leave, size and room.

For the status screen, `/health` and `/metrics`.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, func, select

from service.clock import Clock
from service.config import Config
from service.outbox.reading import Standing, standing
from service.places import Mode, places
from service.schedule.slots import following
from service.schedule.table import jobs
from service.store import Store
from service.store.postgresql import database_size
from service.store.sqlite import sqlite_path
from service.store.tables import RunRow
from service.store.tables.naming import Outcome, RunState

PULSE = "deliver"
"""The job that is due every minute: by it one sees whether anybody carries jobs out."""
ASLEEP_AFTER = timedelta(minutes=10)
_PARTS = {
    "documents": "document part",
    "match": "match part",
    "digest": "digest part",
    "deliver": "deliver part",
}
"""The parts of a job that workers share: it ended well when it put them into the queue."""


@dataclass(frozen=True, slots=True)
class JobVitals:
    """A job of the schedule: its next moment, and its last run by the time it ended."""

    name: str
    next_at: datetime | None
    slot: str | None = None
    outcome: Outcome | None = None
    reason: str = ""
    ended_at: datetime | None = None
    running_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """`pulse` is when a job of every minute last ran; None where no schedule was ever at it.
    `size` and `free` are bytes of the database and of room beside it."""

    now: datetime
    jobs: tuple[JobVitals, ...]
    outbox: Standing
    pulse: datetime | None
    size: int | None
    free: int

    @property
    def awake(self) -> bool | None:
        """Whether the schedule is carried out; None where it never was."""
        return None if self.pulse is None else self.now - self.pulse < ASLEEP_AFTER


def vitals_of(config: Config, mode: Mode, clock: Clock, store: Store) -> Vitals:
    """Gather the signs of life. Jobs are those of the live schedule only."""
    url, now = places(config, mode).database_url, clock.now()
    table = jobs(config, url) if mode == "live" else ()
    with store.reading() as session:
        found = tuple(
            _job(session, each.name, slot.at if (slot := following(each.rhythm, now)) else None)
            for each in table
        )
        outbox = standing(session)
        path = sqlite_path(url)
        size = database_size(session) if path is None else size_of(path)
        pulse = _pulse(session)
    return Vitals(now, found, outbox, pulse, size, free_beside(config))


def _job(session: Session, name: str, next_at: datetime | None) -> JobVitals:
    ended = session.exec(
        select(RunRow)
        .where(RunRow.job == name, RunRow.state == RunState.ENDED.value)
        .order_by(col(RunRow.ended_at).desc())
        .limit(1)
    ).first()
    running: datetime | None = session.exec(
        select(func.max(RunRow.started_at)).where(
            RunRow.job == name, RunRow.state == RunState.RUNNING.value
        )
    ).one()
    if ended is None or ended.outcome is None:
        return JobVitals(name, next_at, running_since=running)
    broken = _broken_part(session, name, ended)
    told = ended if broken is None else broken
    return JobVitals(
        name,
        next_at,
        ended.slot,
        Outcome.FAILED if broken else Outcome(ended.outcome),
        told.reason,
        told.ended_at,
        running,
    )


def _broken_part(session: Session, name: str, since: RunRow) -> RunRow | None:
    """Give a part that failed since the job's last run began, None where none did."""
    return session.exec(
        select(RunRow)
        .where(
            RunRow.job == _PARTS.get(name, ""),
            RunRow.outcome == Outcome.FAILED.value,
            col(RunRow.ended_at) >= since.started_at,
        )
        .order_by(col(RunRow.ended_at).desc())
        .limit(1)
    ).first()


def _pulse(session: Session) -> datetime | None:
    latest: datetime | None = session.exec(
        select(func.max(RunRow.started_at)).where(RunRow.job == PULSE)
    ).one()
    return latest


def size_of(path: Path) -> int:
    """Bytes of a database with what is not yet folded into it."""
    parts = (path, path.with_name(f"{path.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())


def free_beside(config: Config) -> int:
    """Bytes free where files go."""
    var = config.folder / config.paths.var
    near = next(each for each in (var, *var.resolve().parents) if each.is_dir())
    return shutil.disk_usage(near).free
