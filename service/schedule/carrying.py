"""Carrying out a job's slot once: decide by the run table, claim, do under a heartbeat, end it.

Any process may ask at any time; the decision and the claim are one transaction under a lock of the
job's name. A job that is broken off is carried out again, so what it does must be safe to repeat.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event

from sqlmodel import Session, col, select

from service.clock import Clock
from service.jobs.heartbeat import heartbeat
from service.jobs.runs import LEASE, Claim, LeaseLost, Report, claim, finish, is_busy
from service.logs import log
from service.modes import Ground
from service.schedule.slots import Rhythm, Slot, latest
from service.store import Store
from service.store.postgresql import named_lock
from service.store.tables import RunRow
from service.store.tables.naming import Outcome, RunState

PUT_RIGHT = timedelta(days=2)
"""Slots so far ahead of the clock were made while it was wrong, and count no more."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a job is given. `lost` is set when another process took the run over; a job that stores
    anything in steps renews `held` in each step and so cannot store over its successor."""

    store: Store
    ground: Ground
    held: Claim
    slot: Slot
    wall: Clock
    lost: Event


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the schedule. `back` is how long after its moment a missed slot is still made up
    for; a failed one is tried `attempts` times in all, `again_after` apart. `portal` is the portal
    it reads, which no two may at once."""

    name: str
    rhythm: Rhythm
    do: Callable[[Work], Report]
    back: timedelta = timedelta(days=1)
    attempts: int = 3
    again_after: timedelta = timedelta(minutes=15)
    portal: str | None = None


def due(store: Store, job: Job, clock: Clock, wall: Clock) -> Slot | None:
    """Give the slot that should be carried out now, None where there is none. Reads only."""
    with store.reading() as session:
        return _due(session, job, clock.now(), wall.now(), store)


def take(
    store: Store, job: Job, clock: Clock, wall: Clock, *, lease: timedelta = LEASE
) -> tuple[Claim, Slot] | None:
    """Claim the slot that is due, None where there is none or another process has it.

    Older runs of the job whose holders died end FAILED: this slot makes up for them.
    """
    with store.writing() as session:
        named_lock(session, f"job:{job.name}")
        _hold(session, job)
        now = wall.now()
        slot = _due(session, job, clock.now(), now, store)
        if slot is None:
            return None
        _bury(session, job, slot, now)
        held = claim(
            session,
            job.name,
            slot.name,
            owner=store.owner,
            now=now,
            alone=store.alone,
            again=True,
            lease=lease,
        )
        return None if held is None else (held, slot)


def _hold(session: Session, job: Job) -> None:
    """Lock the runs that are marked as running: one that ended between two of our queries would
    look as if it had died."""
    query = select(RunRow).where(RunRow.job == job.name, RunRow.state == RunState.RUNNING.value)
    session.exec(query.with_for_update()).all()


def _due(session: Session, job: Job, now: datetime, real: datetime, store: Store) -> Slot | None:
    slot = latest(job.rhythm, now, job.back)
    if slot is None:
        return None
    row = _last(session, job, now)
    if is_busy(session, job.name, store.owner, real, alone=store.alone):
        return None
    if row is None:
        return slot
    if row.slot != slot.name:
        # A later one was carried out: the clock was put back.
        return slot if row.slot < slot.name else None
    if row.state == RunState.RUNNING:
        return slot
    tried = row.outcome != Outcome.FAILED or row.attempt >= job.attempts
    return None if tried or row.ended_at is None or real < row.ended_at + job.again_after else slot


def _last(session: Session, job: Job, now: datetime) -> RunRow | None:
    """The run of the job's latest slot. Names sort by time, and being of one form they do so by
    any server's order of text."""
    query = (
        select(RunRow)
        .where(RunRow.job == job.name, RunRow.slot < f"{now + PUT_RIGHT:%Y-%m-%dT%H:%M}")
        .order_by(col(RunRow.slot).desc())
        .limit(1)
    )
    return session.exec(query).first()


def _bury(session: Session, job: Job, slot: Slot, now: datetime) -> None:
    query = select(RunRow).where(
        RunRow.job == job.name,
        RunRow.state == RunState.RUNNING.value,
        col(RunRow.slot) != slot.name,
    )
    for row in session.exec(query):
        row.state, row.outcome, row.ended_at = RunState.ENDED.value, Outcome.FAILED.value, now
        row.fault = "Killed"
        row.reason = f"its process ended before it did; {slot.name} makes up for it"
        session.add(row)


def carry_out(
    store: Store, ground: Ground, job: Job, *, wall: Clock | None = None, lease: timedelta = LEASE
) -> Report | None:
    """Carry out the slot of a job that is due; None where none is, or another process has it.

    Whatever the job raises ends the run FAILED with its reason, and is not raised here.
    """
    wall = wall or store.wall()
    if due(store, job, ground.clock, wall) is None:
        return None  # most often so, and then nothing need be locked
    taken = take(store, job, ground.clock, wall, lease=lease)
    if taken is None:
        return None
    held, slot = taken
    with heartbeat(store, held, wall) as lost:
        report = _done(job, Work(store, ground, replace(held, lent=True), slot, wall, lost))
    if report is None:
        return None
    try:
        with store.writing() as session:
            finish(session, held, report, wall.now())
    except LeaseLost as error:
        log.warning("overtaken", job=job.name, slot=slot.name, detail=str(error))
        return None
    if report.outcome is Outcome.FAILED:
        log.error("failed", job=job.name, slot=slot.name, reason=report.reason)
    return report


def _done(job: Job, work: Work) -> Report | None:
    """Do the job and give its report, None where another process has taken it over."""
    try:
        return job.do(work)
    except LeaseLost as error:
        log.warning("overtaken", job=job.name, slot=work.slot.name, detail=str(error))
        return None
    except Exception as error:
        log.error("broke", job=job.name, slot=work.slot.name, exc_info=error)
        return Report(Outcome.FAILED, f"{error!s:.300}", fault=type(error).__name__)
