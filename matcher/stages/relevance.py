"""Gate: do the texts share enough for the pair to be looked at?"""

from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Verdict
from matcher.ruling import shares_a_noun

LEAST = 0.12
"""Below this share of common text the pair is no candidate. Offers of the need's own family are
candidates whatever the words: «Болат құбыр» shares no word with «труба стальная»."""
LEAST_OF_A_KIND = 0.4
"""The same for an offer whose kind is known and whose kind the text does not name: without it a
plant of facades is asked about fresh cabbage, for a word and a few letters in common."""


def relevance(pair: Pair) -> tuple[Evidence, ...]:
    """Refuse a pair whose texts share too little, unless both are of one known family."""
    if _one_family(pair) or (pair.need.family and pair.relevance >= LEAST):
        return ()
    if pair.relevance >= (LEAST_OF_A_KIND if pair.offer.kinds else LEAST) and (_may_be_named(pair)):
        return ()
    return (evidence(pair, "relevance", Verdict.CANNOT, "no_shared_words"),)


def _may_be_named(pair: Pair) -> bool:
    """Whether the text may mean an offer of a known kind under a name nobody listed."""
    offer = pair.offer
    return not offer.kinds or shares_a_noun(pair.need.text, offer.product.name, offer.family)


def _one_family(pair: Pair) -> bool:
    return any(name == pair.need.family or name in pair.need.rivals for name in pair.offer.kinds)
