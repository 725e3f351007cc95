"""Answers kept in memory for a minute, where reckoning them anew for every reader is a waste."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar, cast

from service.clock import elapsed

LASTS = 60.0
MOST = 500
"""Entries kept at once: one for each plant and kind of answer, and room to spare."""
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Kept:
    """What was reckoned within the last minute, by what it answers. Thread-safe; two who ask at
    the same time may both reckon, which costs less than one waiting for the other's database."""

    held: dict[Hashable, tuple[float, object]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, reckon: Callable[[], Answer]) -> Answer:
        """Give what is kept under a key, or reckon and keep it. What `reckon` gives must not
        change afterwards: many readers are given the same."""
        now = elapsed()
        with self.lock:
            found = self.held.get(key)
        if found is not None and now - found[0] < LASTS:
            return cast("Answer", found[1])
        made = reckon()
        with self.lock:
            if len(self.held) >= MOST:
                self.held.clear()
            self.held[key] = (now, made)
        return made

    def forget(self) -> None:
        """Forget everything, because somebody is changing something and wants to see it."""
        with self.lock:
            self.held.clear()
