"""Rows as the JSON lines of `suranys match`. Other programs rely on this format."""

import math
from decimal import Decimal
from typing import Any

from matcher.records import Evidence, PlantQuantity, Row


def row_to_json(row: Row) -> dict[str, Any]:
    """Return a row as plain values: numbers not Decimals, null for unknown, never NaN."""
    return {
        "notice": row.notice,
        "lot": row.lot,
        "rank": row.rank,
        "product": row.product,
        "plant": row.plant,
        "score": round(row.score, 4) if math.isfinite(row.score) else 0.0,
        "verdict": str(row.verdict),
        "kind": str(row.kind),
        "closed_by": row.closed_by,
        "evidence": [evidence_to_json(each) for each in row.evidence],
        "quantity": quantity_to_json(row.quantity),
    }


def evidence_to_json(found: Evidence) -> dict[str, Any]:
    """Return one piece of evidence; `reason` is its stable key beside the Russian sentence."""
    return {
        "need": found.need,
        "stage": found.stage,
        "attribute": found.attribute,
        "asked": found.asked,
        "offered": found.offered,
        "verdict": str(found.verdict),
        "reason": found.reason,
        "because": found.because,
        "ask": found.ask,
    }


def quantity_to_json(quantity: PlantQuantity) -> dict[str, Any]:
    """Return a quantity in every measure; what is not known is null."""
    return {
        "stated": _number(quantity.stated),
        "unit": quantity.unit,
        "tonnes": _number(quantity.tonnes),
        "metres": _number(quantity.metres),
        "square_metres": _number(quantity.square_metres),
        "litres": _number(quantity.litres),
        "pieces": _number(quantity.pieces),
        "estimated": quantity.estimated,
    }


def _number(value: Decimal | None) -> int | float | None:
    """Return whole numbers as int: a count of 12 pieces is `12`, not `12.0`."""
    if value is None or not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)
