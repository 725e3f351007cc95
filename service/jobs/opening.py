"""What a portal's reading may open, and in which order: nearest deadline first, failures last."""

import heapq
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapers.records import Notice, Phase
from service.store.waiting import Waiting

_NEVER = datetime.max.replace(tzinfo=UTC)
Load = Callable[[int], Notice | None]
"""Reads a stored notice by the key of its row."""


@dataclass(slots=True)
class Allowance:
    """The requests a portal may still be sent today (`most`; None: no limit).

    Counted by the reading thread, taken for storing by the writing one.
    """

    most: int | None = None
    sent: int = 0
    _stored: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self) -> None:
        """Count a request about to be sent."""
        with self._lock:
            self.sent += 1

    @property
    def left(self) -> bool:
        return self.most is None or self.sent < self.most

    def to_store(self) -> int:
        """Give the requests counted since this was last asked."""
        with self._lock:
            more, self._stored = self.sent - self._stored, self.sent
        return more


@dataclass(slots=True)
class Opening:
    """The notices to open of one reading: those that waited, and those its listings show."""

    load: Load
    _heap: list[tuple[int, datetime, int, Waiting | Notice]] = field(default_factory=list)
    _count: int = 0
    marks: dict[str, str] = field(default_factory=dict)
    """Mark of the listing row by notice id, of what this reading's listings let wait."""

    def wait(self, waiting: Iterable[Waiting]) -> None:
        """Take over what earlier readings left unopened."""
        for each in waiting:
            self._push(each.tried, each.ends_at, each)

    def show(self, row: Notice, mark: str) -> None:
        """Take in a row of a listing that is worth opening."""
        self.marks[row.id] = mark
        # Who won an awarded one can wait: its deadline is over, others' is not.
        ends = row.period.end if row.period and row.phase is not Phase.AWARDED else None
        self._push(0, ends, row)

    def due(self) -> tuple[Notice, str] | None:
        """Give the next notice to open with its mark, None when nothing waits."""
        while self._heap:
            *_, each = heapq.heappop(self._heap)
            if isinstance(each, Notice):
                return each, self.marks[each.id]
            notice = self.load(each.notice_id)
            if notice is not None:
                return notice, each.mark
        return None

    def _push(self, tried: int, ends: datetime | None, each: Waiting | Notice) -> None:
        self._count += 1  # among equals the first come first, and notices have no order
        heapq.heappush(self._heap, (tried, ends or _NEVER, self._count, each))
