"""The records the matcher reads and answers with.

`LotText` is what it is given (the service maps a Lot to it), `Need` what it understood,
`Evidence` why, `Row` the answer for one lot and product.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from catalog.records import FamilyName, PlantId, ProductCode, Span


class Verdict(StrEnum):
    CAN = "can"
    CANNOT = "cannot"
    CHECK = "check"


class NeedKind(StrEnum):
    """Stated: goods are bought. Implied: works that will need goods. Plan: an intention."""

    STATED = "stated"
    IMPLIED = "implied"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Line:
    """An item line of a lot: its texts, stated quantity with the unit as written, codes."""

    text: str
    quantity: Decimal | None = None
    unit: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    """(scheme, id), e.g. ("KZ-ENSTRU", "242013.900.000001")."""
    source: str | None = None
    """The document and page it stands in, for people; None for a line of the notice itself."""


@dataclass(frozen=True, slots=True)
class PageText:
    """A page of an attached document: its text and its name, «Спецификация.pdf, стр. 3»."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class LotText:
    """What the matcher reads of a lot. `title` first, `texts` in falling order of trust:
    description, characteristics, other languages, attached documents."""

    notice: str
    lot: str
    title: str
    texts: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    quantity: Decimal | None = None
    unit: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    category: Literal["goods", "works", "services"] | None = None
    plan: bool = False
    documents: tuple[PageText, ...] = ()
    """Pages of its documents. They complete what the lot's own texts leave open, never overrule."""
    unread: tuple[str, ...] = ()
    """Titles of documents that could not be read."""


Value = Span | str
"""A number is a Span whose ends are equal; a name (a grade, a coating) is a string."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A stated quantity in the unit as folded by `catalog.units` ("t", "m", "m2", "kg", "pcs")."""

    value: Decimal
    unit: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says, nothing derived: the answer of `suranys extract`."""

    family: FamilyName | None
    attributes: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    standards: tuple[str, ...] = ()
    """Designation and number, with the year where given: `ГОСТ 10704-91`."""
    quantity: Amount | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something found while reading that a verdict must respect: a contradiction inside the
    notice, an absurd size, an assumption ("taken as DN"). `attribute` may be None."""

    reason: str
    attribute: str | None = None
    asked: str | None = None
    ask: Literal["buyer", "plant", "document"] | None = None


Bar = Literal["used", "sale"]


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a lot asks for. Several sizes in one lot are several needs.

    `family` is None when no family was recognised; `rivals` are families that fit about as well.
    `service` is True for washing, checking, renting a thing: nothing of it is bought.
    """

    index: int
    text: str
    family: FamilyName | None
    kind: NeedKind = NeedKind.STATED
    attributes: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    standards: tuple[str, ...] = ()
    quantity: Amount | None = None
    rivals: tuple[FamilyName, ...] = ()
    service: bool = False
    notes: tuple[Note, ...] = ()
    documented: bool = False
    """Whether the lot's documents were read, all of them: what they leave open only people know."""
    runs: int = 1
    """Pipes side by side: «2Ду 500» are two, and a length is that of the route."""
    bar: Bar | None = None
    """Why nothing new is bought: `used` goods are asked for, or the buyer sells (`sale`)."""


Asker = Literal["buyer", "plant", "document"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why: what one stage says of one attribute. `because` is a sentence in Russian for people;
    `reason` its stable key, by which other languages are rendered."""

    need: int
    stage: str
    attribute: str | None
    asked: str | None
    offered: str | None
    verdict: Verdict
    reason: str
    because: str
    ask: Asker | None = None


@dataclass(frozen=True, slots=True)
class PlantQuantity:
    """How much of a plant's unit a lot asks for. None is unknown; `estimated` when any figure
    rests on an assumption, which the evidence names."""

    stated: Decimal | None = None
    unit: str | None = None
    tonnes: Decimal | None = None
    metres: Decimal | None = None
    square_metres: Decimal | None = None
    litres: Decimal | None = None
    pieces: Decimal | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The answer for one lot and product; `product` is None on the line that says why no product
    fits (`closed_by`), whose rank is 0."""

    notice: str
    lot: str
    rank: int
    product: ProductCode | None
    plant: PlantId | None
    score: float
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    quantity: PlantQuantity = PlantQuantity()
    kind: NeedKind = NeedKind.STATED
    closed_by: str | None = None
