"""From what was judged of a lot to its rows in order; plain names that say the same stay together.

A catalogue of names has fifty rows a lot that differ in product and score only: made one by one
they would cost more than finding them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from matcher.deciding import decide, verdict_of
from matcher.deriving import Derived, derive
from matcher.offers import Offers
from matcher.pairs import Offer, Pair
from matcher.records import Evidence, LotText, Need, NeedKind, Row, Verdict
from matcher.ruling import ruled_out
from matcher.supply import supplied

ORDER = {Verdict.CAN: 0, Verdict.CHECK: 1, Verdict.CANNOT: 2}


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate of which more is known than its name, with its verdict."""

    offer: Offer
    score: float
    verdict: Verdict
    evidence: tuple[Evidence, ...]

    @property
    def order(self) -> tuple[int, float, int]:
        return ORDER[self.verdict], -self.score, self.offer.row


class Plain(NamedTuple):
    """The best plain names of one lot in order: those that pass the relevance gate, then those
    that do not."""

    rows: list[int]
    scores: list[float]
    steps: list[int]
    """The scores as they are written, in ten thousandths."""
    passed: int
    """How many of them pass."""

    def part(self, start: int, end: int) -> "Plain":
        """Return some of them, whose verdict is known."""
        return Plain(self.rows[start:end], self.scores[start:end], self.steps[start:end], 0)


@dataclass(frozen=True, slots=True)
class Alike:
    """Neighbouring plain names: one row but for product and score, ranks rising from the first."""

    first: Row
    rows: Sequence[int]
    """Their places in the catalogue."""
    scores: Sequence[float]
    steps: Sequence[int]
    """The scores as they are written, in ten thousandths."""

    def each(self, offers: Offers) -> Iterator[Row]:
        """Yield the rows one by one."""
        for rank, (row, score) in enumerate(
            zip(self.rows, self.scores, strict=True), start=self.first.rank
        ):
            product = offers.offers[row].product
            yield replace(
                self.first, rank=rank, product=product.code, plant=product.plant, score=score
            )


Answer = Sequence[Row | Alike]
"""All there is to say of one lot, in order."""


def answer(
    lot: LotText,
    offers: Offers,
    needs: Sequence[Need],
    judged: Sequence[Judged],
    plain: Plain,
    top: int,
    gated: Sequence[Judged] = (),
) -> Answer:
    """Put a lot's judged offers and plain names into one order and return the first `top`.

    `gated` are offers that a gate refused and that are to be no rows, only to name the gate.
    """
    told: list[Row | Alike] = []
    rank = 1
    names: Row | None = None
    for verdict, part in runs(judged, plain, top):
        if isinstance(part, Judged):
            told.append(made(lot, offers, needs, part, rank))
            rank += 1
        else:
            alike = _alike(lot, offers, needs, verdict, part, rank, names)
            told.append(alike)
            names = alike.first
            rank += len(part.rows)
    if not told or _verdict(told[0]) is Verdict.CANNOT:
        refused = [(part if isinstance(part, Row) else part.first).evidence for part in told]
        return [nothing_fits(lot, [*refused, *(each.evidence for each in gated)]), *told]
    return told


def _verdict(part: Row | Alike) -> Verdict:
    return part.verdict if isinstance(part, Row) else part.first.verdict


def runs(
    judged: Sequence[Judged], plain: Plain, top: int
) -> Iterator[tuple[Verdict, Judged | Plain]]:
    """Yield judged offers and runs of plain names between them, in order, `top` rows in all."""
    if not judged:
        shown, passed = min(len(plain.rows), top), min(plain.passed, top)
        if passed:
            yield Verdict.CHECK, plain.part(0, passed)
        if shown > passed:
            yield Verdict.CANNOT, plain.part(passed, shown)
        return
    known = sorted(judged, key=lambda each: each.order)
    left, at = top, 0
    for verdict in (Verdict.CAN, Verdict.CHECK, Verdict.CANNOT):
        end = {Verdict.CAN: 0, Verdict.CHECK: plain.passed, Verdict.CANNOT: len(plain.rows)}
        for each in (one for one in known if one.verdict is verdict):
            start, at = at, _before(plain, at, end[verdict], each)
            at = min(at, start + left)
            left -= at - start
            if at > start:
                yield verdict, plain.part(start, at)
            if left:
                yield verdict, each
                left -= 1
        start, at = at, min(max(at, end[verdict]), at + left)
        left -= at - start
        if at > start:
            yield verdict, plain.part(start, at)


