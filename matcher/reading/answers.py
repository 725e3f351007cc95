"""A reading as a JSON line: numbers as numbers, ranges as min and max, never NaN."""

import math
from decimal import Decimal
from typing import Any

from matcher.records import Reading, Value


def reading_to_json(identifier: str, reading: Reading) -> dict[str, Any]:
    """Return the answer line of `suranys extract` for one text."""
    amount = reading.quantity
    return {
        "id": identifier,
        "family": reading.family,
        "attributes": {
            key: value_to_json(values[0]) if len(values) == 1 else list(map(value_to_json, values))
            for key, values in reading.attributes.items()
            if values
        },
        "standards": list(reading.standards),
        "quantity": None
        if amount is None
        else {"value": plain_number(amount.value), "unit": amount.unit},
    }


def value_to_json(value: Value) -> float | str | dict[str, float | int]:
    """Return a name as it is, a number as a number, a range as {"min", "max"}."""
    if isinstance(value, str):
        return value
    if value.low is not None and value.low == value.high:
        return plain_number(value.low)
    return {
        end: plain_number(number)
        for end, number in (("min", value.low), ("max", value.high))
        if number is not None
    }


def plain_number(value: float | Decimal) -> float | int:
    """Return a finite number, whole ones without a fraction. Raises ValueError for NaN."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"no number: {value}")
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
