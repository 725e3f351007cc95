"""Gate: is it the same kind of product at all?"""

from collections.abc import Sequence

from catalog.records import FamilyName
from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Verdict

STAGE = "family"


def dealing(pair: Pair) -> tuple[Evidence, ...]:
    """Refuse sales and used goods before anything is compared, so that the reason is this one."""
    if pair.need.bar is None or not pair.offer.kinds:
        return ()
    return (evidence(pair, STAGE, Verdict.CANNOT, pair.need.bar, asked=pair.need.text[:80]),)


def family(pair: Pair) -> tuple[Evidence, ...]:
    """Refuse services, ruled-out phrases and other families; ask where a kind is not known."""
    need, offer = pair.need, pair.offer
    if need.service and offer.kinds:
        return (evidence(pair, STAGE, Verdict.CANNOT, "service", asked=need.text[:80]),)
    offered = _named(pair, offer.kinds)
    asked = pair.title(need.family)
    if offer.kinds and pair.ruled_out.issuperset(offer.kinds):
        return (evidence(pair, STAGE, Verdict.CANNOT, "ruled_out", asked=need.text[:80]),)
    if need.family is None and not offer.kinds:
        return (evidence(pair, STAGE, Verdict.CHECK, "families_unknown", ask="buyer"),)
    if not offer.kinds:
        verdict, reason = Verdict.CHECK, "product_family_unknown"
        return (evidence(pair, STAGE, verdict, reason, asked=asked, ask="plant"),)
    wanted = [name for name in dict.fromkeys((need.family, *need.rivals)) if name is not None]
    meets = any(name in wanted for name in offer.kinds)
    if meets and len(wanted) > 1:
        verdict, reason, kinds = Verdict.CHECK, "family_unclear", _named(pair, wanted)
        return (evidence(pair, STAGE, verdict, reason, asked=kinds, offered=offered, ask="buyer"),)
    if meets and len(offer.kinds) > 1:
        verdict, reason = Verdict.CHECK, "product_family_unclear"
        return (evidence(pair, STAGE, verdict, reason, asked=asked, offered=offered, ask="plant"),)
    if need.family is None:
        verdict, reason = Verdict.CHECK, "family_unknown"
        return (evidence(pair, STAGE, verdict, reason, offered=offered, ask="buyer"),)
    if meets:
        verdict, reason = Verdict.CAN, "same_family"
    else:
        verdict, reason = Verdict.CANNOT, "other_family"
    return (evidence(pair, STAGE, verdict, reason, asked=asked, offered=offered),)


def _named(pair: Pair, kinds: Sequence[FamilyName]) -> str | None:
    """Name families in Russian, None for none."""
    return " / ".join(pair.title(name) or name for name in kinds) or None
