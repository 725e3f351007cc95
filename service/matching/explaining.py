"""Why a stored notice fits a product or not: the best product of each plant, or the one named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from catalog.records import Plant, PlantId
from matcher.matching import candidate, match_lots
from matcher.offers import Offers
from matcher.records import LotText, Row, Verdict
from matcher.rows import first_refusal
from service.matching.attaching import documented_lots
from service.store.documents import Attached
from service.store.finding import Found

_ALL = 100_000
# How far the pair came: a wrong wall is nearer than another kind of product.
_DEPTH = {"relevance": 0, "family": 1}
_SPECIFIED = 2


@dataclass(frozen=True, slots=True)
class Explained:
    """One lot with the rows to be shown. `nearest` is the nearest miss of a lot that nothing
    fits, and `closed_by` the gate that closed it."""

    lot: LotText
    rows: tuple[Row, ...]
    closed_by: str | None = None
    nearest: Row | None = None


def explained(
    found: Found,
    offers: Offers,
    plants: Sequence[Plant],
    product: str | None = None,
    *,
    attached: Sequence[Attached] = (),
) -> Iterator[Explained]:
    """Explain every lot of a notice, or the one that was named.

    With `product`, a code of the catalogue, only the row of that product; raises KeyError for a
    code that is not offered. `attached` are the notice's documents.
    """
    row = None if product is None else _row_of(offers, product)
    for lot in documented_lots(found.notice, attached):
        if found.lot is not None and lot.lot != found.lot:
            continue
        if row is not None:
            answer = candidate(lot, offers, row)
            yield Explained(lot, (answer,), _closing(answer), answer if _closing(answer) else None)
        else:
            yield _lot(lot, offers, plants)


def _row_of(offers: Offers, product: str) -> int:
    rows: dict[str, int] = {offer.product.code: offer.row for offer in offers.offers}
    return rows[product]


def _lot(lot: LotText, offers: Offers, plants: Sequence[Plant]) -> Explained:
    answers = [row for row in match_lots([lot], offers, top=_ALL) if row.product is not None]
    best = [row for plant in plants if (row := _best(lot, offers, answers, plant.id))]
    ranked = sorted(best, key=lambda row: (_ORDER[row.verdict], -row.score))
    rows = tuple(replace(row, rank=rank) for rank, row in enumerate(ranked, start=1))
    if any(row.verdict is not Verdict.CANNOT for row in answers):
        return Explained(lot, rows)
    nearest = max([*answers, *rows], key=_nearness, default=None)
    return Explained(lot, rows, _closing(nearest) if nearest else None, nearest)


_ORDER = {Verdict.CAN: 0, Verdict.CHECK: 1, Verdict.CANNOT: 2}


def _best(lot: LotText, offers: Offers, answers: Sequence[Row], plant: PlantId) -> Row | None:
    """The plant's best answer. One whose words were not even near is judged all the same, so that
    the gate that closed it can be named."""
    known = next((row for row in answers if row.plant == plant), None)
    if known is not None:
        return known
    rows = [offer.row for offer in offers.offers if offer.product.plant == plant]
    judged = [candidate(lot, offers, row) for row in rows[:_FEW]]
    return max(judged, key=_nearness, default=None)


_FEW = 20


def _nearness(row: Row) -> tuple[int, float]:
    closing = _closing(row)
    return _SPECIFIED + 1 if closing is None else _DEPTH.get(closing, _SPECIFIED), row.score


def _closing(row: Row) -> str | None:
    refused = first_refusal(row.evidence) if row.verdict is Verdict.CANNOT else None
    return None if refused is None else refused.stage
