"""Weights of terms that stay while a catalogue changes a little.

How much a term tells depends on how many products have it, so one new product would move every
score a little and every lot would have to be matched again. Frozen, what a term weighs is taken
of an earlier state of the catalogue; a term that state did not have weighs as one nobody has. The
score of a pair then depends on the lot and on the product alone, for every lot whose terms were
all known or all unknown before and after a change (`matcher.affecting`).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.indexing import (
    Cut,
    Terms,
    Weighed,
    arranged,
    cut,
    in_memory,
    rarity,
    steps_of,
    weigh,
    whole,
)
from matcher.retrieval import Frozen, Index, blocks_of
from matcher.terms import Ints
from matcher.vocabulary import Learned


@dataclass(frozen=True, slots=True)
class Statistics:
    """What an index takes from the whole catalogue, of the state it was learned of."""

    terms: Terms
    level: Ints
    """The step of weight from which entries are followed at the first look; -1 for all (terms)."""
    followed: Ints
    """How many entries of each term were followed (terms)."""


def statistics(learned: Learned) -> Statistics:
    """Take the statistics of a catalogue's terms."""
    terms = whole([lambda: learned])
    chosen = cut(terms, [weigh(learned, terms)])
    return Statistics(terms, chosen.level, np.diff(chosen.ends))


def build(learned: Learned, known: Statistics) -> Index:
    """Index a catalogue by the statistics of another state of it.

    With its own statistics this is the index `matcher.indexing.build` makes, but that of a term
    in more than `MOST_ROWS` rows all of the lowest step chosen is followed: which of them are
    kept would depend on the other products.
    """
    old = known.terms
    keys = np.union1d(old.keys, learned.keys)
    place = np.searchsorted(keys, old.keys)

    def spread(values: NDArray[Any], rest: float) -> NDArray[Any]:
        out = np.full(len(keys), rest, dtype=values.dtype)
        out[place] = values
        return out

    logs = spread(old.logs, np.nan)
    logs[np.searchsorted(keys, learned.keys)] = learned.logs
    seen = spread(old.seen, 0)
    height, entries = learned.counts.shape[0], learned.counts.nnz
    terms = Terms(keys, logs, seen, rarity(old.rows, seen), blocks_of(keys), height, entries)
    weighed = weigh(learned, terms)
    index = arranged(terms, [weighed], _chosen(weighed, spread(known.level, -1)), in_memory)
    return replace(index, frozen=Frozen(old.rows, spread(known.followed, 0)))


def _chosen(weighed: Weighed, level: Ints) -> Cut:
    """Follow every entry from its term's step on, whatever the others are."""
    term = weighed.counts.indices
    kept = (weighed.heavy > 0) & (steps_of(weighed.heavy) >= level[term])
    size = np.bincount(term[kept], minlength=len(level))
    ends = np.concatenate(([0], np.cumsum(size)))
    return Cut(ends, level, size.copy(), np.zeros(len(level), dtype=np.int64))
