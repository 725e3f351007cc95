"""How many notices of a portal are new, against what is usual for it on that weekday."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.store.tables import NoticeRow

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
_WEEKS = 8
_LEAST_WEEKS = 3
"""Fewer weeks are no habit yet."""
_LEAST_USUAL = 5
"""A portal of fewer notices a day is silent on many days."""
_FACTOR = 4


@dataclass(frozen=True, slots=True)
class Arrivals:
    """New notices of the last 30 days and of the last 24 hours, and the median of the same 24 hours
    in the weeks before, None while those are too few."""

    month: int
    day: int
    usual: float | None

    @property
    def implausible(self) -> str:
        """Say how the last day is out of the portal's habit, "" if it is not."""
        if self.usual is None or self.usual < _LEAST_USUAL:
            return ""
        if self.usual / _FACTOR <= self.day <= self.usual * _FACTOR:
            return ""
        return f"{self.day} new notices in 24 hours where {self.usual:g} are usual on this weekday"


def arrivals(session: Session, reader: str, now: datetime) -> Arrivals:
    """Count the new notices of a portal up to `now`.

    The first day of a portal, on which it is read whole, belongs to no habit.
    """
    first = session.exec(
        select(func.min(NoticeRow.first_seen_at)).where(NoticeRow.reader == reader)
    ).one()
    weeks = [now - timedelta(weeks=week) for week in range(1, _WEEKS + 1)]
    earlier = [
        _between(session, reader, end - DAY, end)
        for end in weeks
        if first is not None and end - DAY > first + DAY
    ]
    return Arrivals(
        month=_between(session, reader, now - MONTH, now),
        day=_between(session, reader, now - DAY, now),
        usual=float(median(earlier)) if len(earlier) >= _LEAST_WEEKS else None,
    )


def _between(session: Session, reader: str, start: datetime, end: datetime) -> int:
    seen = col(NoticeRow.first_seen_at)
    query = select(func.count()).where(NoticeRow.reader == reader, seen > start, seen <= end)
    return session.exec(query).one()
