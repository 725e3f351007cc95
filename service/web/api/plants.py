"""Plants and products by API."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from catalog.records import Product as Offer
from matcher.records import Verdict
from service.desk.plants import Due, Offered, PlantView, plant_view, plant_views
from service.store.tables.naming import LeadState
from service.web.access import NotThere, Reader
from service.web.api.answers import PROBLEMS, answer
from service.web.desk import desk_of

router = APIRouter(tags=["plants"])


class Capability(BaseModel):
    """What a product can be made to: spans of numbers (null is an open end) or names."""

    attribute: str
    spans: list[tuple[float | None, float | None]]
    names: list[str]
    standing: str
    source: str


class Product(BaseModel):
    """A product with its yearly capacity in `unit`, and the open demand for it. `fill_can` and
    `fill_check` are shares of the idle capacity; they may pass 1."""

    code: str
    plant: str | None
    name: str
    family: str | None
    unit: str | None
    capacity_per_year: float | None
    utilisation_pct: float | None
    idle_per_year: float | None
    lead_time_days: int | None
    capabilities: list[Capability]
    open_leads: int
    fill_can: float
    fill_check: float


class Obligation(BaseModel):
    """What an investor guaranteed; `state` as of today."""

    kind: str
    promised: str
    due: str | None
    actual: str | None
    state: str
    days_late: int | None
    source: str


class Plant(BaseModel):
    """A plant. `states` counts its leads by what was done with them."""

    id: str
    name: str
    bin: str | None
    address: str | None
    sample: bool
    idle_tonnes: float | None
    filled: float | None
    open_leads: int
    states: dict[LeadState, int]
    products: list[Product]
    obligations: list[Obligation]


class Plants(BaseModel):
    """All plants that may be seen, most idle capacity first."""

    items: list[Plant]


class Products(BaseModel):
    """All products that may be seen."""

    items: list[Product]


@router.get("/plants", response_model=Plants, responses=PROBLEMS)
def plants(request: Request, viewer: Reader) -> Response:
    """Give the plants."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        views = plant_views(session, viewer.scope, desk.clock)
    return answer(request, Plants(items=[_plant(view) for view in views]))


@router.get("/plants/{code}", response_model=Plant, responses=PROBLEMS)
def plant(request: Request, viewer: Reader, code: str) -> Response:
    """Give one plant."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        view = plant_view(session, viewer.scope, _plain(code), desk.clock)
    if view is None:
        raise NotThere
    return answer(request, _plant(view))


@router.get("/products", response_model=Products, responses=PROBLEMS)
def products(request: Request, viewer: Reader) -> Response:
    """Give the products of all plants that may be seen."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        views = plant_views(session, viewer.scope, desk.clock)
    items = [_product(each) for view in views for each in view.products]
    return answer(request, Products(items=items))


def _plain(code: str) -> str:
    """A NUL or a lone surrogate names no plant, and PostgreSQL refuses to compare with one."""
    return code.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _plant(view: PlantView) -> Plant:
    return Plant(
        id=view.plant.id,
        name=view.plant.name,
        bin=view.plant.bin,
        address=view.plant.address,
        sample=view.plant.sample,
        idle_tonnes=None if view.idle_tonnes is None else float(view.idle_tonnes),
        filled=view.filled,
        open_leads=view.open_leads,
        states=dict(view.states),
        products=[_product(each) for each in view.products],
        obligations=[_obligation(each) for each in view.obligations],
    )


def _product(offered: Offered) -> Product:
    product: Offer = offered.product
    idle = product.idle_per_year
    return Product(
        code=product.code,
        plant=product.plant,
        name=product.name,
        family=product.family,
        unit=product.unit,
        capacity_per_year=_float(product.capacity_per_year),
        utilisation_pct=_float(product.utilisation_pct),
        idle_per_year=_float(idle),
        lead_time_days=product.lead_time_days,
        capabilities=[
            Capability(
                attribute=each.attribute,
                spans=[(span.low, span.high) for span in each.spans],
                names=sorted(each.names),
                standing=each.source.standing.value,
                source=each.source.text,
            )
            for each in product.capabilities
        ],
        open_leads=offered.demand.total,
        fill_can=offered.demand.shares[Verdict.CAN],
        fill_check=offered.demand.shares[Verdict.CHECK],
    )


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _obligation(due: Due) -> Obligation:
    own = due.obligation
    return Obligation(
        kind=own.kind,
        promised=own.promised,
        due=own.due.isoformat() if own.due else None,
        actual=own.actual,
        state=due.state.value,
        days_late=due.days_late,
        source=own.source.text,
    )
