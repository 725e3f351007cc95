"""What decides but was not said: by the buyer, or by the plant."""

from catalog.records import Span
from matcher import wording
from matcher.deriving import EQUIVALENT
from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Verdict

STAGE = "unstated"


def unstated(pair: Pair) -> tuple[Evidence, ...]:
    """Ask the buyer for every deciding attribute the need does not state."""
    family, offer = pair.offer.family, pair.offer
    if not offer.capabilities:
        return (evidence(pair, STAGE, Verdict.CHECK, "no_capability", ask="plant"),)
    found: list[Evidence] = []
    if not pair.need.attributes and not pair.need.standards:
        found.append(evidence(pair, STAGE, Verdict.CHECK, "nothing_stated", ask="buyer"))
    if family is None:
        return tuple(found)
    for key, rule in family.attributes.items():
        if not rule.decides or _stated(pair, key):
            continue
        capability = offer.capabilities.get(key)
        given = None if capability is None else (capability.spans or sorted(capability.names))
        offered = None if given is None else wording.values(key, given)
        reason = "not_stated_nor_offered" if offered is None else "not_stated"
        found.append(
            evidence(
                pair,
                STAGE,
                Verdict.CHECK,
                reason,
                attribute=key,
                offered=offered,
                ask="buyer",
            )
        )
    return tuple(found)


def _stated(pair: Pair, key: str) -> bool:
    """Whether the need states the attribute, or something it follows from."""
    if key == "standards":
        return bool(pair.need.standards)
    stated = pair.need.attributes
    given = stated.get(key, ())
    if any(not isinstance(value, Span) or value != Span() for value in given):
        return True
    return key in pair.derived or any(
        other in stated and key in EQUIVALENT.get(other, ()) and other in pair.offer.capabilities
        for other in EQUIVALENT
    )
