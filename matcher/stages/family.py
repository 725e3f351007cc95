"""Gate: is it the same kind of product at all?"""

from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Verdict

STAGE = "family"


def dealing(pair: Pair) -> tuple[Evidence, ...]:
    """Refuse sales and used goods before anything is compared, so that the reason is this one."""
    if pair.need.bar is None or pair.offer.family_name is None:
        return ()
    return (evidence(pair, STAGE, Verdict.CANNOT, pair.need.bar, asked=pair.need.text[:80]),)


def family(pair: Pair) -> tuple[Evidence, ...]:
    """Refuse services, ruled-out phrases and other families; ask where a kind is not known."""
    need, offer = pair.need, pair.offer
    if need.service and offer.family_name is not None:
        return (evidence(pair, STAGE, Verdict.CANNOT, "service", asked=need.text[:80]),)
    offered = pair.title(offer.family_name)
    asked = pair.title(need.family)
    if offer.family_name in pair.ruled_out:
        return (evidence(pair, STAGE, Verdict.CANNOT, "ruled_out", asked=need.text[:80]),)
    if need.family is None and offer.family_name is None:
        return (evidence(pair, STAGE, Verdict.CHECK, "families_unknown", ask="buyer"),)
    if offer.family_name is None:
        verdict, reason = Verdict.CHECK, "product_family_unknown"
        return (evidence(pair, STAGE, verdict, reason, asked=asked, ask="plant"),)
    if offer.family_name in need.rivals or (need.family == offer.family_name and need.rivals):
        kinds = " / ".join(
            pair.title(name) or "" for name in dict.fromkeys((need.family, *need.rivals)) if name
        )
        verdict, reason = Verdict.CHECK, "family_unclear"
        return (evidence(pair, STAGE, verdict, reason, asked=kinds, offered=offered, ask="buyer"),)
    if need.family is None:
        verdict, reason = Verdict.CHECK, "family_unknown"
        return (evidence(pair, STAGE, verdict, reason, offered=offered, ask="buyer"),)
    if need.family == offer.family_name:
        verdict, reason = Verdict.CAN, "same_family"
    else:
        verdict, reason = Verdict.CANNOT, "other_family"
    return (evidence(pair, STAGE, verdict, reason, asked=asked, offered=offered),)
