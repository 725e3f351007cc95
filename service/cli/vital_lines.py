"""The signs of life as lines of the status screen, and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from service.health.vitals import JobVitals, Vitals

SOON = 6


def vital_lines(vitals: Vitals, zone: ZoneInfo) -> Iterator[str]:
    """Say what waits, whether the schedule lives, what is due next, and how much room there is."""
    outbox = vitals.outbox
    oldest = outbox.oldest_waiting
    yield (
        "Outbox: nothing waits"
        if oldest is None
        else f"Outbox: the oldest mail not sent is of {_local(oldest, zone)}"
    ) + (f"; mails in doubt so far: {outbox.doubts}" if outbox.doubts else "")
    yield _schedule(vitals, zone)
    coming = sorted((each for each in vitals.jobs if each.next_at), key=_next)
    for job in coming[:SOON]:
        yield f"  {_local(job.next_at, zone)}  {job.name:<24} {_last(job, zone)}"
    for job in vitals.jobs:
        if job.outcome == "FAILED" and job not in coming[:SOON]:
            yield f"  {'':<16}  {job.name:<24} {_last(job, zone)}"
    size = "" if vitals.size is None else f"database {vitals.size / 1e6:.1f} MB, "
    yield f"Room: {size}{vitals.free / 1e9:.1f} GB free"


def _schedule(vitals: Vitals, zone: ZoneInfo) -> str:
    if vitals.awake is None:
        return "Schedule: nobody carries it out; suranys serve or suranys worker does"
    if not vitals.awake:
        return f"Schedule: ASLEEP since {_local(vitals.pulse, zone)}; start suranys serve"
    return "Schedule: awake; next"


def _next(job: JobVitals) -> datetime:
    assert job.next_at is not None  # noqa: S101 - the caller left the others out
    return job.next_at


def _last(job: JobVitals, zone: ZoneInfo) -> str:
    if job.running_since is not None:
        return f"running since {_local(job.running_since, zone)}"
    if job.outcome is None:
        return "never ran"
    why = f": {job.reason:.80}" if job.reason else ""
    return f"{job.outcome.value} {_local(job.ended_at, zone)}{why}"


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "never"


def vital_record(vitals: Vitals) -> dict[str, object]:
    """The signs of life as JSON values. Times are UTC."""
    return {
        "awake": vitals.awake,
        "pulse": _iso(vitals.pulse),
        "oldest_waiting": _iso(vitals.outbox.oldest_waiting),
        "deliveries": {state.value: count for state, count in vitals.outbox.states.items()},
        "doubts": vitals.outbox.doubts,
        "jobs": [
            {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in asdict(job).items()
            }
            for job in vitals.jobs
        ],
        "size": vitals.size,
        "free": vitals.free,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
