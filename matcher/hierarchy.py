"""Catalogues of categories: a code that continues another's (`01.11` → `01.11.03`) stands under it.

The words of its headings help to find an entry («КРУПЫ» over «ГРЕЧНЕВАЯ»); a heading itself is
seldom what anybody offers.
"""

import math
from collections.abc import Sequence

import numpy as np

from catalog.words import fold, stems
from matcher.reading.intents import intent_of
from matcher.reading.recognising import Words
from matcher.records import LotText
from matcher.terms import Floats

PLACE = ("heading", "crowd", "siblings", "branch", "activity")
ACTIVITY = PLACE.index("activity")
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


ACTIVITIES = frozenset(stems("работы услуги жұмыстар қызметтер ishlar xizmatlar works services"))
"""How the headings begin under which nothing is sold but work."""


def places(
    codes: Sequence[str], names: Sequence[str], above: Sequence[Sequence[int]]
) -> Floats | None:
    """Return for each entry its place in the tree, shape (entries, `PLACE`); None without a tree.

    `heading` is 1.0 for an entry others stand under. `crowd` is how unlikely an entry is if at
    every heading each way on is as likely as the others: minus the logarithm of that, in tens.
    `siblings` and `branch` are the logarithms of how many stand under the same heading and under
    the same heading of the second level, in tens. A branch that lists every reagent by name is
    no likelier to be bought from than one that names its goods in ten lines. `activity` is 1.0
    for works and services, by the name of the heading at the top.
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
        top = listed[0] if listed else row
        out[row] = (
            below[row] > 0,
            sum(crowds) / 10,
            (crowds or [0])[-1] / 10,
            branch / 10,
            not ACTIVITIES.isdisjoint(stems(names[top])[:1]),
        )
    return out


def asks_activity(lot: LotText) -> bool:
    """Whether a lot's title or category asks for work to be done rather than for goods."""
    intent = intent_of(Words(fold(lot.title)), lot.category)
    return intent.works or intent.service
