"""Put the lines of a digest in the order of `matcher.ranking`.

A plant's: by band, then by the share of its own idle capacity. The zone's: by idle capacity removed
in tonnes, and where that is not known in tonnes, as a plant's.

Then one rule of the digest's own: inside a band, and in the zone's list among all that is open,
what lies outside a range of the plant's that nobody confirmed comes after what lies inside. It may
be had after all, so it is shown; but its tonnage must not put it first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.family import Family
from catalog.records import FamilyName
from catalog.units import convert
from matcher.quantities import in_unit
from matcher.ranking import Band, LeadKey, band, rank, share_of_idle, tonnes_first
from matcher.records import NeedKind
from scrapers.records import Money, Phase
from service.digest.lines import Line
from service.digest.reasons import outside
from service.store.leads import Lead

# Sums compare in one currency only: without a rate, euros beside tenge are no larger or smaller.
_CURRENCY = "KZT"


def in_order(
    found: Iterable[Line], families: Mapping[FamilyName, Family], *, zone: bool
) -> list[Line]:
    """Give the lines best first, those of one plant or, with `zone`, of all plants.

    A line whose quantity had to be taken for the family's typical order says so in `typical`.
    """
    lines: dict[LeadKey, Line] = {}
    removed: dict[LeadKey, Decimal | None] = {}
    for line in found:
        place = standing(line, families)
        lines[place.key] = line if place.typical is None else _guessed(line, place.typical)
        removed[place.key] = None if band(place.key) is Band.CLOSED else place.removed
    ordered = tonnes_first(removed.items()) if zone else rank(lines)
    # A sort keeps the order of equals: what was put first above stays first in its part.
    return [lines[key] for key in sorted(ordered, key=lambda key: _part(key, lines[key], zone))]


def _guessed(line: Line, typical: tuple[Decimal, str]) -> Line:
    return replace(line, line=replace(line.line, typical=typical))


@dataclass(frozen=True, slots=True)
class Standing:
    """What the place of one lead rests on. `removed` are the tonnes of idle capacity it takes up,
    None where that is not known; `typical` the order of the family taken where none is stated."""

    key: LeadKey
    removed: Decimal | None
    typical: tuple[Decimal, str] | None


def standing(line: Line, families: Mapping[FamilyName, Family]) -> Standing:
    """Reckon what the place of a lead rests on."""
    family = families.get(line.lead.product.family) if line.lead.product.family else None
    share, guessed = share_of_idle(line.lead.quantity, line.lead.product, family)
    typical = _typical(family) if guessed else None
    key = _key(line.lead, line.line.value, share, guessed=guessed)
    return Standing(key, _removed(line.lead, share, typical), typical)


def _part(key: LeadKey, line: Line, zone: bool) -> tuple[int, bool]:
    """Give the part of the list a lead stands in: its band, and there inside before outside."""
    found = band(key)
    return int(found is Band.CLOSED) if zone else found, outside(line.lead.evidence)


def _key(lead: Lead, value: Money | None, share: Decimal | None, *, guessed: bool) -> LeadKey:
    """Give what the order of a lead rests on; notice, lot, plant and product tell all leads apart:
    product codes are each plant's own."""
    ends = lead.ends_at
    still = None if ends is None and lead.is_open else lead.is_open
    return LeadKey(
        notice=f"{lead.notice.portal}/{lead.notice.id}",
        lot=lead.lot_id,
        product=lead.product.code,
        verdict=lead.verdict,
        kind=NeedKind.PLAN if lead.notice.phase is Phase.PLAN else lead.kind,
        open=still,
        idle_share=share,
        days_left=None if ends is None else (ends - lead.as_of).days,
        lead_time_days=lead.product.lead_time_days,
        amount=value.minor if value is not None and value.currency == _CURRENCY else None,
        plant=lead.plant.id,
        guessed=guessed,
    )


def _typical(family: Family | None) -> tuple[Decimal, str] | None:
    if family is None or family.typical_quantity is None:
        return None
    return Decimal(str(family.typical_quantity)), family.unit


def _removed(
    lead: Lead, share: Decimal | None, typical: tuple[Decimal, str] | None
) -> Decimal | None:
    """Give the tonnes of idle capacity a lead takes up: never more than stand idle.

    None where the share or the mass is not known: metres of cable and tonnes of pipe do not
    compare.
    """
    asked = convert(*typical, "t") if typical is not None else in_unit(lead.quantity, "t")
    if asked is None or share is None:
        return None
    return asked / max(share, Decimal(1))
