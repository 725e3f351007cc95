"""Match lots with a catalogue: candidates in batches, then evidence for those that survive."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from matcher import hierarchy, rescoring, retrieval
from matcher.deciding import decide, verdict_of
from matcher.deriving import Derived, derive
from matcher.offers import Offers, marks
from matcher.pairs import Offer, Pair
from matcher.reading import read_lot
from matcher.records import Evidence, LotText, Need, NeedKind, Row, Verdict
from matcher.retrieval import Queries
from matcher.ruling import ruled_out
from matcher.stages.relevance import LEAST
from matcher.supply import supplied
from matcher.terms import Floats, Ints, Text
from matcher.tokens import tokens

BATCH = 64
"""Lots looked up in one sparse product."""
FAMILY_CANDIDATES = 500
"""Offers of the need's own family that are decided whatever their words, in catalogue order."""
TEXT_LIMIT = 2_000
"""Characters of description that take part in the look-up: more blurs what is bought."""
ORDER = {Verdict.CAN: 0, Verdict.CHECK: 1, Verdict.CANNOT: 2}
KIND_SURE = 1.0
KIND_UNCLEAR = 0.6
"""How much of the specification counts where the buyer names one of several kinds."""
SPEC_STAGES = frozenset({"dimensions", "names", "standards", "unstated"})


class Scored(NamedTuple):
    """A lot's candidates: rows of the catalogue with the score and relevance of each."""

    rows: Ints
    scores: Floats
    relevances: Floats


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with its verdict. Evidence of a plain row is made only if it is shown."""

    offer: Offer
    relevance: float
    score: float
    verdict: Verdict
    evidence: tuple[Evidence, ...] | None

    @property
    def order(self) -> tuple[int, float, int]:
        return ORDER[self.verdict], -self.score, self.offer.row


def match_lots(lots: Iterable[LotText], offers: Offers, *, top: int = 10) -> Iterator[Row]:
    """Yield the rows of every lot in the order given: `can`, `check`, `cannot`, each by score.

    Lots are looked up in batches; the answer for a lot depends on no other lot.
    """
    source = iter(lots)
    while batch := list(islice(source, BATCH)):
        yield from _match(batch, offers, top)


def _match(batch: Sequence[LotText], offers: Offers, top: int) -> Iterator[Row]:
    queries = retrieval.ask(offers.index, [query(lot, offers) for lot in batch])
    found = retrieval.nearest(offers.index, queries)
    needs = [needs_of(lot, offers) for lot in batch]
    rows = [_candidates(*each, offers) for each in zip(needs, found, strict=True)]
    scored = _score(offers, queries, rows, batch)
    for lot, wanted, pairs in zip(batch, needs, scored, strict=True):
        yield from _rows(lot, offers, wanted, _judge(wanted, offers, pairs, top))


def query(lot: LotText, offers: Offers) -> Text:
    """Return what a lot is looked up by: title, item lines, the head of its texts, its codes."""
    texts = " ".join(lot.texts)[:TEXT_LIMIT]
    lines = " ".join(line.text for line in lot.lines)[:TEXT_LIMIT]
    codes = (*lot.codes, *(code for line in lot.lines for code in line.codes))
    taken = tokens(f"{lot.title} {lines} {texts}")
    return Text(taken, marks(codes), () if offers.headings is None else taken.stems)


def needs_of(lot: LotText, offers: Offers) -> tuple[Need, ...]:
    """Read the needs of a lot; one that nothing was read of is still one need."""
    return read_lot(lot, offers.families) or (Need(index=0, text=lot.title, family=None),)


def candidate(lot: LotText, offers: Offers, row: int) -> Row:
    """Return the answer for one lot and the offer of one catalogue row, candidate or not."""
    needs = needs_of(lot, offers)
    queries = retrieval.ask(offers.index, [query(lot, offers)])
    scored = _score(offers, queries, [np.asarray([row], dtype=np.int64)], [lot])
    return _row(lot, offers, needs, _judge(needs, offers, scored[0], 1)[0], 1)


def _candidates(needs: Sequence[Need], nearest: Ints, offers: Offers) -> Ints:
    """Return the rows to be judged: the nearest by text and all of the needs' own families."""
    wanted = {name for need in needs for name in (need.family, *need.rivals) if name is not None}
    kin = [row for name in sorted(wanted) for row in offers.of_family.get(name, ())]
    return np.union1d(nearest, np.asarray(kin[:FAMILY_CANDIDATES], dtype=np.int64))


