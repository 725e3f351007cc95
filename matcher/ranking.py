"""The order of a plant's leads: what can be won and fills idle capacity comes first.

Order, documented so that ties never move: band; share of the plant's own idle capacity (capped
at 1, largest first; unknown capacity last in its band, by sum); margin of days left over the lead
time (least first, unknown last, too late after all); sum (largest first, unknown last); notice;
lot; plant; product.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from catalog.family import Family
from catalog.records import Product
from matcher.quantities import idle_share, in_unit
from matcher.records import NeedKind, PlantQuantity, Verdict


class Band(IntEnum):
    """How near a lead is to an order, the nearest first."""

    OPEN = 0
    """`can`, and bids are taken."""
    ONE_ANSWER = 1
    """`check` and open: an answer away."""
    WINNER_BUYS = 2
    """The winner is named and still has to buy the goods."""
    IMPLIED = 3
    """Works that will need the goods."""
    PLAN = 4
    """Announced, not opened yet."""
    CLOSED = 5
    """Nothing can be done any more."""


@dataclass(frozen=True, slots=True)
class LeadKey:
    """What the order of a lead rests on. `open` is None where the deadline is unknown: that is
    something to ask, never "closed". `amount` is the lot's sum in minor units of one currency.
    `plant` tells apart products of one code that several plants have."""

    notice: str
    lot: str
    product: str
    verdict: Verdict
    kind: NeedKind = NeedKind.STATED
    open: bool | None = None
    winner_named: bool = False
    idle_share: Decimal | None = None
    days_left: int | None = None
    lead_time_days: int | None = None
    amount: int | None = None
    plant: str = ""
    guessed: bool = False
    """The share rests on the family's median order, since the quantity is unknown."""


def band(lead: LeadKey) -> Band:
    """Return the band of a lead."""
    if lead.kind is NeedKind.PLAN:
        return Band.PLAN
    if lead.winner_named:
        return Band.WINNER_BUYS
    if lead.open is False or lead.verdict is Verdict.CANNOT:
        return Band.CLOSED
    if lead.kind is NeedKind.IMPLIED:
        return Band.IMPLIED
    can = lead.verdict is Verdict.CAN and lead.open is True
    return Band.OPEN if can else Band.ONE_ANSWER


def rank(leads: Iterable[LeadKey]) -> list[LeadKey]:
    """Return the leads of one plant in order. The order of the input changes nothing."""
    return sorted(leads, key=_order)


def _order(lead: LeadKey) -> tuple[object, ...]:
    share = lead.idle_share
    margin = None
    if lead.days_left is not None:
        margin = lead.days_left - (lead.lead_time_days or 0)
    return (
        band(lead),
        share is None,
        -min(share, Decimal(1)) if share is not None else Decimal(0),
        margin is not None and margin < 0,
        margin is None,
        margin or 0,
        lead.amount is None,
        -(lead.amount or 0),
        lead.notice,
        lead.lot,
        lead.plant,
        lead.product,
    )


def share_of_idle(
    quantity: PlantQuantity, product: Product, family: Family | None
) -> tuple[Decimal | None, bool]:
    """Return the share of idle capacity a lead fills, and whether its quantity was guessed.

    An unknown quantity takes the family's median order where the plant counts in the family's
    unit. An unknown capacity gives no share.
    """
    share = idle_share(quantity, product)
    if share is not None or in_unit(quantity, product.unit) is not None:
        return share, False
    idle = product.idle_per_year
    median = None if family is None else family.typical_quantity
    if family is None or median is None or not idle or family.unit != product.unit:
        return None, False
    return Decimal(str(median)) / idle, True


def tonnes_first(leads: Iterable[tuple[LeadKey, Decimal | None]]) -> list[LeadKey]:
    """Return the leads of a zone by idle capacity removed (in tonnes or the plants' own unit),
    largest first, unknown last; then as `rank` orders them."""
    ordered = sorted(
        leads, key=lambda each: (each[1] is None, -(each[1] or Decimal(0)), _order(each[0]))
    )
    return [lead for lead, _ in ordered]
