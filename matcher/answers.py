"""Rows as the JSON lines of `suranys match`. Other programs rely on this format."""

import json
import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
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


def row_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield rows as the lines `row_to_json` and `json.dumps` would make, ends included.

    Neighbouring rows share evidence and quantity as a rule: plain names that pass say the same
    but for product and score, so what is the same object is written out once.
    """
    last: Row | None = None
    head = tail = ""
    for row in rows:
        if last is None or (row.notice, row.lot) != (last.notice, last.lot):
            head = f'{{"notice": {_string(row.notice)}, "lot": {_string(row.lot)}, "rank": '
        if last is None or row.evidence is not last.evidence or row.quantity is not last.quantity:
            found = ", ".join(map(_evidence_text, row.evidence))
            quantity = _plain(quantity_to_json(row.quantity))
            tail = f', "evidence": [{found}], "quantity": {quantity}}}\n'
        last = row
        score = round(float(row.score), 4) if math.isfinite(row.score) else 0.0
        yield (
            f'{head}{row.rank}, "product": {_string(row.product)}, "plant": {_string(row.plant)}, '
            f'"score": {score!r}, "verdict": "{row.verdict}", "kind": "{row.kind}", '
            f'"closed_by": {_string(row.closed_by)}{tail}'
        )


@lru_cache(maxsize=4096)
def _evidence_text(found: Evidence) -> str:
    return _plain(evidence_to_json(found))


def _string(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


def _plain(value: object) -> str:
    """Write any plain value as JSON. Raises ValueError for NaN."""
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


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
