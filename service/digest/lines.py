"""Turn stored leads into the lines of a digest: one for a lot and plant, not one a product."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from catalog.records import Product, Standing
from matcher.records import PlantQuantity
from scrapers.portals import PORTALS
from scrapers.records import Money
from service.bidding import may_bid
from service.desk.regions import region_of
from service.digest.records import LeadLine, Shown
from service.store.leads import Lead
from service.store.rates import TENGE, Rates
from service.store.tables.naming import LeadState

# The plant's unit: which figure of the matcher it counts, and how many units that figure's one is.
_FIGURES: Mapping[str, tuple[str, Decimal]] = {
    "t": ("tonnes", Decimal(1)),
    "kg": ("tonnes", Decimal(1000)),
    "m": ("metres", Decimal(1)),
    "km": ("metres", Decimal("0.001")),
    "m2": ("square_metres", Decimal(1)),
    "l": ("litres", Decimal(1)),
    "pcs": ("pieces", Decimal(1)),
}


_NO_RATES = Rates({})
# A purchase and its lead come of one run, or of the next after a night without matching.
_SAME_BIRTH = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Line:
    """A line, the stored lead it stands for, and the ids of its whole group, best first."""

    line: LeadLine
    lead: Lead
    group: tuple[int, ...]


def lines(
    leads: Sequence[Lead],
    rates: Rates = _NO_RATES,
    known: dict[tuple[int, ...], Line] | None = None,
) -> list[Line]:
    """Group ranked leads by lot and plant; the best stands for its group, the others are named.

    One that is gone stands for its group only when all are. `known` keeps lines by their group, for
    another reader of the same leads: those of one reading only.
    """
    groups: dict[tuple[str, str, str, str], list[Lead]] = {}
    for lead in leads:
        key = (lead.notice.portal, lead.notice.id, lead.lot_id, lead.plant.id)
        groups.setdefault(key, []).append(lead)
    for group in groups.values():
        group.sort(key=lambda lead: lead.gone_at is not None)
    made = known if known is not None else {}
    return [
        made.get(ids) or made.setdefault(ids, Line(_line(group, rates), group[0], ids))
        for ids, group in ((tuple(lead.id for lead in group), group) for group in groups.values())
    ]


def last_said(line: Line, told: Mapping[int, tuple[int, Shown]]) -> Shown | None:
    """Give what was said last of any lead of the group. `told` holds (digest, what) by lead."""
    known = [told[id_] for id_ in line.group if id_ in told]
    return max(known, key=lambda said: said[0])[1] if known else None


def _line(group: Sequence[Lead], rates: Rates) -> LeadLine:
    lead = group[0]
    notice, lot = lead.notice, lead.lot
    portal = PORTALS.get(notice.portal)
    buyer = notice.buyer or notice.procuring_entity
    value = lot.value if lot is not None else None
    if value is None and len(notice.lots) <= 1:
        value = notice.value
    quantity, unit, comparable = _amount(lead.quantity, lead.product.unit)
    period = (lot.period if lot else None) or notice.period
    zone = period.zone if period else (portal.zone if portal else "Asia/Almaty")
    return LeadLine(
        id=str(lead.id),
        title=(lot.title if lot else "") or notice.title,
        url=notice.url,
        portal=portal.title if portal else notice.portal,
        plant=lead.plant.name,
        product=lead.product.name,
        verdict=lead.verdict,
        # The sample portal is on no network: its addresses are shown, and lead nowhere.
        hosts=portal.hosts if portal and not notice.sample else frozenset(),
        number=(lot.number if lot else None) or notice.number,
        buyer=buyer.name if buyer else None,
        place=_place(lead),
        value=value,
        quantity=quantity,
        unit=unit,
        estimated=lead.quantity.estimated,
        measured=_measured(lead.quantity, lead.product.unit) if comparable else None,
        idle_per_year=lead.product.idle_per_year if comparable else None,
        evidence=lead.evidence,
        disputed=disputed(lead.product),
        deadline=lead.ends_at,
        zone=zone,
        kind=lead.kind,
        phase=notice.phase,
        gone=lead.gone_at is not None,
        also=tuple(other.product.name for other in group[1:]),
        as_of=lead.as_of,
        sample=notice.sample or lead.plant.sample,
        country=notice.country,
        region=_region(lead),
        winner=_winner(lead),
        late_born=lead.created_at - lead.changed_at > _SAME_BIRTH,
        taken=lead.state in {LeadState.LOOKING, LeadState.BIDDING},
        in_tenge=_in_tenge(value, rates, lead),
        may_bid=may_bid(notice, lead.plant),
    )


def _in_tenge(value: Money | None, rates: Rates, lead: Lead) -> tuple[Money, date] | None:
    """Give a sum of another currency in tenge, by the newest rate up to now."""
    if value is None or value.currency == TENGE:
        return None
    return rates.in_tenge(value, lead.as_of.date())


def _region(lead: Lead) -> str | None:
    lots = [lead.lot] if lead.lot is not None else list(lead.notice.lots)
    places = [place for lot in lots for place in lot.places]
    places += [place for lot in lots for item in lot.items for place in item.places]
    return region_of(places)


def _winner(lead: Lead) -> str | None:
    """Name who won works and has yet to buy the goods, and how to reach them."""
    if lead.winner is None or not lead.winner_named:
        return None
    return ", ".join((lead.winner.name, *lead.winner.contacts))


def disputed(product: Product) -> frozenset[str]:
    """Name the attributes for which several sources give a range of their own, none the plant."""
    sources = Counter(
        each.attribute
        for each in product.capabilities
        if each.spans and each.source.standing is not Standing.CONFIRMED
    )
    return frozenset(attribute for attribute, number in sources.items() if number > 1)


def _amount(quantity: PlantQuantity, unit: str | None) -> tuple[Decimal | None, str | None, bool]:
    """Give the quantity in the plant's unit, or as stated; and whether it compares to capacity."""
    if unit is not None and unit in _FIGURES:
        figure, times = _FIGURES[unit]
        value: Decimal | None = getattr(quantity, figure)
        if value is not None:
            return value * times, unit, True
    return quantity.stated, quantity.unit, quantity.unit is not None and quantity.unit == unit


def _measured(quantity: PlantQuantity, unit: str | None) -> tuple[Decimal, str] | None:
    """Give what is known in another measure than the plant's: as stated, or else the metres."""
    measure = _FIGURES.get(unit or "", (None, 0))[0]
    if quantity.stated is not None and quantity.unit is not None:
        other = _FIGURES.get(quantity.unit, (quantity.unit, 0))[0]
        return (quantity.stated, quantity.unit) if other != measure else None
    if quantity.metres is not None and measure not in {None, "metres"}:
        return quantity.metres, "m"
    return None


def _place(lead: Lead) -> str | None:
    """Name the first place of delivery; how many more there are is told as a number."""
    if lead.lot is None:
        return None
    places = [*lead.lot.places, *(place for item in lead.lot.items for place in item.places)]
    names = _distinct(place.text for place in places)
    if not names:
        return None
    return names[0] + (f" (+{len(names) - 1})" if len(names) > 1 else "")


def _distinct(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.strip()]
