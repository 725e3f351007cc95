"""The plants: which there are, what one makes, what stands idle and what would fill it."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from catalog.records import Capability, Product, Standing
from matcher.records import Verdict
from service.desk import charts
from service.desk.plants import PlantView, plant_view, plant_views
from service.digest.cleaning import cut
from service.texts import Language, language
from service.web.access import NotThere, Reader
from service.web.desk import desk_of
from service.web.naming import family_name
from service.web.pictures import picture
from service.web.rendering import page

router = APIRouter()


@router.get("/plants")
def plants(request: Request, viewer: Reader) -> Response:
    """List the plants by idle capacity; people of a plant are led to their own."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        views = plant_views(session, viewer.scope, desk.clock)
    if not viewer.is_zone and len(views) == 1:
        return RedirectResponse(f"/plants/{views[0].plant.id}", status_code=303)
    return page(request, viewer, "plants.html", views=views, chart="/plants/filled.svg")


@router.get("/plant")
def own(request: Request, viewer: Reader) -> Response:
    """Lead people of a plant to its page."""
    return plants(request, viewer)


@router.get("/plants/filled.svg")
def plants_filled(request: Request, viewer: Reader) -> Response:
    """Draw how much of every plant's idle capacity open leads would fill."""
    desk = desk_of(request)
    spoken = language(viewer.language)
    with desk.store.reading() as session:
        views = plant_views(session, viewer.scope, desk.clock)
    rows = [
        (view.plant.name, *shares(view))
        for view in views
        if any(p.product.idle_per_year for p in view.products)
    ]
    return picture(request, charts.filled(rows, fill_words(spoken), width=720))


@router.get("/plants/{code}")
def plant(request: Request, viewer: Reader, code: str) -> Response:
    """Show one plant."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        view = plant_view(session, viewer.scope, code, desk.clock)
    if view is None:
        raise NotThere
    spoken = language(viewer.language)
    return page(
        request,
        viewer,
        "plant.html",
        view=view,
        capabilities={each.key: capability_lines(each.product, spoken) for each in view.products},
        confirmed={each.key: is_confirmed(each.product) for each in view.products},
        family_names={
            each.product.family: family_name(each.product.family, spoken)
            for each in view.products
            if each.product.family
        },
        charted=[each for each in view.products if each.product.idle_per_year],
    )


@router.get("/plants/{code}/filled.svg")
def plant_filled(request: Request, viewer: Reader, code: str) -> Response:
    """Draw how much of each product's idle capacity open leads would fill."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        view = plant_view(session, viewer.scope, code, desk.clock)
    if view is None:
        raise NotThere
    rows = [
        (
            each.product.name,
            each.demand.shares[Verdict.CAN],
            each.demand.shares[Verdict.CHECK],
        )
        for each in view.products
        if each.product.idle_per_year
    ]
    return picture(request, charts.filled(rows, fill_words(language(viewer.language)), width=720))


def fill_words(lang: Language) -> dict[str, str]:
    """Word the parts of a bar of idle capacity."""
    return {
        "can": lang.text("would fill: fits"),
        "check": lang.text("would fill: to be clarified"),
        "rest": lang.text("stays idle"),
        "title": lang.text("share of the idle yearly capacity"),
    }


def shares(view: PlantView) -> tuple[float, float]:
    """Give a plant's filled parts, its products with a known capacity counting alike."""
    known = [each.demand.shares for each in view.products if each.product.idle_per_year]
    return (
        sum(min(each[Verdict.CAN], 1.0) for each in known) / len(known),
        sum(min(each[Verdict.CHECK], 1.0) for each in known) / len(known),
    )


def is_confirmed(product: Product) -> bool:
    """Whether the plant itself has stated every range of a product."""
    return bool(product.capabilities) and all(
        each.source.standing is Standing.CONFIRMED for each in product.capabilities
    )


def capability_lines(product: Product, lang: Language) -> list[tuple[str, str, str, str]]:
    """Give what a product can be made to: attribute, range, who says so, the source."""
    return [
        (
            lang.name("attribute", each.attribute, otherwise=each.attribute.replace("_", " ")),
            spans_or_names(each, lang),
            each.source.standing.value,
            cut(each.source.text, 200),
        )
        for each in product.capabilities
    ]


def spans_or_names(capability: Capability, lang: Language) -> str:
    """Write a range: «530–1420», «до 25», or the names; `none` is the coating of a bare pipe."""
    if capability.names:
        bare = lang.name("word", "none")
        return ", ".join(bare if name == "none" else name for name in sorted(capability.names))
    parts = []
    for span in capability.spans:
        low, high = (None if end is None else f"{end:g}" for end in (span.low, span.high))
        if low == high:
            parts.append(str(low))
        elif low is None or high is None:
            parts.append(f"≥ {low}" if high is None else f"≤ {high}")
        else:
            parts.append(f"{low}–{high}")
    return ", ".join(parts)
