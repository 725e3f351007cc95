"""Match lots with a catalogue: candidates in batches, then evidence for those that survive."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from matcher import hierarchy, rescoring, retrieval
from matcher.deciding import decide
from matcher.offers import Offers, marks
from matcher.pairs import Offer
from matcher.reading import read_lot
from matcher.records import Evidence, LotText, Need, Row, Verdict
from matcher.retrieval import Queries
from matcher.rows import Answer, Judged, Plain, answer, is_gated, made, pairs_of
from matcher.stages.relevance import LEAST
from matcher.terms import Floats, Ints, Text
from matcher.tokens import tokens

BATCH = 128
"""Lots looked up in one sparse product."""
FAMILY_CANDIDATES = 500
"""Offers of the need's own family that are decided whatever their words, in catalogue order."""
TEXT_LIMIT = 2_000
"""Characters of description that take part in the look-up: more blurs what is bought."""
KIND_SURE = 1.0
KIND_UNCLEAR = 0.6
"""How much of the specification counts where the buyer names one of several kinds."""
UNCLEAR = frozenset({"family_unclear", "product_family_unclear"})
SPEC_STAGES = frozenset({"dimensions", "names", "standards", "unstated"})


class Scored(NamedTuple):
    """The candidates of a batch of lots, lot after lot, all arrays of one length (candidates)."""

    lots: Ints
    """The number of the lot in its batch, rising."""
    rows: Ints
    scores: Floats
    relevances: Floats


def match_lots(lots: Iterable[LotText], offers: Offers, *, top: int = 10) -> Iterator[Row]:
    """Yield the rows of every lot in the order given: `can`, `check`, `cannot`, each by score.

    Lots are looked up in batches; the answer for a lot depends on no other lot.
    """
    for told in answer_lots(lots, offers, top=top):
        for part in told:
            if isinstance(part, Row):
                yield part
            else:
                yield from part.each(offers)


def answer_lots(lots: Iterable[LotText], offers: Offers, *, top: int = 10) -> Iterator[Answer]:
    """Yield for every lot its rows as `match_lots` does, plain names that say the same together."""
    for lot, needs, judged, plain in _looked(lots, offers, top):
        yield answer(lot, offers, needs, judged, plain, top)


class Told(NamedTuple):
    """What is worth keeping of the answer for one lot."""

    needs: Sequence[Need]
    rows: Sequence[Row]
    """As `match_lots` gives them, but what a gate refused is neither listed nor counted."""


def tell_lots(lots: Iterable[LotText], offers: Offers, *, top: int = 10) -> Iterator[Told]:
    """Yield for every lot, in the order given, what is worth keeping of its answer."""
    for lot, needs, judged, plain in _looked(lots, offers, top):
        gated = [each for each in judged if is_gated(each.verdict, each.evidence)]
        kept = [each for each in judged if not is_gated(each.verdict, each.evidence)]
        names = plain.part(0, plain.passed)._replace(passed=plain.passed)
        rows: list[Row] = []
        for part in answer(lot, offers, needs, kept, names, top, gated):
            rows.extend([part] if isinstance(part, Row) else part.each(offers))
        yield Told(needs, rows)


class Looked(NamedTuple):
    """A lot with what was found of its candidates."""

    lot: LotText
    needs: Sequence[Need]
    judged: Sequence[Judged]
    plain: Plain


def _looked(lots: Iterable[LotText], offers: Offers, top: int) -> Iterator[Looked]:
    source = iter(lots)
    while batch := list(islice(source, BATCH)):
        yield from _look(batch, offers, top)


def _look(batch: Sequence[LotText], offers: Offers, top: int) -> Iterator[Looked]:
    queries = retrieval.ask(offers.index, [query(lot, offers) for lot in batch])
    found = retrieval.nearest(offers.index, queries)
    needs = [needs_of(lot, offers) for lot in batch]
    rows = [_candidates(*each, offers) for each in zip(needs, found, strict=True)]
    scored = score(offers, queries, rows, batch)
    plain = _plain(offers, scored, len(batch), top)
    known = np.flatnonzero(~offers.plain[scored.rows])
    judged: list[list[Judged]] = [[] for _ in batch]
    columns = zip(*(each[known].tolist() for each in scored), strict=True)
    for lot, row, points, relevance in columns:
        judged[lot].append(_judged(needs[lot], offers, offers.offers[row], points, relevance))
    yield from map(Looked, batch, needs, judged, plain)


