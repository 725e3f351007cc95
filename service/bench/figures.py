"""What a bench measured, with what it stands beside and what it had to reach."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from service.errors import InputError

ROOT = Path(__file__).parents[2]
"""The checkout: fixtures, cases and docs are not installed with the packages."""


class BenchError(InputError):
    """A bench cannot run here: data, a library or the checkout is missing, or a child failed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `beside` are other programs' values in the same unit; `must` and `aim`
    are the thresholds set for ours, which a figure with `at_most` has to stay under."""

    name: str
    value: float
    unit: str = ""
    beside: Mapping[str, float] = field(default_factory=dict)
    must: float | None = None
    aim: float | None = None
    at_most: bool = False

    def reaches(self, bound: float | None) -> bool | None:
        """Whether the value reaches a bound, None without one."""
        if bound is None:
            return None
        return self.value <= bound if self.at_most else self.value >= bound

    @property
    def mark(self) -> str:
        """What is to be said of it: aim, ok, MISSED, or nothing where no bound was set."""
        if self.reaches(self.must) is False:
            return "MISSED"
        if self.reaches(self.aim):
            return "aim"
        return "ok" if self.must is not None else ""


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one bench. `notes` say on what they were measured."""

    bench: str
    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def machine() -> str:
    """Say what the figures were measured on."""
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return (
        f"{cores} cores, Python {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, load {load:.1f} when the bench began"
    )
