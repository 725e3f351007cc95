"""Which families a text rules out by name: «дымовая труба» is no pipe of a mill."""

from collections.abc import Mapping

from catalog.family import Family
from catalog.records import FamilyName
from catalog.words import fold
from matcher.reading.recognising import Words, index_of, text_stems
from matcher.records import Need

WINDOW = 3
"""Words between which the parts of a phrase may stand."""
LONGEST = 4_000


def ruled_out(need: Need, families: Mapping[FamilyName, Family]) -> frozenset[FamilyName]:
    """Return the families whose `never` phrases stand in the need's text.

    Only asked where no family was recognised: a text that names its goods is judged by them.
    """
    if need.family is not None:
        return frozenset()
    words = Words(text_stems(fold(need.text[:LONGEST])))
    hits = words.hits(index_of(families).never, WINDOW)
    return frozenset(phrase.family for phrase, _ in hits)
