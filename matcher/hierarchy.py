"""Catalogues of categories: a code that continues another's (`01.11` → `01.11.03`) stands under it.

The words of its headings help to find an entry («КРУПЫ» over «ГРЕЧНЕВАЯ»); a heading itself is
seldom what anybody offers.
"""

from collections.abc import Collection, Sequence

import numpy as np

from matcher.terms import Floats

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


def marked(places: Collection[int], size: int) -> Floats:
    """Return 1.0 at the given places and 0.0 elsewhere."""
    out = np.zeros(size, dtype=np.float32)
    out[list(places)] = 1
    return out
