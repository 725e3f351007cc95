"""The second look at the best candidates: what is shared, weighed into one score.

The weights were learned on one half of the public labelled rows and measured on the other
(tests/matcher/learn_weights.py); a signal that agrees adds, a contradiction takes away. A number
or amount takes away only where both texts have some: «краска, 5 л» against «краска» is no clash.
"""

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
    "mark": 2.0,
    "standard_asked": 0.7,
}
"""Agreement of figures and codes; counts only where the query has such."""
CLASH = {
    "number_asked": 1.6,
    "number_offered": 0.5,
    "amount_asked": 1.05,
    "amount_offered": 1.05,
    "size_asked": 0.3,
    "size_offered": 0.2,
    "measure_asked": 0.1,
    "measure_offered": 0.4,
}
"""Contradictions, counted only where both texts have such figures."""
UNDER_HEADINGS = 2.0
"""Weight of the words of the headings a category stands under."""
HEADING = 2.0
"""What a heading loses: nobody offers a heading, but one of the entries below it."""
ENOUGH_DIAMETERS = 3
SAME_CODE = 0.5
"""Relevance of a pair that shares nothing but its classification code."""


def score(shared: Shared, headings: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the score and the relevance of each row, both 0..1.

    `headings` marks rows that are headings (1.0), None in a catalogue without. Relevance leaves
    figures out: a wrong size is still about the same thing.
    """
    asked, offered = np.maximum(shared.asked, 1e-6), np.maximum(shared.offered, 1e-6)
    of_asked = np.minimum(shared.common / asked, 1)
    of_offered = np.minimum(shared.common / offered, 1)
    both = (shared.asked > 0) & (shared.offered > 0)
    words = {
        "words": shared.cosines[:, 0],
        "letters": shared.cosines[:, 1],
        "written": shared.cosines[:, 2],
        "prefix_asked": of_asked[:, PREFIX],
        "prefix_offered": of_offered[:, PREFIX],
        "stub_asked": of_asked[:, STUB],
        "stub_offered": of_offered[:, STUB],
        "head": of_asked[:, HEAD],
    }
    agree = sum(weight * words[name] for name, weight in WORDS.items())
    full = sum(WORDS.values())
    relevance = np.clip(np.maximum(agree / full, SAME_CODE * of_asked[:, MARK]), 0, 1)
    figures = {
        "size_asked": of_asked[:, SIZE],
        "measure_asked": of_asked[:, MEASURE],
        "measure_offered": of_offered[:, MEASURE],
        "diameter_count": np.minimum(shared.counts[:, DIAMETER] / ENOUGH_DIAMETERS, 1),
        "mark": of_asked[:, MARK],
        "standard_asked": of_asked[:, STANDARD],
    }
    for name, weight in FIGURES.items():
        if shared.asked[BLOCKS.index(name.partition("_")[0])] > 0:
            agree = agree + weight * figures[name]
            full += weight
    if headings is not None:
        agree = agree + UNDER_HEADINGS * shared.cosines[:, 3] - HEADING * headings
        full += UNDER_HEADINGS
    clash = np.zeros_like(agree)
    for block in (NUMBER, AMOUNT, SIZE, MEASURE):
        name = BLOCKS[block]
        clash = clash + both[:, block] * (
            CLASH[f"{name}_asked"] * (1 - of_asked[:, block])
            + CLASH[f"{name}_offered"] * (1 - of_offered[:, block])
        )
    return np.clip((agree - clash) / full, 0, 1), relevance
