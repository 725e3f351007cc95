"""Gate: do the texts share enough for the pair to be looked at?"""

from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Verdict

LEAST = 0.12
"""Below this share of common text the pair is no candidate. Offers of the need's own family are
candidates whatever the words: «Болат құбыр» shares no word with «труба стальная»."""


def relevance(pair: Pair) -> tuple[Evidence, ...]:
    """Refuse a pair whose texts share too little, unless both are of one known family."""
    if _one_family(pair) or pair.relevance >= LEAST:
        return ()
    return (evidence(pair, "relevance", Verdict.CANNOT, "no_shared_words"),)


def _one_family(pair: Pair) -> bool:
    name = pair.offer.family_name
    return name is not None and (name == pair.need.family or name in pair.need.rivals)
