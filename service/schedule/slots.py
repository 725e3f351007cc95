"""Slots: the moments at which a job is due, by a rhythm in local time. Pure.

A slot has a name that is the same in every process and sorts by time, so that `(job, slot)` can be
a unique key. Local rhythms are named by wall time: the hour that a change of clocks repeats has one
slot, taken at its first passing; a wall time that a change leaves out is taken right after it. Even
rhythms are named in UTC and know no change of clocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment. `name` sorts by time among the slots of a job; `at` is UTC."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Daily:
    """At these local times on these weekdays (Monday is 0)."""

    times: tuple[time, ...]
    zone: str
    weekdays: frozenset[int] = EVERY_DAY

    def between(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """Give slots with `after` < at <= `until`, in order."""
        local = ZoneInfo(self.zone)
        # A change of clocks may put a wall time beside its own UTC day.
        day = after.astimezone(local).date() - DAY
        last = until.astimezone(local).date() + DAY
        while day <= last:
            for slot in self._of(day, local):
                if after < slot.at <= until:
                    yield slot
            day += DAY

    def _of(self, day: date, local: ZoneInfo) -> Iterator[Slot]:
        if day.weekday() not in self.weekdays:
            return
        for wall in sorted(self.times):
            # fold=0: of a repeated hour the first; of an hour left out, its moment by the old
            # offset, which is the first moments after the change.
            at = datetime.combine(day, wall, local).astimezone(UTC)
            yield Slot(f"{day.isoformat()}T{wall:%H:%M}", at)


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes, a divisor of a day, counted from midnight UTC."""

    minutes: int

    def between(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """Give slots with `after` < at <= `until`, in order."""
        step = timedelta(minutes=self.minutes)
        midnight = datetime.combine(after.astimezone(UTC).date(), time(), UTC)
        at = midnight + ((after - midnight) // step + 1) * step
        while at <= until:
            yield Slot(f"{at:%Y-%m-%dT%H:%M}Z", at)
            at += step


Rhythm = Daily | Every


def latest(rhythm: Rhythm, now: datetime, back: timedelta) -> Slot | None:
    """Give the last slot that is due, None where none was in the time `back`.

    Those before it are missed or done: one run makes up for all that were missed.
    """
    return max(rhythm.between(now - back, now), key=lambda slot: slot.name, default=None)


def following(rhythm: Rhythm, now: datetime, within: timedelta = timedelta(days=8)) -> Slot | None:
    """Give the first slot after now."""
    return min(rhythm.between(now, now + within), key=lambda slot: slot.at, default=None)
