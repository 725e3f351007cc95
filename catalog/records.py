"""The records of a catalogue: plant, product, capability, obligation.

Immutable values without behaviour of their own; reading files is `catalog.reading`, families are
`catalog.family`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NewType

PlantId = NewType("PlantId", str)
"""Stable, human-readable: `asia-steel-pipe`."""
ProductCode = NewType("ProductCode", str)
"""A plant's own article number, zeros kept; unique inside one catalogue."""
FamilyName = NewType("FamilyName", str)
"""The file name of a family in `catalog/families`, without `.toml`: `steel_pipe_large`."""


class Standing(StrEnum):
    """How far a stated capability can be relied on. Only `CONFIRMED` may yield `can`."""

    CONFIRMED = "confirmed"
    """The plant itself said so."""
    REPORTED = "reported"
    """Somebody else wrote it: press, a register. Sources may disagree."""
    TYPICAL = "typical"
    """Usual for such plants; nobody said it of this one."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `as_of` is the day the source speaks of, or was read."""

    text: str
    as_of: date | None = None
    standing: Standing = Standing.CONFIRMED


@dataclass(frozen=True, slots=True)
class Span:
    """A closed range of numbers; `None` is an open end. `Span(820, 820)` is the single value."""

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"reversed range {self.low}..{self.high}")

    def holds(self, other: "Span") -> bool:
        """Whether every value of `other` lies inside this span."""
        return (self.low is None or (other.low is not None and other.low >= self.low)) and (
            self.high is None or (other.high is not None and other.high <= self.high)
        )

    def meets(self, other: "Span") -> bool:
        """Whether the two spans share at least one value."""
        return (self.low is None or other.high is None or other.high >= self.low) and (
            self.high is None or other.low is None or other.low <= self.high
        )


@dataclass(frozen=True, slots=True)
class Capability:
    """What a product can be made to, for one attribute: a span of numbers or a set of names.

    `attribute` is a key of docs/reference/attributes.md: `outer_diameter_mm`, `steel_grade`,
    `standards`… Exactly one of `spans` and `names` is filled; several spans are alternatives
    (a mill with two lines: 219..530 and 720..1420).
    """

    attribute: str
    source: Source
    spans: tuple[Span, ...] = ()
    names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if bool(self.spans) == bool(self.names):
            raise ValueError(f"{self.attribute}: either spans or names must be given, not both")


@dataclass(frozen=True, slots=True)
class ProductCodeMark:
    """A classification code of a product: `scheme` is ENSTRU, CPA, TNVED, CPV, KTRU or AGSK3."""

    scheme: str
    code: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate or register entry with the day it lapses, if it does."""

    name: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """Something a plant offers.

    `capacity_per_year` counts in `unit` (the plant's own: t, m, m2, kg, pcs…); `utilisation_pct`
    is 0..100. `family` is None for a plain list of names. `line` is the row of the file it was
    read from (header = 1).
    """

    code: ProductCode
    name: str
    plant: PlantId | None = None
    description: str = ""
    family: FamilyName | None = None
    codes: tuple[ProductCodeMark, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    unit: str | None = None
    capacity_per_year: Decimal | None = None
    utilisation_pct: Decimal | None = None
    lead_time_days: int | None = None
    certificates: tuple[Certificate, ...] = ()
    source: Source | None = None
    line: int | None = None

    @property
    def idle_per_year(self) -> Decimal | None:
        """Capacity that stands unused in a year, in `unit`; None where either figure is unknown."""
        if self.capacity_per_year is None or self.utilisation_pct is None:
            return None
        return self.capacity_per_year * (100 - self.utilisation_pct) / 100


class ObligationState(StrEnum):
    PROMISED = "promised"
    KEPT = "kept"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Obligation:
    """What an investor guaranteed for the land: assortment, sum of investment, launch date."""

    kind: str
    promised: str
    source: Source
    due: date | None = None
    actual: str | None = None
    state: ObligationState = ObligationState.UNKNOWN


@dataclass(frozen=True, slots=True)
class Plant:
    """A producer. `sample` marks an invented plant, which is shown as such wherever it appears."""

    id: PlantId
    name: str
    bin: str | None = None
    zone: str | None = None
    address: str | None = None
    contacts: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[tuple[str, Source], ...] = ()
    obligations: tuple[Obligation, ...] = ()
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Plants and what they offer. Product codes are unique within it."""

    plants: tuple[Plant, ...] = ()
    products: tuple[Product, ...] = ()
