"""A line of `suranys doctor`."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it is, what was found, and what to do (if not ok)."""

    name: str
    state: State
    found: str
    advice: str = ""