def _score(
    offers: Offers, queries: Queries, chosen: Sequence[Ints], lots: Sequence[LotText]
) -> list[Scored]:
    """Return the scores of every lot's chosen rows, reckoned for the whole batch at once."""
    shared = retrieval.compare_all(offers.index, queries, chosen)
    rows = np.concatenate(chosen)
    headings = None
    if offers.headings is not None:
        headings = offers.headings[rows]
        bought = np.repeat(
            [not hierarchy.asks_activity(lot) for lot in lots], list(map(len, chosen))
        )
        headings[:, hierarchy.ACTIVITY] *= bought
    scores, relevances = rescoring.score(shared, headings)
    ends = np.cumsum([len(each) for each in chosen])[:-1]
    parts = zip(np.split(scores, ends), np.split(relevances, ends), strict=True)
    return [Scored(listed, *pair) for listed, pair in zip(chosen, parts, strict=True)]


def _judge(needs: Sequence[Need], offers: Offers, pairs: Scored, top: int) -> list[Judged]:
    """Judge a lot's candidates and return the best; of plain names only the best are looked at."""
    plain = offers.plain[pairs.rows]
    low = pairs.relevances.astype(np.float64) < LEAST
    order = np.lexsort((pairs.rows, -pairs.scores, low))
    shown = order[plain[order]][:top]
    judged = [
        _judged(needs, offers, offers.offers[row], score, relevance)
        for row, score, relevance in zip(
            *(listed[np.concatenate((shown, np.flatnonzero(~plain)))].tolist() for listed in pairs),
            strict=True,
        )
    ]
    return sorted(judged, key=lambda each: each.order)[:top]


def _judged(
    needs: Sequence[Need], offers: Offers, offer: Offer, score: float, relevance: float
) -> Judged:
    """Judge one candidate; of a plain name the relevance gate alone decides, evidence later."""
    if offers.plain[offer.row]:
        verdict = Verdict.CHECK if relevance >= LEAST else Verdict.CANNOT
        return Judged(offer, relevance, score, verdict, None)
    verdict, found = decide(_pairs(needs, offer, relevance, offers))
    return Judged(offer, relevance, fitting(score, verdict, found), verdict, found)


def _pairs(
    needs: Sequence[Need], offer: Offer, relevance: float, offers: Offers
) -> tuple[Pair, ...]:
    nothing: dict[str, Derived] = {}
    known = offer.family_name is not None
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


def fitting(score: float, verdict: Verdict, found: Sequence[Evidence]) -> float:
    """Return the score of an offer whose kind is known: words count less than the specification.

    An offer that cannot be made keeps a tail of its words, below any whose size is unknown: a
    wrong size shares nearly every word with the right one.
    """
    if verdict is Verdict.CANNOT:
        return 0.15 * score
    kinds = {each.reason for each in found if each.stage == "family"}
    sure: float = (
        KIND_SURE if "same_family" in kinds else KIND_UNCLEAR if "family_unclear" in kinds else 0.0
    )
    if not sure:
        return score
    spec = [each.verdict for each in found if each.stage in SPEC_STAGES]
    share = sum(each is Verdict.CAN for each in spec) / len(spec) if spec else 0.5
    return 0.4 * score + 0.6 * sure * (0.3 + 0.7 * share)


def _rows(
    lot: LotText, offers: Offers, needs: Sequence[Need], best: Sequence[Judged]
) -> Iterator[Row]:
    plain: dict[Verdict, Row] = {}
    rows: list[Row] = []
    for rank, each in enumerate(best, start=1):
        alike = plain.get(each.verdict) if each.evidence is None else None
        row = _another(alike, each, rank) if alike else _row(lot, offers, needs, each, rank)
        if each.evidence is None:
            plain.setdefault(each.verdict, row)
        rows.append(row)
    if not best or best[0].verdict is Verdict.CANNOT:
        yield nothing_fits(lot, rows)
    yield from rows


def _another(alike: Row, judged: Judged, rank: int) -> Row:
    """Return the row of a plain name: all names that pass say the same but for their score."""
    product = judged.offer.product
    return Row(
        notice=alike.notice,
        lot=alike.lot,
        rank=rank,
        product=product.code,
        plant=product.plant,
        score=judged.score,
        verdict=alike.verdict,
        evidence=alike.evidence,
        quantity=alike.quantity,
        kind=alike.kind,
    )


def _row(lot: LotText, offers: Offers, needs: Sequence[Need], judged: Judged, rank: int) -> Row:
    evidence = judged.evidence
    if evidence is None:
        evidence = decide(_pairs(needs, judged.offer, judged.relevance, offers))[1]
    refused = _refused(needs, evidence)
    kept = [need for need in needs if need.index not in refused] or list(needs)
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
        evidence=(*evidence, *assumed),
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


def nothing_fits(lot: LotText, refused: Sequence[Row]) -> Row:
    """Return the line of a lot that no product fits, naming the one gate that closed it.

    It is the gate of the pair that came furthest: a wrong wall says more than another kind.
    """
    closing = [closed for each in refused if (closed := first_refusal(each.evidence))]
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


def first_refusal(found: Sequence[Evidence]) -> Evidence | None:
    """Return the first piece of evidence that refuses, None where nothing does."""
    return next((each for each in found if each.verdict is Verdict.CANNOT), None)
