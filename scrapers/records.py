"""The records every portal is read into. Terms are those of OCDS where OCDS has one.

Immutable; times are aware and UTC with the portal's zone kept beside them; money is integer minor
units with currency and VAT flag; what a page does not say is None, never a default.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal


class Phase(StrEnum):
    """Where a procedure stands. A plan is an intention before any notice."""

    PLAN = "plan"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    AWARDED = "awarded"


class Vat(StrEnum):
    INCLUDED = "included"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"


class Depth(StrEnum):
    """How far a notice was read: the row of a listing only, or its own page(s) too."""

    LISTING = "listing"
    DETAIL = "detail"


class Relation(StrEnum):
    """What two notices of one purchase have in common."""

    PLAN = "plan"  # a point of a procurement plan
    NOTICE = "notice"  # an announcement, by its id
    CONTRACT = "contract"  # a contract, by the number its portal keeps it under
    PROCEDURE = "procedure"  # an id that every notice of a procedure carries


class AwardStatus(StrEnum):
    """OCDS awardStatus."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    UNSUCCESSFUL = "unsuccessful"


class ContractStatus(StrEnum):
    """OCDS contractStatus."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"


# ISO 4217: currencies without a minor unit. All others met here have two decimals.
_NO_MINOR_UNIT = frozenset({"JPY", "KRW", "ISK", "CLP", "VND", "XAF", "XOF", "UGX", "RWF"})


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (tiyn, cent) of an ISO 4217 currency."""

    minor: int
    currency: str
    vat: Vat = Vat.UNKNOWN

    @classmethod
    def of(cls, amount: Decimal, currency: str, vat: Vat = Vat.UNKNOWN) -> "Money":
        """From major units. Fractions below the minor unit are rounded half to even."""
        exponent = 0 if currency in _NO_MINOR_UNIT else 2
        return cls(round(amount.scaleb(exponent)), currency, vat)

    @property
    def amount(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.minor).scaleb(0 if self.currency in _NO_MINOR_UNIT else -2)


def _require_utc(moment: datetime | None, name: str) -> None:
    if moment is not None and moment.tzinfo is not UTC:
        raise ValueError(f"{name} must be in UTC, got {moment!r}")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, UTC; `zone` is the IANA zone the portal printed them in."""

    start: datetime | None
    end: datetime | None
    zone: str

    def __post_init__(self) -> None:
        _require_utc(self.start, "start")
        _require_utc(self.end, "end")


@dataclass(frozen=True, slots=True)
class Code:
    """A classification or register code. Schemes: KZ-ENSTRU, KZ-KATO, KZ-MKEI, CPV, NUTS, OKPD2,
    KTRU, OKEI, KZ-BIN, …; `id` is a string, zeros kept."""

    scheme: str
    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure as the portal names it, with its code where given."""

    name: str
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to deliver. `quantity` is the share of the item that goes there, in the item's unit."""

    country: str | None
    text: str
    code: Code | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    name: str
    id: Code | None = None
    country: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a language (ISO 639-1) other than the record's first one."""

    language: str
    value: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file attached to a notice or lot. `kind` is OCDS documentType where it fits."""

    title: str
    url: str
    kind: str | None = None
    language: str | None = None
    published_at: datetime | None = None

    def __post_init__(self) -> None:
        _require_utc(self.published_at, "published_at")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a lot. `unit_price` and `value` are as the portal states them, never computed."""

    id: str
    title: str
    description: str = ""
    quantity: Decimal | None = None
    unit: Unit | None = None
    unit_price: Money | None = None
    value: Money | None = None
    codes: tuple[Code, ...] = ()
    places: tuple[Place, ...] = ()
    translations: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """Who bids or supplies, with what the portal publishes to reach it. `contact` is a person."""

    name: str
    id: Code | None = None
    country: str | None = None
    address: str | None = None
    contact: str | None = None
    telephone: str | None = None
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """What joins this record to others of its purchase: `id` within the portal's own numbers."""

    relation: Relation
    id: str


@dataclass(frozen=True, slots=True)
class Lot:
    """A part that is awarded on its own. `id` is stable inside its notice, `number` is what people
    read. A portal whose lot is a single line (goszakup) gives one item."""

    id: str
    title: str
    number: str | None = None
    description: str = ""
    status: str | None = None
    value: Money | None = None
    items: tuple[Item, ...] = ()
    places: tuple[Place, ...] = ()
    codes: tuple[Code, ...] = ()
    period: Period | None = None
    delivery: str | None = None
    documents: tuple[Document, ...] = ()
    translations: tuple[Text, ...] = ()
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class Bid:
    """An offer as it was opened. `rank` is the portal's own order, 1 the best; `lots` are lot ids,
    none where it is for the whole notice."""

    bidder: Party
    value: Money | None = None
    submitted_at: datetime | None = None
    rank: int | None = None
    lots: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_utc(self.submitted_at, "submitted_at")


@dataclass(frozen=True, slots=True)
class Award:
    """A decision who supplies. `lots` are lot ids, none where it is for the whole notice. `items`
    are awarded lines with their prices; `bids` what else was offered."""

    id: str
    lots: tuple[str, ...] = ()
    suppliers: tuple[Party, ...] = ()
    value: Money | None = None
    awarded_at: datetime | None = None
    status: AwardStatus | None = None
    items: tuple[Item, ...] = ()
    bids: tuple[Bid, ...] = ()

    def __post_init__(self) -> None:
        _require_utc(self.awarded_at, "awarded_at")


@dataclass(frozen=True, slots=True)
class Contract:
    """A signed contract. `award` is the id of the award it follows from, `number` what people read;
    `period` is from its start to its end. `items` are its lines with their prices."""

    id: str
    number: str | None = None
    award: str | None = None
    lots: tuple[str, ...] = ()
    suppliers: tuple[Party, ...] = ()
    value: Money | None = None
    signed_at: datetime | None = None
    period: Period | None = None
    status: ContractStatus | None = None
    items: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        _require_utc(self.signed_at, "signed_at")


@dataclass(frozen=True, slots=True)
class Notice:
    """One procurement procedure as one portal shows it. `(portal, id)` is its key.

    `id` never changes while the procedure lives; `number` is what people read and may carry a
    version (`17013627-1`). `status` is the portal's own word, `phase` our reading of it.
    `category` is OCDS mainProcurementCategory. `period` is OCDS tenderPeriod. `sample` marks an
    invented notice, which is shown as such wherever it appears. A point of a plan, a protocol or a
    contract that a portal publishes by itself is a notice of its own; `related` joins them.
    """

    portal: str
    id: str
    url: str
    title: str
    phase: Phase
    number: str | None = None
    description: str = ""
    language: str | None = None
    status: str | None = None
    method: str | None = None
    category: Literal["goods", "works", "services"] | None = None
    buyer: Buyer | None = None
    procuring_entity: Buyer | None = None
    country: str | None = None
    value: Money | None = None
    published_at: datetime | None = None
    amended_at: datetime | None = None
    period: Period | None = None
    lots: tuple[Lot, ...] = ()
    lots_stated: int | None = None
    documents: tuple[Document, ...] = ()
    codes: tuple[Code, ...] = ()
    translations: tuple[Text, ...] = ()
    depth: Depth = Depth.DETAIL
    sample: bool = False
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()
    related: tuple[Related, ...] = ()

    def __post_init__(self) -> None:
        _require_utc(self.published_at, "published_at")
        _require_utc(self.amended_at, "amended_at")
