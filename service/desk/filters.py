"""What a list of leads can be narrowed by and sorted by."""

from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """The orders of a list. `BEST` is a plant's own order, `IDLE` the zone's: idle capacity
    removed, in tonnes (`service.digest.ordering` has the rule of both)."""

    BEST = "best"
    IDLE = "idle"
    DEADLINE = "deadline"
    SUM = "sum"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which leads are wanted. An empty tuple, None or "" asks for nothing in particular.

    `sum_from` and `sum_to` are whole tenge: sums in another currency are left out, since without a
    rate they do not compare. `deadline_days` is at most so many days from now; a lead without a
    deadline is left out then. `mine` asks for those the asker took, `own` for those of the city's
    own buyers. `buyers` are BINs. `closed` adds what nobody can bid for any more. Values of the
    tuples are codes: a plant's id, a family's name, a region's two digits.
    """

    text: str = ""
    plant: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    portal: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    sum_from: int | None = None
    sum_to: int | None = None
    deadline_days: int | None = None
    mine: bool = False
    own: bool = False
    closed: bool = False
