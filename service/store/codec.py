"""Values of the pure packages as JSON text in a column, and back as the very same values."""

import json
from functools import cache, lru_cache
from typing import Any

from pydantic import TypeAdapter

from catalog.records import Plant, Product
from matcher.records import Evidence, PlantQuantity

_KEPT = 2_000
"""Plants and products that stay read: batch after batch of leads shares them, and none changes."""


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump_plant(plant: Plant) -> str:
    """Write a plant with sorted keys."""
    return _dump(_adapter(Plant).dump_python(plant, mode="json"))


@lru_cache(_KEPT)
def load_plant(record: str) -> Plant:
    """Read what `dump_plant` wrote."""
    plant: Plant = _adapter(Plant).validate_json(record)
    return plant


def dump_product(product: Product) -> str:
    """Write a product with sorted keys; sets are sorted, so that equal products are equal text."""
    fields = _adapter(Product).dump_python(product, mode="json")
    for capability in fields["capabilities"]:
        capability["names"].sort()
    return _dump(fields)


@lru_cache(_KEPT)
def load_product(record: str) -> Product:
    """Read what `dump_product` wrote."""
    product: Product = _adapter(Product).validate_json(record)
    return product


_EVIDENCE = tuple[Evidence, ...]


def dump_evidence(evidence: tuple[Evidence, ...]) -> str:
    """Write evidence in its order."""
    text: str = _adapter(_EVIDENCE).dump_json(evidence).decode()
    return text


def load_evidence(record: str) -> tuple[Evidence, ...]:
    """Read what `dump_evidence` wrote."""
    evidence: tuple[Evidence, ...] = _adapter(_EVIDENCE).validate_json(record)
    return evidence


def dump_quantity(quantity: PlantQuantity) -> str:
    """Write a quantity; decimals stay exact."""
    text: str = _adapter(PlantQuantity).dump_json(quantity).decode()
    return text


def load_quantity(record: str) -> PlantQuantity:
    """Read what `dump_quantity` wrote."""
    quantity: PlantQuantity = _adapter(PlantQuantity).validate_json(record)
    return quantity


def _dump(fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
