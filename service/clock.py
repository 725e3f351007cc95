"""The only place that asks the time. Everything else is given a moment, or a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import MappingProxyType
from typing import Protocol


def elapsed() -> float:
    """Give seconds that only ever grow, to tell how old something kept in memory is."""
    return monotonic()


class Clock(Protocol):
    """What time it is, in UTC. A replayed portal lives in the day its pages were saved, so the
    time may depend on the portal; without one it is the time of the run as a whole."""

    def now(self, portal: str | None = None) -> datetime:
        """Give the time as an aware UTC moment."""


class SystemClock:
    """The computer's clock, the same for every portal."""

    def now(self, portal: str | None = None) -> datetime:  # noqa: ARG002 - the protocol's argument
        """Give the present moment."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SteadyClock:
    """A clock that was set once and reckons on by elapsed time: it asks no server at each step,
    and nobody puts it forward or back. After a machine slept it is late, never early."""

    moment: datetime
    set_at: float

    @classmethod
    def set_by(cls, clock: Clock) -> "SteadyClock":
        """Give one that goes on from what a clock says now."""
        return cls(clock.now(), elapsed())

    def now(self, portal: str | None = None) -> datetime:  # noqa: ARG002 - the protocol's argument
        """Give the present moment."""
        return self.moment + timedelta(seconds=elapsed() - self.set_at)


def _require_utc(moment: datetime) -> None:
    if moment.tzinfo is not UTC:
        raise ValueError(f"a clock must be set in UTC, got {moment!r}")


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests and `--as-of`."""

    moment: datetime

    def __post_init__(self) -> None:
        _require_utc(self.moment)

    def now(self, portal: str | None = None) -> datetime:  # noqa: ARG002 - the protocol's argument
        """Give the moment it was set to."""
        return self.moment


@dataclass(frozen=True, slots=True)
class ReplayClock:
    """Each portal stands at the day its pages were saved, so that notices are open as they were.

    A portal that is not named, and the run as a whole, stand at the latest of them.
    """

    captured: Mapping[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.captured:
            raise ValueError("a replay clock needs the capture day of at least one portal")
        for moment in self.captured.values():
            _require_utc(moment)
        object.__setattr__(self, "captured", MappingProxyType(dict(self.captured)))

    def now(self, portal: str | None = None) -> datetime:
        """Give the capture moment of `portal`, or the latest of all."""
        if portal is not None and portal in self.captured:
            return self.captured[portal]
        return max(self.captured.values())
