"""What a list of leads can be narrowed to: the values that occur in it."""

from dataclasses import dataclass

from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from service.desk.scope import Scope
from service.store.tables import LeadCardRow, PlantRow


@dataclass(frozen=True, slots=True)
class Choices:
    """Values that occur among the leads a scope may see; plants as (code, name)."""

    plants: tuple[tuple[str, str], ...]
    families: tuple[str, ...]
    countries: tuple[str, ...]
    regions: tuple[str, ...]
    portals: tuple[str, ...]


def choices(session: Session, scope: Scope) -> Choices:
    """Give the values to offer in a filter."""
    query = sql_select(col(PlantRow.code), col(PlantRow.name))
    if scope.plant_id is not None:
        query = query.where(col(PlantRow.id) == scope.plant_id)
    found_plants = ((code, name) for code, name in session.execute(query))
    # Sorted here: every server has an order of letters of its own.
    plants = tuple(sorted(found_plants, key=lambda plant: plant[1]))
    card = LeadCardRow
    columns = (card.family, card.country, card.region, card.portal)
    # One look through an index that holds all four: a list must not wait for its filters.
    found = sql_select(*map(col, columns)).where(col(card.best).is_(True)).distinct()
    if scope.plant_id is not None:
        found = found.where(col(card.plant_id) == scope.plant_id)
    values = list(zip(*session.execute(found), strict=True)) or [()] * len(columns)
    families, countries, regions, portals = (
        tuple(sorted({value for value in each if value is not None})) for each in values
    )
    return Choices(plants, families, countries, regions, portals)
