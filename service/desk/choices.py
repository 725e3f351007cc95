"""What a list of leads can be narrowed to: the values that occur in it."""

from dataclasses import dataclass
from typing import Any

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
    query = sql_select(col(PlantRow.code), col(PlantRow.name)).order_by(col(PlantRow.name))
    if scope.plant_id is not None:
        query = query.where(col(PlantRow.id) == scope.plant_id)
    plants = tuple((code, name) for code, name in session.execute(query))
    card = LeadCardRow
    return Choices(
        plants=plants,
        families=_occurring(session, scope, card.family),
        countries=_occurring(session, scope, card.country),
        regions=_occurring(session, scope, card.region),
        portals=_occurring(session, scope, card.portal),
    )


def _occurring(session: Session, scope: Scope, column: Any) -> tuple[str, ...]:
    query = sql_select(column).where(col(column).is_not(None), col(LeadCardRow.best).is_(True))
    if scope.plant_id is not None:
        query = query.where(col(LeadCardRow.plant_id) == scope.plant_id)
    return tuple(session.execute(query.distinct().order_by(column)).scalars())