def _before(plain: Plain, at: int, end: int, each: Judged) -> int:
    """Return the place after the plain names that come before a judged offer."""
    while at < end and (-plain.scores[at], plain.rows[at]) < (-each.score, each.offer.row):
        at += 1
    return at


def _alike(
    lot: LotText,
    offers: Offers,
    needs: Sequence[Need],
    verdict: Verdict,
    part: Plain,
    rank: int,
    before: Row | None,
) -> Alike:
    """Make the row of plain names once: it follows from the lot and the gate alone.

    `before` is the row of plain names that came earlier in the lot, whose quantity is the same.
    """
    offer = offers.offers[part.rows[0]]
    if before is not None and before.verdict is verdict:
        return Alike(replace(before, rank=rank), part.rows, part.scores, part.steps)
    relevance = 0.0 if verdict is Verdict.CANNOT else 1.0
    found = decide(pairs_of(needs, offer, relevance, offers))[1]
    if before is not None:
        first = replace(before, rank=rank, verdict=verdict, evidence=found)
    else:
        first = made(lot, offers, needs, Judged(offer, part.scores[0], verdict, found), rank)
    return Alike(first, part.rows, part.scores, part.steps)


def pairs_of(
    needs: Sequence[Need], offer: Offer, relevance: float, offers: Offers
) -> tuple[Pair, ...]:
    """Return every need of a lot with the offer, ready for deciding."""
    nothing: dict[str, Derived] = {}
    known = bool(offer.kinds)
    return tuple(
        Pair(
            need=need,
            offer=offer,
            relevance=relevance,
            derived=derive(need, offer.family) if offer.capabilities else nothing,
            titles=offers.titles,
            ruled_out=ruled_out(need, offers.families) if known else frozenset(),
        )
        for need in needs
    )


def made(lot: LotText, offers: Offers, needs: Sequence[Need], judged: Judged, rank: int) -> Row:
    """Make the row of a judged offer: what it can supply of the lot, and why."""
    kept = list(needs)
    if len(needs) > 1:
        refused = _refused(needs, judged.evidence)
        kept = [need for need in needs if need.index not in refused] or kept
    quantity, assumed = supplied(kept, judged.offer, offers.families)
    if judged.verdict is Verdict.CANNOT:
        assumed = ()
    return Row(
        notice=lot.notice,
        lot=lot.lot,
        rank=rank,
        product=judged.offer.product.code,
        plant=judged.offer.product.plant,
        score=judged.score,
        verdict=judged.verdict,
        evidence=(*judged.evidence, *assumed),
        quantity=quantity,
        kind=kind_of(lot, kept),
    )


def _refused(needs: Sequence[Need], found: Sequence[Evidence]) -> set[int]:
    """Return the needs of a lot that an offer cannot meet."""
    return {
        need.index
        for need in needs
        if verdict_of(each for each in found if each.need == need.index) is Verdict.CANNOT
    }


def kind_of(lot: LotText, needs: Sequence[Need]) -> NeedKind:
    """Return the kind of a lead: a plan before all, implied where no need is stated."""
    if lot.plan or any(need.kind is NeedKind.PLAN for need in needs):
        return NeedKind.PLAN
    stated = any(need.kind is NeedKind.STATED for need in needs)
    return NeedKind.STATED if stated or not needs else NeedKind.IMPLIED


def nothing_fits(lot: LotText, refused: Iterable[Sequence[Evidence]]) -> Row:
    """Return the line of a lot that no product fits, naming the one gate that closed it.

    It is the gate of the pair that came furthest: a wrong wall says more than another kind.
    """
    closing = [closed for each in refused if (closed := first_refusal(each))]
    depth = {"relevance": 0, "family": 1}
    nearest = max(closing, key=lambda each: depth.get(each.stage, 2), default=None)
    return Row(
        notice=lot.notice,
        lot=lot.lot,
        rank=0,
        product=None,
        plant=None,
        score=0.0,
        verdict=Verdict.CANNOT,
        evidence=() if nearest is None else (nearest,),
        closed_by="relevance" if nearest is None else nearest.stage,
    )


GATES = frozenset({"relevance", "family"})
"""Stages of the gates: what only they refuse shares nothing with the product."""


def is_gated(verdict: Verdict, found: Iterable[Evidence]) -> bool:
    """Whether gates alone refused an offer: the pair is no match at all."""
    return verdict is Verdict.CANNOT and GATES.issuperset(
        each.stage for each in found if each.verdict is Verdict.CANNOT
    )


def first_refusal(found: Sequence[Evidence]) -> Evidence | None:
    """Return the first piece of evidence that refuses, None where nothing does."""
    return next((each for each in found if each.verdict is Verdict.CANNOT), None)
