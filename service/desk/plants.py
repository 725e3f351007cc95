"""A plant as officials and its own people see it: what it makes, what stands idle, what open leads
would fill of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from catalog.records import Obligation, ObligationState, Plant, Product
from matcher.records import Verdict
from service.clock import Clock
from service.desk.leads import still_open
from service.desk.scope import Scope
from service.store.codec import load_plant, load_product
from service.store.tables import LeadCardRow, LeadRow, PlantRow, ProductRow
from service.store.tables.naming import LeadState, Origin


@dataclass(frozen=True, slots=True)
class Demand:
    """Open leads of a product by verdict. `shares` are of its idle yearly capacity, what is known
    of them added up: they may pass 1. `outside` counts those beyond a range the plant has not
    confirmed, which are in neither share; `unknown` those whose quantity or the capacity is not
    known."""

    leads: Mapping[Verdict, int]
    shares: Mapping[Verdict, float]
    outside: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """Open leads in all."""
        return sum(self.leads.values())


NOTHING = Demand({Verdict.CAN: 0, Verdict.CHECK: 0}, {Verdict.CAN: 0.0, Verdict.CHECK: 0.0})


@dataclass(frozen=True, slots=True)
class Offered:
    """A product with what is asked of it. `key` is its row's; `edited` tells that people changed
    it."""

    key: int
    product: Product
    edited: bool
    updated_at: datetime
    demand: Demand


@dataclass(frozen=True, slots=True)
class Due:
    """An obligation of an investor as it stands today: one that was promised and whose day has
    passed is overdue."""

    plant: Plant
    obligation: Obligation
    state: ObligationState
    days_late: int | None = None


@dataclass(frozen=True, slots=True)
class PlantView:
    """Everything a plant's page shows. `states` counts leads by what was done with them."""

    key: int
    plant: Plant
    products: tuple[Offered, ...]
    states: Mapping[LeadState, int]
    obligations: tuple[Due, ...]

    @property
    def open_leads(self) -> int:
        """Open leads of all products."""
        return sum(each.demand.total for each in self.products)

    @property
    def idle_tonnes(self) -> Decimal | None:
        """Idle yearly capacity of what is counted in tonnes; None where nobody states it."""
        known = [
            each.product.idle_per_year
            for each in self.products
            if each.product.unit == "t" and each.product.idle_per_year is not None
        ]
        return sum(known, Decimal(0)) if known else None

    @property
    def idle(self) -> tuple[tuple[Decimal, str], ...]:
        """Idle yearly capacity by unit, tonnes first; empty where nobody states any."""
        sums: dict[str, Decimal] = {}
        for each in self.products:
            if (unit := each.product.unit) and each.product.idle_per_year is not None:
                sums[unit] = sums.get(unit, Decimal(0)) + each.product.idle_per_year
        return tuple((sums[unit], unit) for unit in sorted(sums, key=lambda unit: unit != "t"))

    @property
    def filled(self) -> float | None:
        """The part of the idle capacity that open leads would fill, each product at most wholly
        and weighed by its idle capacity's part of its own; None where it is not known."""
        shares = [
            min(sum(each.demand.shares.values()), 1.0)
            for each in self.products
            if each.product.idle_per_year
        ]
        return sum(shares) / len(shares) if shares else None


def plant_views(session: Session, scope: Scope, clock: Clock) -> list[PlantView]:
    """Give every plant that may be seen, those with most idle capacity first."""
    query = select(PlantRow).order_by(col(PlantRow.id))
    if scope.plant_id is not None:
        query = query.where(PlantRow.id == scope.plant_id)
    rows = session.exec(query).all()
    demand = _demand(session, scope, clock)
    states = _states(session, scope)
    products = _products(session, scope)
    today = clock.now().date()
    views = [
        PlantView(
            key=row.id,
            plant=(plant := load_plant(row.record)),
            products=tuple(_offered(each, demand) for each in products.get(row.id, ())),
            states={state: states.get((row.id, state), 0) for state in LeadState},
            obligations=tuple(due(plant, each, today) for each in plant.obligations),
        )
        for row in rows
        if row.id is not None
    ]
    return sorted(views, key=lambda view: -(view.idle_tonnes or Decimal(-1)))


def plant_view(session: Session, scope: Scope, code: str, clock: Clock) -> PlantView | None:
    """Give one plant, None where there is none of this code or it may not be seen."""
    key = session.exec(select(PlantRow.id).where(PlantRow.code == code)).first()
    if key is None or scope.plant_id not in {None, key}:
        return None
    return plant_views(session, Scope(plant_id=key), clock)[0]


def due(plant: Plant, obligation: Obligation, today: date) -> Due:
    """Say how an obligation stands on a day."""
    late = obligation.due is not None and obligation.due < today
    open_ = obligation.state is not ObligationState.KEPT and obligation.actual is None
    if obligation.state is ObligationState.OVERDUE or (late and open_):
        days = (today - obligation.due).days if obligation.due is not None else None
        return Due(plant, obligation, ObligationState.OVERDUE, days)
    return Due(plant, obligation, obligation.state)


def _offered(row: ProductRow, demand: Mapping[int, Demand]) -> Offered:
    assert row.id is not None  # noqa: S101 - it was read from the database
    return Offered(
        key=row.id,
        product=load_product(row.record),
        edited=row.origin == Origin.EDITED.value,
        updated_at=row.updated_at,
        demand=demand.get(row.id, NOTHING),
    )


def _products(session: Session, scope: Scope) -> dict[int | None, Sequence[ProductRow]]:
    query = select(ProductRow).where(col(ProductRow.retired_at).is_(None))
    if scope.plant_id is not None:
        query = query.where(ProductRow.plant_id == scope.plant_id)
    found: dict[int | None, list[ProductRow]] = {}
    for row in session.exec(query.order_by(col(ProductRow.position), col(ProductRow.id))):
        found.setdefault(row.plant_id, []).append(row)
    return dict(found)


def _demand(session: Session, scope: Scope, clock: Clock) -> dict[int, Demand]:
    """Add up open leads by product; a lot that several products may serve counts for the best."""
    card = LeadCardRow
    query = (
        sql_select(col(card.product_id), col(card.verdict), col(card.outside_key))
        .add_columns(func.count(), func.sum(card.share), func.count(col(card.share)))
        .where(col(card.best).is_(True), *still_open(clock))
        .group_by(col(card.product_id), col(card.verdict), col(card.outside_key))
    )
    if scope.plant_id is not None:
        query = query.where(col(card.plant_id) == scope.plant_id)
    found: dict[int, Demand] = {}
    for product, verdict, outside, count, share, known in session.execute(query):
        before = found.get(product, NOTHING)
        said = Verdict(verdict)
        found[product] = Demand(
            leads={**before.leads, said: before.leads[said] + count},
            shares=before.shares
            if outside
            else {**before.shares, said: before.shares[said] + float(share or 0)},
            outside=before.outside + (count if outside else 0),
            unknown=before.unknown + (count - known),
        )
    return found


def _states(session: Session, scope: Scope) -> dict[tuple[int, LeadState], int]:
    query = (
        sql_select(col(LeadRow.plant_id), col(LeadRow.state), func.count())
        .join(LeadCardRow, col(LeadCardRow.lead_id) == LeadRow.id)
        .where(col(LeadCardRow.best).is_(True))
        .group_by(col(LeadRow.plant_id), col(LeadRow.state))
    )
    if scope.plant_id is not None:
        query = query.where(col(LeadRow.plant_id) == scope.plant_id)
    return {(plant, LeadState(state)): count for plant, state, count in session.execute(query)}
