"""The catalogue as stored: filled once from the bundle, then owned by people.

A later bundle is never applied over what is stored; its differences are offered for review.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.records import Catalogue, Plant, Product
from service.store.codec import dump_plant, dump_product, load_plant, load_product
from service.store.postgresql import named_lock
from service.store.tables import PlantRow, ProductRow
from service.store.tables.naming import Origin

_ByCode = dict[str, Plant | Product]


@dataclass(frozen=True, slots=True)
class Difference:
    """One plant or product on which bundle and store differ; None where it is missing."""

    kind: str
    code: str
    bundled: Plant | Product | None
    stored: Plant | Product | None


def fill_empty(session: Session, bundled: Catalogue, now: datetime) -> bool:
    """Store the bundled catalogue if the store holds no plant and no product; says whether."""
    named_lock(session, "catalogue")
    if session.exec(select(PlantRow.id)).first() or session.exec(select(ProductRow.id)).first():
        return False
    save_catalogue(session, bundled, Origin.BUNDLED, now)
    return True


def save_catalogue(session: Session, catalogue: Catalogue, origin: Origin, now: datetime) -> None:
    """Store plants and products, replacing those of the same code. All of it or, with the unit of
    work, nothing."""
    plants = {row.code: row for row in session.exec(select(PlantRow))}
    for plant in catalogue.plants:
        plants[plant.id] = _save_plant(session, plants.get(plant.id), plant, origin, now)
    session.flush()
    keys = {code: row.id for code, row in plants.items()}
    products = {row.code: row for row in session.exec(select(ProductRow))}
    for position, product in enumerate(catalogue.products):
        row = products.get(product.code) or ProductRow(
            code=product.code, position=position, name="", origin=origin, record="", updated_at=now
        )
        record = dump_product(product)
        if row.record == record and row.retired_at is None:
            continue
        row.plant_id = keys[product.plant] if product.plant else None
        row.name, row.family, row.retired_at = product.name, product.family, None
        row.record, row.origin, row.updated_at = record, origin.value, now
        session.add(row)


def _save_plant(
    session: Session, row: PlantRow | None, plant: Plant, origin: Origin, now: datetime
) -> PlantRow:
    if row is not None and plant == Plant(plant.id, plant.name):
        return row  # a file of products names its plants and says no more of them
    row = row or PlantRow(code=plant.id, name="", origin=origin, record="", updated_at=now)
    record = dump_plant(plant)
    if row.record != record:
        row.name, row.bin, row.zone, row.sample = plant.name, plant.bin, plant.zone, plant.sample
        row.record, row.origin, row.updated_at = record, origin.value, now
        session.add(row)
    return row


def retire_products(session: Session, codes: Iterable[str], now: datetime) -> None:
    """Stop offering these products. Their leads keep pointing at them."""
    query = select(ProductRow).where(col(ProductRow.code).in_(list(codes)))
    for row in session.exec(query):
        row.retired_at, row.origin = now, Origin.EDITED.value
        session.add(row)


def stored_catalogue(session: Session) -> Catalogue:
    """Give what is stored and not retired, in the order it was stored in."""
    products = select(ProductRow).where(col(ProductRow.retired_at).is_(None))
    return Catalogue(
        plants=tuple(
            load_plant(row.record)
            for row in session.exec(select(PlantRow).order_by(col(PlantRow.id)))
        ),
        products=tuple(
            load_product(row.record) for row in session.exec(products.order_by(col(ProductRow.id)))
        ),
    )


def catalogue_differences(bundled: Catalogue, stored: Catalogue) -> list[Difference]:
    """List where a bundle differs from what is stored, plants first; for a person to decide."""
    pairs: tuple[tuple[str, _ByCode, _ByCode], ...] = (
        ("plant", {p.id: p for p in bundled.plants}, {p.id: p for p in stored.plants}),
        ("product", {p.code: p for p in bundled.products}, {p.code: p for p in stored.products}),
    )
    return [
        Difference(kind, code, ours.get(code), theirs.get(code))
        for kind, ours, theirs in pairs
        for code in sorted(ours.keys() | theirs.keys())
        if ours.get(code) != theirs.get(code)
    ]


def catalogue_hash(products: Iterable[Product]) -> str:
    """Fingerprint what matching depends on: a changed product means matching again."""
    digest = hashlib.sha256()
    for record in sorted(dump_product(product) for product in products):
        digest.update(record.encode() + b"\n")
    return digest.hexdigest()
