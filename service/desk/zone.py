"""The zone as an official sees it: demand by month, family and region, obligations overdue."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from catalog.records import ObligationState
from service.clock import Clock
from service.desk.leads import still_open
from service.desk.plants import Due, PlantView, plant_views
from service.desk.scope import Scope
from service.store.tables import LeadCardRow, LeadRow, MatchRow

MONTHS = 12
_NONE = ""


@dataclass(frozen=True, slots=True)
class Region:
    """Open leads in a region: how many, tonnes and tenge where stated. `code` is "" where the
    region is not known, `country` then says more."""

    code: str
    country: str
    leads: int
    tonnes: float
    tenge: int


@dataclass(frozen=True, slots=True)
class ZoneView:
    """Everything the page of the zone shows. `months` counts purchases by month (`2026-11`, of
    publication) and family, whether still open or not, the last twelve months with any."""

    plants: tuple[PlantView, ...]
    months: Mapping[str, Mapping[str, int]]
    regions: tuple[Region, ...]
    overdue: tuple[Due, ...]


def zone_view(session: Session, clock: Clock, timezone: str) -> ZoneView:
    """Answer what an official opens the desk for."""
    plants = plant_views(session, Scope(), clock)
    return ZoneView(
        plants=tuple(plants),
        months=demand_by_month(session, timezone),
        regions=tuple(_regions(session, clock)),
        overdue=tuple(
            each
            for view in plants
            for each in view.obligations
            if each.state is ObligationState.OVERDUE
        ),
    )


def demand_by_month(session: Session, timezone: str) -> dict[str, dict[str, int]]:
    """Count the lots that some plant could serve, by month of publication and family."""
    card, zone = LeadCardRow, ZoneInfo(timezone)
    query = (
        sql_select(col(card.published_at), col(card.family), col(MatchRow.lot_id))
        .join(LeadRow, col(LeadRow.id) == col(card.lead_id))
        .join(MatchRow, col(MatchRow.id) == col(LeadRow.match_id))
        .where(col(card.best).is_(True), col(card.published_at).is_not(None))
        .distinct()
    )
    counted: Counter[tuple[str, str]] = Counter()
    for published, family, _lot in session.execute(query):
        counted[f"{published.astimezone(zone):%Y-%m}", family or _NONE] += 1
    months = sorted({month for month, _ in counted})[-MONTHS:]
    return {
        month: {family: n for (each, family), n in sorted(counted.items()) if each == month}
        for month in months
    }


def _regions(session: Session, clock: Clock) -> list[Region]:
    """Each lot once, however many plants could serve it; its largest quantity and sum."""
    card, lead, match = LeadCardRow, LeadRow, MatchRow
    tenge = func.max(col(card.value_minor)).filter(col(card.value_currency) == "KZT")
    lots = (
        sql_select(
            col(card.region).label("region"),
            col(card.country).label("country"),
            func.max(col(card.tonnes)).label("tonnes"),
            tenge.label("minor"),
        )
        .join(lead, col(lead.id) == col(card.lead_id))
        .join(match, col(match.id) == col(lead.match_id))
        .where(col(card.best).is_(True), *still_open(clock))
        .group_by(col(match.lot_id), col(card.region), col(card.country))
        .subquery()
    )
    query = (
        sql_select(
            lots.c.region,
            lots.c.country,
            func.count(),
            func.sum(lots.c.tonnes),
            func.sum(lots.c.minor),
        )
        .group_by(lots.c.region, lots.c.country)
        .order_by(func.count().desc())
    )
    return [
        Region(code or _NONE, country or _NONE, count, float(tonnes or 0), int(minor or 0) // 100)
        for code, country, count, tonnes, minor in session.execute(query)
    ]
