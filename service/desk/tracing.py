"""Why a stored notice became a lead or not: the trace that names the one gate that closed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session, select

from catalog.family import load_families
from catalog.records import Plant, Product
from matcher.offers import Offers
from scrapers.portals import PORTALS
from scrapers.records import Notice
from service.desk.scope import Scope
from service.matching.explaining import Explained, explained
from service.store.catalogue import stored_catalogue
from service.store.codec import dump_product, load_product
from service.store.finding import Found, find, near
from service.store.tables import PlantRow

MOST_LOTS = 50
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Trace:
    """What a number or an address led to. `found` are all notices it means; when it is one,
    `lots` explains it (the first fifty of `lot_count`) for the plants that may be seen. `alike`
    are stored numbers like it where nothing was found."""

    found: tuple[Notice, ...]
    lots: tuple[Explained, ...]
    alike: tuple[str, ...]
    plants: dict[str, Plant]
    products: dict[str, Product]


def trace(session: Session, scope: Scope, reference: str) -> Trace:
    """Find what a person means by a number or an address, and explain it."""
    asked = reference.strip()[:LONGEST]
    found = find(session, asked, _addresses(asked)) if asked else []
    plants, products = _seen(session, scope)
    lots = _explained(found, plants, products) if len(found) == 1 else ()
    return Trace(
        found=tuple(each.notice for each in found),
        lots=lots,
        alike=tuple(near(session, asked)) if asked and not found else (),
        plants={plant.id: plant for plant in plants},
        products={product.code: product for product in products},
    )


def _seen(session: Session, scope: Scope) -> tuple[tuple[Plant, ...], tuple[Product, ...]]:
    """Give the plants that may be seen, and their products."""
    catalogue = stored_catalogue(session)
    if scope.zone:
        return catalogue.plants, catalogue.products
    code = session.exec(select(PlantRow.code).where(PlantRow.id == scope.plant_id)).first()
    return (
        tuple(plant for plant in catalogue.plants if plant.id == code),
        tuple(product for product in catalogue.products if product.plant == code),
    )


def products_of(session: Session, scope: Scope) -> tuple[Product, ...]:
    """Give the products that may be seen."""
    return _seen(session, scope)[1]


def _explained(
    found: Sequence[Found], plants: Sequence[Plant], products: Sequence[Product]
) -> tuple[Explained, ...]:
    if not products:
        return ()
    offers = offers_of(products)
    lots = []
    for lot in explained(found[0], offers, plants):
        lots.append(lot)
        if len(lots) == MOST_LOTS:
            break
    return tuple(lots)


def offers_of(products: Sequence[Product]) -> Offers:
    """Prepare products for matching; the same ones are prepared once."""
    return _prepared(tuple(dump_product(product) for product in products))


@lru_cache(maxsize=8)
def _prepared(records: tuple[str, ...]) -> Offers:
    return Offers.build([load_product(record) for record in records], load_families())


def _addresses(reference: str) -> list[str]:
    """The plain addresses that portals would open for what a person pasted."""
    entries = [entry(reference) for portal in PORTALS.values() if (entry := portal.entry)]
    return [request.url for request in entries if request is not None]
