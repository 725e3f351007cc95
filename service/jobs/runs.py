"""The run table: which job ran in which slot, who holds it, how it ended.

A slot is a local calendar day or a moment of the schedule, so that any process (the alarm clock,
cron, a person) asking for the same job gets the same run. A claim is a lease with a fencing number
that grows with every claim; a holder that was thought dead finds out before it commits anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from service.errors import StoreError
from service.store.postgresql import named_lock
from service.store.tables import RunRow
from service.store.tables.naming import Outcome, RunState

LEASE = timedelta(minutes=3)
"""How long a claim holds without being renewed; a `heartbeat` renews it at a third of that."""
FARTHEST = timedelta(hours=1)
NO_TOKEN = "NoToken"  # noqa: S105 - the name of a fault, no secret
"""The fault of a portal that is skipped because nobody gave its access token."""


class LeaseLost(StoreError):
    """Another process took the run over; what this one was about to store is not stored."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry out one run. `attempt` counts claims of the slot from 1. The schedule
    lends its own to the job it carries out, and ends the run itself."""

    run_id: int
    job: str
    slot: str
    fencing: int
    attempt: int
    lease: timedelta = LEASE
    lent: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a run says of itself when it ends. `fault` is the name of the error that ended it,
    or NO_TOKEN."""

    outcome: Outcome
    reason: str = ""
    advice: str = ""
    fault: str | None = None
    read: int = 0
    new: int = 0
    changed: int = 0
    failed: int = 0
    total: int | None = None


def day_slot(now: datetime, timezone: str) -> str:
    """Give the local calendar day a moment falls in: `2026-05-04`."""
    return now.astimezone(ZoneInfo(timezone)).date().isoformat()


def claim(
    session: Session,
    job: str,
    slot: str,
    *,
    owner: str,
    now: datetime,
    alone: bool = False,
    again: bool = False,
    lease: timedelta = LEASE,
) -> Claim | None:
    """Claim a run, or give None where there is nothing to do or somebody else does it.

    A run that ended FAILED or PARTIAL may be claimed anew, one that ended otherwise only with
    `again`. `alone` says that no other process can be alive (it would hold the writer's lock), so
    that a run whose holder was killed need not wait for its lease to lapse. `now` is real time.
    """
    named_lock(session, f"run:{job}:{slot}")
    found = select(RunRow).where(RunRow.job == job, RunRow.slot == slot)
    row = session.exec(found.with_for_update()).first()  # its holder may be ending it just now
    if row is not None and not _is_free(row, owner, now, alone=alone, again=again):
        return None
    fresh = RunRow(
        job=job,
        slot=slot,
        state=RunState.RUNNING.value,
        started_at=now,
        attempt=(row.attempt if row else 0) + 1,
        fencing=(row.fencing if row else 0) + 1,
        lease_owner=owner,
        lease_until=now + lease,
    )
    if row is None:
        row = fresh
    else:
        for name, value in fresh.model_dump(exclude={"id"}).items():
            setattr(row, name, value)
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - flush gave it
    return Claim(row.id, job, slot, row.fencing, row.attempt, lease)


def _is_free(row: RunRow, owner: str, now: datetime, *, alone: bool, again: bool) -> bool:
    if row.state == RunState.RUNNING:
        return is_dead(row, owner, now, alone=alone)
    return again or row.outcome not in {Outcome.OK, Outcome.SKIPPED}


def is_dead(row: RunRow, owner: str, now: datetime, *, alone: bool) -> bool:
    """Whether nobody can be at a run that is marked as running.

    A lease that ends far beyond any that could be given now was given before the clock was put
    back: it would block the job for as long as the clock was wrong.
    """
    lapsed = not now < row.lease_until <= now + FARTHEST
    return lapsed or (alone and row.lease_owner != owner)


def is_busy(session: Session, job: str, owner: str, now: datetime, *, alone: bool) -> bool:
    """Whether somebody is at any slot of a job. A portal has one reader at a time."""
    query = select(RunRow).where(RunRow.job == job, RunRow.state == RunState.RUNNING.value)
    return any(not is_dead(row, owner, now, alone=alone) for row in session.exec(query))


def abandon(session: Session, owner: str, now: datetime) -> int:
    """Give up every run of an owner that is about to end, so that another takes them over at once;
    a thread that is still at one can store nothing more. Returns how many."""
    query = select(RunRow).where(
        RunRow.lease_owner == owner, RunRow.state == RunState.RUNNING.value
    )
    rows = session.exec(query.with_for_update()).all()
    for row in rows:
        row.fencing, row.lease_until = row.fencing + 1, now
        session.add(row)
    return len(rows)


def renew(session: Session, held: Claim, now: datetime) -> None:
    """Prolong the lease. To be called in every unit of work that stores something for the run.

    Raises LeaseLost when somebody else has claimed the run since.
    """
    _held(session, held).lease_until = now + held.lease


def finish(session: Session, held: Claim, report: Report, now: datetime) -> None:
    """End the run. Raises LeaseLost when somebody else has claimed it since."""
    row = _held(session, held)
    if held.lent:
        row.lease_until = now + held.lease
        return
    row.state, row.ended_at = RunState.ENDED.value, now
    row.outcome, row.fault = report.outcome.value, report.fault
    row.reason, row.advice = report.reason, report.advice
    row.read, row.new, row.changed = report.read, report.new, report.changed
    row.failed, row.total = report.failed, report.total
    session.add(row)


def _held(session: Session, held: Claim) -> RunRow:
    row = session.get(RunRow, held.run_id, with_for_update=True)
    if row is None or row.fencing != held.fencing or row.state != RunState.RUNNING:
        raise LeaseLost(f"{held.job} {held.slot} was taken over by another process")
    session.add(row)
    return row
