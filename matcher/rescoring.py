"""The second look at the best candidates: what is shared, weighed into one score.

`WEIGHTS` were learned on one half of the public labelled rows and measured on the other
(tests/matcher/learn_weights.py); a signal that agrees adds, a contradiction takes away. A number
or amount takes away only where both texts have some: «краска, 5 л» against «краска» is no clash.
"""

from collections.abc import Mapping

import numpy as np

from matcher.retrieval import Shared
from matcher.terms import AMOUNT, BLOCKS, CODE, HEAD, NUMBER, PREFIX, STEM, Floats

AGREE = {
    "words": 4.8,
    "letters": 1.8,
    "everything": 6.4,
    "head": 1.2,
    "prefix_asked": 2.5,
    "prefix_offered": 1.0,
}
CLASH = {
    "number_asked": 2.2,
    "number_offered": 1.3,
    "amount_asked": 1.0,
    "amount_offered": 1.0,
    "code_asked": 0.4,
    "code_offered": 0.2,
}


def features(shared: Shared) -> Mapping[str, Floats]:
    """Return each signal per row, 0..1: agreements first, then clashes."""
    asked = np.maximum(shared.asked, 1e-6)
    offered = np.maximum(shared.offered, 1e-6)
    of_asked = np.minimum(shared.common / asked, 1)
    of_offered = np.minimum(shared.common / offered, 1)
    both = (shared.asked > 0) & (shared.offered > 0)
    found: dict[str, Floats] = {
        "words": shared.cosines[:, 0],
        "letters": shared.cosines[:, 1],
        "everything": shared.cosines[:, 2],
        "stem_asked": of_asked[:, STEM],
        "stem_offered": of_offered[:, STEM],
        "prefix_asked": of_asked[:, PREFIX],
        "prefix_offered": of_offered[:, PREFIX],
        "head": of_asked[:, HEAD],
    }
    for block in (NUMBER, AMOUNT, CODE):
        found[f"{BLOCKS[block]}_asked"] = both[:, block] * (1 - of_asked[:, block])
        found[f"{BLOCKS[block]}_offered"] = both[:, block] * (1 - of_offered[:, block])
    return found


def score(shared: Shared) -> tuple[Floats, Floats]:
    """Return the score and the relevance of each row, both 0..1.

    Relevance leaves the clashes out: a wrong size is still about the same thing.
    """
    found = features(shared)
    full = sum(AGREE.values())
    agree = sum(weight * found[name] for name, weight in AGREE.items()) / full
    clash = sum(weight * found[name] for name, weight in CLASH.items()) / full
    return np.clip(agree - clash, 0, 1), np.clip(agree, 0, 1)
