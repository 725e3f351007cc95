"""Catalogues of categories: a code that continues another's (`01.11` → `01.11.03`) stands under it.

The words of its headings help to find an entry («КРУПЫ» over «ГРЕЧНЕВАЯ»); a heading itself is
seldom what anybody offers.
"""

import math
from collections.abc import Sequence

import numpy as np

from matcher.terms import Floats

PLACE = ("heading", "crowd", "siblings", "branch")
SEPARATOR = "."


def above(codes: Sequence[str]) -> list[tuple[int, ...]]:
    """Return for each code the places of the codes it stands under, the highest first."""
    places = {code: place for place, code in enumerate(codes)}
    return [_above(code, places) for code in codes]


def _above(code: str, places: dict[str, int]) -> tuple[int, ...]:
    found: list[int] = []
    end = code.find(SEPARATOR)
    while end > 0:
        place = places.get(code[:end])
        if place is not None:
            found.append(place)
        end = code.find(SEPARATOR, end + 1)
    return tuple(found)


def places(codes: Sequence[str], above: Sequence[Sequence[int]]) -> Floats | None:
    """Return for each entry its place in the tree, shape (entries, `PLACE`); None without a tree.

    `heading` is 1.0 for an entry others stand under. `crowd` is how unlikely an entry is if at
    every heading each way on is as likely as the others: minus the logarithm of that, in tens.
    `siblings` and `branch` are the logarithms of how many stand under the same heading and under
    the same heading of the second level, in tens. A branch that lists every reagent by name is
    no likelier to be bought from than one that names its goods in ten lines.
    """
    below = [0] * len(codes)
    under = [0] * len(codes)
    for listed in above:
        for place in listed:
            under[place] += 1
        if listed:
            below[listed[-1]] += 1
    if not any(below):
        return None
    out = np.zeros((len(codes), len(PLACE)), dtype=np.float32)
    for row, listed in enumerate(above):
        crowds = [math.log1p(below[place]) for place in listed]
        branch = math.log1p(under[listed[1]]) if len(listed) > 1 else 0.0
        out[row] = (below[row] > 0, sum(crowds) / 10, (crowds or [0])[-1] / 10, branch / 10)
    return out