def query(lot: LotText, offers: Offers) -> Text:
    """Return what a lot is looked up by: title, item lines, the head of its texts, its codes."""
    texts = " ".join(lot.texts)[:TEXT_LIMIT]
    # A bill of a thousand goods would blur what is bought; its goods are found by their family.
    own = [line for line in lot.lines if line.source is None]
    lines = " ".join(line.text for line in own)[:TEXT_LIMIT]
    codes = (*lot.codes, *(code for line in own for code in line.codes))
    taken = tokens(f"{lot.title} {lines} {texts}")
    return Text(taken, marks(codes), () if offers.headings is None else taken.stems)


def needs_of(lot: LotText, offers: Offers) -> tuple[Need, ...]:
    """Read the needs of a lot; one that nothing was read of is still one need."""
    return read_lot(lot, offers.families) or (Need(index=0, text=lot.title, family=None),)


def candidate(lot: LotText, offers: Offers, row: int) -> Row:
    """Return the answer for one lot and the offer of one catalogue row, candidate or not."""
    needs = needs_of(lot, offers)
    queries = retrieval.ask(offers.index, [query(lot, offers)])
    scored = score(offers, queries, [np.asarray([row], dtype=np.int64)], [lot])
    points, relevance = scored.scores.tolist()[0], scored.relevances.tolist()[0]
    judged = _judged(needs, offers, offers.offers[row], points, relevance)
    return made(lot, offers, needs, judged, 1)


def _candidates(needs: Sequence[Need], nearest: Ints, offers: Offers) -> Ints:
    """Return the rows to be judged: the nearest by text and all of the needs' own families."""
    wanted = {name for need in needs for name in (need.family, *need.rivals) if name is not None}
    kin = [row for name in sorted(wanted) for row in offers.of_family.get(name, ())]
    if not kin:
        return np.sort(nearest)
    return np.union1d(nearest, np.asarray(kin[:FAMILY_CANDIDATES], dtype=np.int64))


def score(
    offers: Offers, queries: Queries, chosen: Sequence[Ints], lots: Sequence[LotText]
) -> Scored:
    """Return the scores of every lot's chosen rows, reckoned for the whole batch at once."""
    shared = retrieval.compare_all(offers.index, queries, chosen)
    rows = np.concatenate(chosen)
    of = np.repeat(np.arange(len(chosen)), list(map(len, chosen)))
    headings = None
    if offers.headings is not None:
        headings = offers.headings[rows]
        bought = np.array([not hierarchy.asks_activity(lot) for lot in lots], dtype=np.bool_)
        headings[:, hierarchy.ACTIVITY] *= bought[of]
    return Scored(of, rows, *rescoring.score(shared, headings))


def _plain(offers: Offers, scored: Scored, lots: int, top: int) -> list[Plain]:
    """Return the best plain names of each lot: the relevance gate alone decides them."""
    places = np.flatnonzero(offers.plain[scored.rows])
    of, scores = scored.lots[places], scored.scores[places]
    passed = scored.relevances[places].astype(np.float64) >= LEAST
    # Rows rise within a lot, so that of equal scores the first of the catalogue stands first.
    order = retrieval.heaviest(2 * of + ~passed, scores)
    rows, scores = scored.rows[places[order]], scores[order]
    steps = np.rint(np.clip(scores.astype(np.float64), 0, 1) * 10_000).astype(np.int64)
    ends = np.cumsum(np.bincount(of, minlength=lots)).tolist()
    passing = np.bincount(of[passed], minlength=lots).tolist()
    found: list[Plain] = []
    start = 0
    for end, count in zip(ends, passing, strict=True):
        own = slice(start, min(end, start + top))
        told = rows[own].tolist(), scores[own].tolist(), steps[own].tolist()
        found.append(Plain(*told, min(count, top)))
        start = end
    return found


def _judged(
    needs: Sequence[Need], offers: Offers, offer: Offer, score: float, relevance: float
) -> Judged:
    """Judge one candidate; of a plain name words alone make the score."""
    verdict, found = decide(pairs_of(needs, offer, relevance, offers))
    if not offers.plain[offer.row]:
        score = fitting(score, verdict, found)
    return Judged(offer, score, verdict, found)


def fitting(score: float, verdict: Verdict, found: Sequence[Evidence]) -> float:
    """Return the score of an offer whose kind is known: words count less than the specification.

    An offer that cannot be made keeps a tail of its words, below any whose size is unknown: a
    wrong size shares nearly every word with the right one.
    """
    if verdict is Verdict.CANNOT:
        return 0.15 * score
    kinds = {each.reason for each in found if each.stage == "family"}
    sure: float = KIND_SURE if "same_family" in kinds else KIND_UNCLEAR if kinds & UNCLEAR else 0.0
    if not sure:
        return score
    spec = [each.verdict for each in found if each.stage in SPEC_STAGES]
    share = sum(each is Verdict.CAN for each in spec) / len(spec) if spec else 0.5
    return 0.4 * score + 0.6 * sure * (0.3 + 0.7 * share)
