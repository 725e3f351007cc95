"""Which lots a change of a catalogue can affect, without matching them.

Both states of the catalogue must weigh terms by the same statistics (`matcher.frozen`), hold their
common products in the same order, and be no trees of headings. Then the answer that is kept of a
lot (`matcher.matching.tell_lots`) is the same before and after, unless `Change.affected` says it
may not be. Why:

1. The answer follows from the lot's candidates, each judged by itself: the offers of its needs'
   families and the nearest by the first look. What a gate refuses is left out of it, but for the
   name of the gate.
2. Candidates by family are the same if no product that changed is, or was, of a family that one of
   the lot's needs may be of: such lots are affected.
3. Terms of a lot that one state knows and the other does not change what all its terms weigh. All
   other lots have the same score with an unchanged product before and after, bit for bit, so that
   only products among the nearest of one state and not of the other make a difference.
4. An offer of none of the needs' families with a relevance below `LEAST` is refused by the gate of
   relevance for every need, and its coming or going changes nothing: not even the gate that is
   named, which is this one only if no candidate came further. A lot of which one product that came
   or went reaches `LEAST` is affected.
5. A lot whose own terms weigh otherwise, as in 3, is not affected only if none of its nearest
   reaches `LEAST` in either state and none of its families is offered: it had no answer but the
   gate of relevance, and has none.
6. Sales and used goods are refused before relevance is looked at, so 4 does not hold: such lots
   are always affected.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from catalog.records import FamilyName, Product, ProductCode
from matcher import retrieval
from matcher.matching import query, score
from matcher.offers import Offers
from matcher.records import LotText, Need
from matcher.retrieval import Queries
from matcher.stages.relevance import LEAST
from matcher.terms import Ints

BARRED = "!"
"""Stands among the families of a lot that gates refuse before its words are looked at."""
Flags = NDArray[np.bool_]


class IncomparableError(ValueError):
    """Of two states of a catalogue it cannot be told which lots a change affects."""


def kin_of(needs: Iterable[Need]) -> frozenset[str]:
    """Return the families that the needs of a lot may be of, `BARRED` among them where it applies.

    They follow from the lot's texts and the known families alone, not from a catalogue.
    """
    found = {name for need in needs for name in (need.family, *need.rivals) if name is not None}
    return frozenset(found | {BARRED for need in needs if need.bar is not None})


@dataclass(frozen=True, slots=True)
class _State:
    """A catalogue before or after a change."""

    offers: Offers
    numbers: Ints
    """A number for every row, the same for the same product in both states (rows)."""
    strange: Flags
    """The terms that the other state does not know (terms)."""

    def terms_alone(self, queries: Queries) -> Flags:
        """Tell which queries have terms that only this state knows."""
        height = queries.weights.shape[0]
        owner = np.repeat(np.arange(height), np.diff(queries.weights.indptr))
        found = self.strange[queries.weights.indices]
        told: Flags = np.bincount(owner[found], minlength=height) > 0
        return told

    def relevant(self, queries: Queries, rows: Sequence[Ints], lots: Sequence[LotText]) -> Flags:
        """Tell which lots any of their rows is relevant to."""
        scored = score(self.offers, queries, rows, lots)
        # As a gate compares it: a number of 32 bits against one of 64.
        reached = scored.relevances.astype(np.float64) >= LEAST
        told: Flags = np.bincount(scored.lots[reached], minlength=len(lots)) > 0
        return told


@dataclass(frozen=True, slots=True)
class Change:
    """Two states of a catalogue, and the families of the products that differ."""

    before: _State
    after: _State
    touched: frozenset[FamilyName]
    offered: frozenset[FamilyName]
    """Families of any product of either state."""

    @classmethod
    def between(cls, before: Offers, after: Offers) -> "Change":
        """Compare two states, both indexed by the same statistics.

        Raises IncomparableError for trees, and where common products stand in another order.
        """
        if before.headings is not None or after.headings is not None:
            raise IncomparableError("in a tree of headings every product depends on the others")
        numbers, fresh = _numbered(before, after)
        common = np.isin(numbers, fresh, assume_unique=True)
        back = np.isin(fresh, numbers, assume_unique=True)
        if not np.array_equal(numbers[common], fresh[back]):
            raise IncomparableError("products stand in another order")
        differing = chain(
            (before.offers[row] for row in np.flatnonzero(~common).tolist()),
            (after.offers[row] for row in np.flatnonzero(~back).tolist()),
        )
        old, new = before.index.vocabulary.keys, after.index.vocabulary.keys
        return cls(
            _State(before, numbers, ~np.isin(old, new, assume_unique=True)),
            _State(after, fresh, ~np.isin(new, old, assume_unique=True)),
            frozenset(name for offer in differing for name in offer.kinds),
            frozenset(before.of_family) | frozenset(after.of_family),
        )

    def affected(self, lots: Sequence[LotText], kin: Sequence[frozenset[str] | None]) -> list[bool]:
        """Tell of each lot whether its answer may differ; `kin` are `kin_of` its needs, None where
        that is not known."""
        found = np.array(
            [each is None or BARRED in each or bool(each & self.touched) for each in kin],
            dtype=np.bool_,
        )
        asked = [query(lot, self.after.offers) for lot in lots]
        was = retrieval.ask(self.before.offers.index, asked)
        now = retrieval.ask(self.after.offers.index, asked)
        weighed = self.before.terms_alone(was) | self.after.terms_alone(now)
        offered = [each is not None and bool(each & self.offered) for each in kin]
        found |= weighed & np.array(offered, dtype=np.bool_)
        gone, came = [], []
        near = zip(
            retrieval.nearest(self.before.offers.index, was),
            retrieval.nearest(self.after.offers.index, now),
            weighed.tolist(),
            strict=True,
        )
        for left, right, otherwise in near:
            numbers, fresh = self.before.numbers[left], self.after.numbers[right]
            gone.append(left if otherwise else left[~np.isin(numbers, fresh)])
            came.append(right if otherwise else right[~np.isin(fresh, numbers)])
        found |= self.before.relevant(was, gone, lots) | self.after.relevant(now, came, lots)
        told: list[bool] = found.tolist()
        return told


def _numbered(before: Offers, after: Offers) -> tuple[Ints, Ints]:
    """Number the rows of both states, the same product alike."""
    known: dict[ProductCode, tuple[int, Product]] = {}
    for place, offer in enumerate(before.offers):
        known[offer.product.code] = place, offer.product
    height = len(before.offers)
    fresh = np.arange(height, height + len(after.offers))
    for row, offer in enumerate(after.offers):
        place, product = known.get(offer.product.code, (-1, None))
        if product == offer.product:
            fresh[row] = place
    return np.arange(height), fresh
