"""The second look at the best candidates: what is shared, weighed into one score.

The weights were learned on one half of the public labelled rows and measured on the other
(tests/matcher/learn_weights.py); a signal that agrees adds, a contradiction takes away. A number
or amount takes away only where both texts have some: «краска, 5 л» against «краска» is no clash.
"""

from collections.abc import Mapping

import numpy as np

from matcher.retrieval import Shared
from matcher.terms import (
    AMOUNT,
    BLOCKS,
    DIAMETER,
    HEAD,
    MARK,
    MEASURE,
    NUMBER,
    PREFIX,
    SIZE,
    STANDARD,
    STUB,
    Floats,
)

WORDS = {
    "words": 2.2,
    "letters": 2.5,
    "written": 1.9,
    "prefix_asked": 0.6,
    "prefix_offered": 1.1,
    "stub_asked": 0.8,
    "stub_offered": 1.2,
    "head": 1.5,
}
"""Agreement of words, which is what relevance rests on."""
FIGURES = {
    "size_asked": 0.9,
    "measure_asked": 0.35,
    "measure_offered": 0.6,
    "diameter_count": 2.4,
    "mark_asked": 2.0,
    "standard_asked": 1.2,
}
"""Agreement of figures and codes; counts only where the query has such."""
CLASHES = {
    "number_asked_not": 1.6,
    "number_offered_not": 0.5,
    "amount_asked_not": 1.05,
    "amount_offered_not": 1.05,
    "size_asked_not": 0.3,
    "size_offered_not": 0.2,
    "measure_asked_not": 0.1,
    "measure_offered_not": 0.4,
}
"""Contradictions, counted only where both texts have such figures."""
HEADINGS = {"kin": 3.0, "heading": -3.0}
"""The words of the headings a category stands under help; a heading itself is seldom offered."""
ENOUGH_DIAMETERS = 3
SAME_CODE = 0.5
"""Relevance of a pair that shares nothing but its classification code."""


def signals(shared: Shared, headings: Floats | None = None) -> dict[str, Floats]:
    """Return every signal per pair, 0..1, by the names the weights have."""
    asked, offered = np.maximum(shared.asked, 1e-6), np.maximum(shared.offered, 1e-6)
    of_asked = np.minimum(shared.common / asked, 1)
    of_offered = np.minimum(shared.common / offered, 1)
    both = (shared.asked > 0) & (shared.offered > 0)
    found: dict[str, Floats] = {
        "words": shared.cosines[:, 0],
        "letters": shared.cosines[:, 1],
        "written": shared.cosines[:, 2],
        "head": of_asked[:, HEAD],
        "diameter_count": np.minimum(shared.counts[:, DIAMETER] / ENOUGH_DIAMETERS, 1),
    }
    for block in (PREFIX, STUB, SIZE, MEASURE, MARK, STANDARD):
        found[f"{BLOCKS[block]}_asked"] = of_asked[:, block]
        found[f"{BLOCKS[block]}_offered"] = of_offered[:, block]
    for block in (NUMBER, AMOUNT, SIZE, MEASURE):
        found[f"{BLOCKS[block]}_asked_not"] = both[:, block] * (1 - of_asked[:, block])
        found[f"{BLOCKS[block]}_offered_not"] = both[:, block] * (1 - of_offered[:, block])
    if headings is not None:
        found["kin"] = shared.cosines[:, 3]
        found["heading"] = headings
    return found


def score(shared: Shared, headings: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the score and the relevance of each pair, both 0..1.

    `headings` marks pairs whose row is a heading (1.0), None in a catalogue without. Relevance
    leaves figures out: a wrong size is still about the same thing.
    """
    found = signals(shared, headings)
    agree = _sum(WORDS, found)
    words = sum(WORDS.values())
    relevance = np.maximum(agree / words, SAME_CODE * found["mark_asked"])
    full = np.full(len(agree), words)
    for name, weight in FIGURES.items():
        has = shared.asked[:, BLOCKS.index(name.partition("_")[0])] > 0
        agree = agree + np.where(has, np.float32(weight) * found[name], 0)
        full += weight * has
    if headings is not None:
        agree = agree + _sum(HEADINGS, found)
        full += HEADINGS["kin"]
    clash = _sum(CLASHES, found)
    score = (agree - clash) / full.astype(np.float32)
    return np.clip(score, 0, 1), np.clip(relevance, 0, 1)


def _sum(weights: Mapping[str, float], found: Mapping[str, Floats]) -> Floats:
    total: Floats = np.sum([weight * found[name] for name, weight in weights.items()], axis=0)
    return total
