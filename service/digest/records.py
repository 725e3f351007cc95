"""What a digest shows: values only, filled by `composing`, worded by `wording`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from matcher.records import Evidence, NeedKind, Verdict
from scrapers.records import Money, Phase
from service.bidding import MayBid


class Section(StrEnum):
    """The parts of a digest, most urgent first; the order here is the order in the mail."""

    CLOSING = "closing"
    NEW = "new"
    CHANGED = "changed"
    WINNER = "winner"
    IMPLIED = "implied"
    PLANS = "plans"


class Audience(StrEnum):
    """Whom a recipient reads for: officials get a sign of life on an empty day, plants silence."""

    OFFICIAL = "official"
    PLANT = "plant"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person or office that gets a digest. `id` is stable and names files and message ids."""

    id: str
    name: str
    address: str
    audience: Audience
    language: str = "ru"
    zone: str = "Asia/Almaty"


@dataclass(frozen=True, slots=True)
class LeadLine:
    """One lead as a person reads it.

    `quantity` and `idle_per_year` count in the plant's own `unit`. `deadline` is UTC, `zone` the
    portal's IANA zone. `hosts` are the hosts the portal's links may lead to. `id` is the lead's
    own, stable between digests.
    """

    id: str
    title: str
    url: str
    portal: str
    plant: str
    product: str
    verdict: Verdict
    hosts: frozenset[str] = frozenset()
    number: str | None = None
    buyer: str | None = None
    place: str | None = None
    value: Money | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    estimated: bool = False
    measured: tuple[Decimal, str] | None = None
    """The figure and unit that `quantity` was computed from, such as metres of a pipeline."""
    idle_per_year: Decimal | None = None
    typical: tuple[Decimal, str] | None = None
    """The family's typical order and its unit, by which a lead of no comparable quantity is
    ranked: an estimate of ours, nothing a buyer said."""
    evidence: tuple[Evidence, ...] = ()
    disputed: frozenset[str] = frozenset()
    """Attributes whose ranges come from several sources that the plant has not settled."""
    deadline: datetime | None = None
    zone: str = "Asia/Almaty"
    kind: NeedKind = NeedKind.STATED
    phase: Phase = Phase.OPEN
    gone: bool = False
    """No longer on the portal, or no longer matched: only told to whom it was told before."""
    also: tuple[str, ...] = ()
    """Names of the plant's other products that may fit the same lot; one lot is one lead."""
    as_of: datetime | None = None
    """The moment deadlines count from, where it is not the digest's own: a replayed portal lives
    in the day its pages were saved."""
    sample: bool = False
    country: str | None = None
    region: str | None = None
    """The region of Kazakhstan it is for, by its code."""
    winner: str | None = None
    """Who won the works and has yet to buy the goods, with what is published to reach them."""
    late_born: bool = False
    """The purchase had been there unchanged before this lead was: a new plant, product or rule
    made it."""
    taken: bool = False
    """The plant, or the reader, deals with it."""
    in_tenge: tuple[Money, date] | None = None
    """The sum in tenge and the day of the rate, where `value` is in another currency."""
    may_bid: MayBid | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What an earlier digest said of a lead; a difference from it is a change worth telling.

    `state` is the notice's phase, or `gone`.
    """

    verdict: Verdict
    state: str
    deadline: datetime | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    value: Money | None = None
    winner: str | None = None


ChangedField = Literal["verdict", "state", "winner", "deadline", "quantity", "value"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A lead in its section. `changed` names what differs from `before`, in a fixed order."""

    lead: LeadLine
    section: Section
    before: Shown | None = None
    changed: tuple[ChangedField, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """Leads told by their number in one line, so that they flood nobody.

    `first`: open before the first digest and beyond its limit; `old`: a new plant, product or rule
    made them of purchases known before; `implied`: works of a region without a quantity.
    """

    why: Literal["first", "old", "implied"]
    entries: tuple[Entry, ...]
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Links of ours in a mail, signed for its reader; None where there are no pages. `leads` holds
    that of each lead, by lead id."""

    leads: Mapping[str, str]
    everything: str | None = None
    preferences: str | None = None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class PortalHealth:
    """How reading one portal went. `fault` is the class name of a `SourceError`, if any."""

    title: str
    outcome: Literal["ok", "partial", "failed", "skipped"]
    read: int = 0
    fault: str | None = None
    waiting: int = 0
    """Purchases of it that are known by their listing only and wait to be read whole."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything one recipient is told for one local day. `start`..`end` (UTC) is the period.

    `beyond` counts the leads that did not fit; they are told by number only and come first in
    the next digest. `sample` is True as soon as anything in it is made up.
    """

    recipient: Recipient
    day: date
    start: datetime | None
    end: datetime
    entries: tuple[Entry, ...] = ()
    beyond: int = 0
    counted: tuple[Counted, ...] = ()
    portals: tuple[PortalHealth, ...] = ()
    sample: bool = False
    kind: Literal["digest", "urgent", "reminder", "weekly"] = "digest"
    """What the mail is for: `urgent` tells new leads that close within two working days, `reminder`
    one that somebody took, `weekly` is the sign of life of a reader who chose silence."""
    replay: bool = False
    """Composed from saved pages: true notices of a past day, never to be mailed."""

    def in_section(self, section: Section) -> tuple[Entry, ...]:
        """Give the entries of one section in the digest's order."""
        return tuple(entry for entry in self.entries if entry.section is section)
