"""The second look at the best candidates: what is shared, weighed into one score.

A signal that agrees adds, a contradiction takes away, and a figure takes away only where both
texts have some: «краска, 5 л» against «краска» is no clash. The weights were learned on one half
of the public labelled rows and measured on the other (tests/matcher/learn_weights.py).
"""

from collections.abc import Iterable, Mapping

import numpy as np

from matcher.hierarchy import PLACE
from matcher.retrieval import Shared
from matcher.terms import AMOUNT, BLOCKS, DIAMETER, MARK, MEASURE, NUMBER, SIZE, STANDARD, Floats

RELEVANT = {
    "words": 2.2,
    "letters": 2.5,
    "written": 1.9,
    "prefix_asked": 0.6,
    "prefix_offered": 1.1,
    "stub_asked": 0.8,
    "stub_offered": 1.2,
    "head_asked": 1.5,
}
"""Agreement of words, which relevance rests on: a wrong size is still about the same thing."""
GOODS = {
    "words": 1.0,
    "letters": 2.8,
    "written": 2.2,
    "prefix_asked": 0.4,
    "prefix_offered": 1.6,
    "stub_asked": 1.2,
    "stub_offered": 0.4,
    "head_asked": 0.8,
    "gram_asked": 0.2,
    "gram_offered": 0.2,
    "letters_offered": 1.3,
    "size_all": 0.4,
    "measure_asked": 0.2,
    "diameter_all": 0.9,
    "diameter_3": 1.0,
    "diameter_5": 0.6,
    "near": 2.3,
    "standard_asked": 0.9,
    "standard_offered": 0.8,
    "amount_asked": 1.4,
    "amount_offered": 1.4,
    "mark_asked": 2.0,
    "number_asked_not": -0.9,
    "size_asked_not": -1.2,
    "size_offered_not": -0.4,
    "diameter_offered_not": -1.0,
    "standard_asked_not": -0.8,
}
"""Weights for a catalogue of goods, drawn half-way from those learned to those learned before
`near` and `diameter_all` were there, which keep more of the right ones within ten. Codes stand in
none of the sets: their weight is by hand."""
CATEGORIES = {
    "words": 2.6,
    "letters": 2.4,
    "written": 0.9,
    "prefix_asked": 1.4,
    "prefix_offered": 0.8,
    "stub_asked": 1.8,
    "stub_offered": 0.8,
    "head_asked": 1.7,
    "letters_asked": 1.9,
    "letters_offered": 0.4,
    "measure_asked": 0.8,
    "measure_offered": 1.2,
    "mark_asked": 2.0,
    "kin": 1.9,
    "measure_offered_not": -1.5,
    "diameter_asked_not": -0.2,
    "heading": -3.1,
    "crowd": -1.9,
    "siblings": -3.0,
    "branch": -2.0,
    "activity": -3.5,
}
"""Weights for a catalogue of categories: kinds are named there, not articles, and the tree itself
tells where a kind is likely to stand."""
FIGURES = frozenset({AMOUNT, DIAMETER, MARK, MEASURE, NUMBER, SIZE, STANDARD})
"""Blocks whose agreement counts only where the query has something of the kind."""
SAME_CODE = 0.5
"""Relevance of a pair that shares nothing but its classification code."""
ALL = 0.999
"""A share above which nothing is missing: sums of weights are not exact."""
ONE, NONE = np.float32(1), np.float32(0)
FLOOR = 0.1
"""Below this a score falls ever slower and never reaches 0: the order of the worst still counts."""


def signals(
    shared: Shared, names: Iterable[str], headings: Floats | None = None
) -> dict[str, Floats]:
    """Return the named signals per pair, 0..1.

    `words`, `letters`, `written` and `kin` are cosines; `near` how near figures come;
    `diameter_3` the number of shared figures of three, `diameter_all` whether none is missing;
    `size_asked` the part of what is asked of a block that is offered, `size_offered` the part of
    what is offered that is asked, both with `_not` the rest, where both texts have some.
    `headings` are the rows' places in the tree.
    """
    of_asked = np.minimum(shared.common / np.maximum(shared.asked, 1e-6), 1)
    of_offered = np.minimum(shared.common / np.maximum(shared.offered, 1e-6), 1)
    both = (shared.asked > 0) & (shared.offered > 0)
    cosines = {"words": 0, "letters": 1, "written": 2, "kin": 3}
    found: dict[str, Floats] = {}
    for name in names:
        block, _, side = name.partition("_")
        if name in cosines:
            found[name] = shared.cosines[:, cosines[name]]
        elif name == "near":
            found[name] = shared.near
        elif name in PLACE:
            if headings is not None:
                found[name] = headings[:, PLACE.index(name)]
        elif side == "all":
            place = BLOCKS.index(block)
            found[name] = np.where(both[:, place] & (of_asked[:, place] > ALL), ONE, NONE)
        elif side.isdecimal():
            found[name] = np.minimum(shared.figures / int(side), 1)
        else:
            place = BLOCKS.index(block)
            part = (of_asked if side.startswith("asked") else of_offered)[:, place]
            found[name] = both[:, place] * (1 - part) if side.endswith("_not") else part
    return found


def score(shared: Shared, headings: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the score and the relevance of each pair, both 0..1.

    `headings` are the places of the pairs' rows in a tree, None in a catalogue without one.
    """
    weights = GOODS if headings is None else CATEGORIES
    found = signals(shared, {**weights, **RELEVANT}, headings)
    relevance = _sum(RELEVANT, found) / sum(RELEVANT.values())
    relevance = np.maximum(relevance, SAME_CODE * found["mark_asked"])
    part = _sum(weights, found) / _full(weights, shared)
    low = FLOOR * np.exp(np.minimum(part / FLOOR - 1, 0))
    return np.clip(np.where(part < FLOOR, low, part), 0, 1), np.clip(relevance, 0, 1)


def _full(weights: Mapping[str, float], shared: Shared) -> Floats:
    """Return the most a pair of each query can reach: figures it does not have are left out."""
    full = np.zeros(len(shared.asked), dtype=np.float32)
    for name, weight in weights.items():
        block = BLOCKS.index(name.partition("_")[0]) if name.partition("_")[0] in BLOCKS else -1
        if weight > 0:
            figure = DIAMETER if name == "near" else block
            full += weight * (shared.asked[:, figure] > 0) if figure in FIGURES else weight
    return full


def _sum(weights: Mapping[str, float], found: Mapping[str, Floats]) -> Floats:
    total: Floats = np.sum([weight * found[name] for name, weight in weights.items()], axis=0)
    return total
