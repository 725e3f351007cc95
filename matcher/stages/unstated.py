"""What decides but was not said: by the buyer, or by the plant."""

from catalog.records import Span
from matcher import wording
from matcher.pairs import Pair, evidence
from matcher.records import Asker, Evidence, Need, NeedKind, Verdict

STAGE = "unstated"
OPEN = "left_open"
"""Under this name stands what says nothing for or against: it moves no score."""
LEFT_OPEN = frozenset({"steel_grade", "pe_grade", "coating", "color", "color_ral", "length_m"})
"""What a buyer may leave open: one who names no grade takes any. Sizes are never left open."""
NAMED_OPEN = ("steel_grade", "pe_grade", "coating", "color")
"""Of these the evidence says aloud that they were left open and what the plant makes."""
SAME = (frozenset({"outer_diameter_mm", "nominal_diameter_mm", "inner_diameter_mm"}),)
SAME_OF_POLYETHYLENE = (*SAME, frozenset({"sdr", "wall_mm", "nominal_pressure_bar"}))
"""Attributes any one of which answers for the others: SDR is D/e, and PN follows from it."""


def unstated(pair: Pair) -> tuple[Evidence, ...]:
    """Ask the buyer for every deciding attribute the need does not state."""
    family, offer = pair.offer.family, pair.offer
    if not offer.capabilities:
        return (evidence(pair, STAGE, Verdict.CHECK, "no_capability", ask="plant"),)
    found: list[Evidence] = []
    if not pair.need.attributes and not pair.need.standards:
        found.append(evidence(pair, STAGE, Verdict.CHECK, "nothing_stated", ask="buyer"))
    if pair.need.kind is NeedKind.IMPLIED and not _measured(pair.need):
        ask: Asker = "buyer" if pair.need.documented else "document"
        found.append(evidence(pair, STAGE, Verdict.CHECK, "works_unmeasured", ask=ask))
    if family is None:
        return tuple(found)
    for key, rule in family.attributes.items():
        if not rule.decides or key in LEFT_OPEN or _stated(pair, key):
            continue
        if _asked_already(found, key):
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
    return (*found, *_left_open(pair))


def _measured(need: Need) -> bool:
    """Whether works say how much they take: a length, an area, a count. A size is no measure."""
    return need.quantity is not None or "length_m" in need.attributes


def _left_open(pair: Pair) -> tuple[Evidence, ...]:
    """Say which grade or coating was not stated: unknown is never silently `can`."""
    return tuple(
        evidence(
            pair,
            OPEN,
            Verdict.CAN,
            "left_open",
            attribute=key,
            offered=wording.values(key, sorted(pair.offer.capabilities[key].names)),
        )
        for key in NAMED_OPEN
        if key in pair.offer.capabilities
        and pair.offer.capabilities[key].names
        and not _stated(pair, key)
    )


def _asked_already(found: list[Evidence], key: str) -> bool:
    """Whether the other name of the same size has been asked for: one question is enough."""
    return any(key in each and any(one.attribute in each for one in found) for each in SAME)


def _stated(pair: Pair, key: str) -> bool:
    """Whether the need states the attribute, or another that says the same thing."""
    if key == "standards":
        return bool(pair.need.standards)
    same = SAME_OF_POLYETHYLENE if _polyethylene(pair) else SAME
    group = next((each for each in same if key in each), frozenset({key}))
    return any(value != Span() for each in group for value in pair.need.attributes.get(each, ()))


def _polyethylene(pair: Pair) -> bool:
    family = pair.offer.family
    return family is not None and family.formula == "pe_pipe_mass"
