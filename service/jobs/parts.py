"""A part of a job: what one worker of several takes, as a run of its own with lease and fencing.

A part is asked for as often as somebody thinks it is due; carried out twice, the second time finds
nothing left to do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from service.clock import Clock, SteadyClock
from service.jobs.heartbeat import heartbeat
from service.jobs.runs import LEASE, Claim, LeaseLost, Report, claim, finish
from service.logs import log
from service.store import Store
from service.store.tables.naming import Outcome


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes a part: an open store, the clock that leases go by, and how long one holds."""

    store: Store
    wall: Clock
    lease: timedelta = LEASE

    @classmethod
    def of(cls, store: Store, lease: timedelta = LEASE) -> "Taker":
        """Give the one that goes by the store's own clock, asked once: a part is short."""
        return cls(store, SteadyClock.set_by(store.wall()), lease)


def carry_part(taker: Taker, job: str, slot: str, do: Callable[[Claim], Report]) -> Report | None:
    """Carry one part out and end its run; None where another process is at it, or was until a
    moment ago. What it raises ends the run FAILED with its reason, and is not raised here."""
    store, wall = taker.store, taker.wall
    with store.writing() as session:
        held = claim(
            session,
            job,
            slot,
            owner=store.owner,
            now=wall.now(),
            alone=store.alone,
            again=True,
            lease=taker.lease,
        )
    if held is None:
        return None
    try:
        with heartbeat(store, held, wall):
            report = _done(held, do)
        with store.writing() as session:
            finish(session, held, report, wall.now())
    except LeaseLost as error:
        log.warning("overtaken", job=job, slot=slot, detail=str(error))
        return Report(Outcome.SKIPPED, str(error))
    return report


def _done(held: Claim, do: Callable[[Claim], Report]) -> Report:
    try:
        return do(held)
    except LeaseLost:
        raise
    except Exception as error:
        log.error("broke", job=held.job, slot=held.slot, exc_info=error)
        return Report(Outcome.FAILED, f"{error!s:.300}", fault=type(error).__name__)
