"""Rows as the JSON lines of `suranys match`. Other programs rely on this format."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from matcher.offers import Offers
from matcher.records import Evidence, PlantQuantity, Row
from matcher.rows import Alike, Answer


def row_to_json(row: Row) -> dict[str, Any]:
    """Return a row as plain values: numbers not Decimals, null for unknown, never NaN."""
    return {
        "notice": row.notice,
        "lot": row.lot,
        "rank": row.rank,
        "product": row.product,
        "plant": row.plant,
        "score": round(row.score * 10_000) / 10_000 if math.isfinite(row.score) else 0.0,
        "verdict": str(row.verdict),
        "kind": str(row.kind),
        "closed_by": row.closed_by,
        "evidence": [evidence_to_json(each) for each in row.evidence],
        "quantity": quantity_to_json(row.quantity),
    }


def written(answers: Iterable[Answer], offers: Offers) -> Iterator[bytes]:
    """Yield each lot's rows as the lines `row_to_json` and `json.dumps` would make, in UTF-8.

    Plain names that say the same share all but rank, product and score: what is the same is
    written once, and the lines are put together of ready pieces.
    """
    for answer in answers:
        parts: list[bytes] = []
        for part in answer:
            if isinstance(part, Row):
                parts += (_head(part), _rank(part.rank), _product(part.product, part.plant))
                parts += (_score(part.score), _tail(part))
            else:
                parts += _alike(part, offers)
        yield b"".join(parts)


def _alike(part: Alike, offers: Offers) -> list[bytes]:
    count = len(part.rows)
    rank = part.first.rank
    head, tail = _head(part.first), _tail(part.first)
    pieces = [tail + head] * (4 * count + 1)
    pieces[0], pieces[-1] = head, tail
    pieces[1::4] = map(_rank, range(rank, rank + count))
    pieces[2::4] = _products(part.rows, offers)
    pieces[3::4] = map(SCORES.__getitem__, part.steps)
    return pieces


def _products(rows: Sequence[int], offers: Offers) -> list[bytes]:
    """Return what each row of the catalogue is called in an answer, kept for the next lot."""
    known = offers.called
    try:
        return list(map(known.__getitem__, rows))
    except KeyError:
        if len(known) > MOST_CALLED:
            known.clear()
        for row in rows:
            if row not in known:
                product = offers.offers[row].product
                known[row] = _product(product.code, product.plant)
        return list(map(known.__getitem__, rows))


def _head(row: Row) -> bytes:
    return f'{{"notice": {_string(row.notice)}, "lot": {_string(row.lot)}, "rank": '.encode()


def _product(code: str | None, plant: str | None) -> bytes:
    return f', "product": {_string(code)}, "plant": {_string(plant)}, "score": '.encode()


@lru_cache(maxsize=1_000)
def _rank(rank: int) -> bytes:
    return b"%d" % rank


def _score(score: float) -> bytes:
    return SCORES[round(score * 10_000)] if 0 <= score <= 1 else b"0.0"


def _tail(row: Row) -> bytes:
    found = ", ".join(map(_evidence_text, row.evidence))
    return (
        f', "verdict": "{row.verdict}", "kind": "{row.kind}", '
        f'"closed_by": {_string(row.closed_by)}, "evidence": [{found}], '
        f'"quantity": {_quantity_text(row.quantity)}}}\n'
    ).encode()


@lru_cache(maxsize=4096)
def _evidence_text(found: Evidence) -> str:
    return _plain(evidence_to_json(found))


@lru_cache(maxsize=1024)
def _quantity_text(quantity: PlantQuantity) -> str:
    return _plain(quantity_to_json(quantity))


def _string(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


def _plain(value: object) -> str:
    """Write any plain value as JSON. Raises ValueError for NaN."""
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
SCORES = [str(step / 10_000).encode() for step in range(10_001)]
"""Every score as it is written, rounded to four decimals."""
MOST_CALLED = 200_000
"""Products whose piece of a line is kept."""


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
