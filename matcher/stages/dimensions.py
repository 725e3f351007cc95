"""Are the stated numbers inside what the plant makes: diameters, wall, length, pressure, SDR?"""

from collections.abc import Sequence

from catalog.records import Capability, Span
from matcher import wording
from matcher.deriving import EQUIVALENT, Derived
from matcher.granting import Place, granted, not_offered, place_of
from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Need, Value, Verdict

STAGE = "dimensions"
CONTRADICTED = {
    "sdr_against_wall": frozenset({"sdr", "wall_mm"}),
    "sdr_against_pressure": frozenset({"sdr", "nominal_pressure_bar"}),
    "pressure_below_sdr": frozenset({"sdr", "nominal_pressure_bar"}),
    "nominal_against_outer": frozenset({"nominal_diameter_mm", "outer_diameter_mm"}),
}
"""Notes of the reader to the sizes of which one must be wrong, nobody knows which."""


_LISTED = frozenset({"outer_diameter_mm", "nominal_diameter_mm", "inner_diameter_mm"})
"""Of these «до 1020 мм» means every size up to it, one lot of many pipes; of a wall or a pressure a
bound is met by any size inside it."""


def dimensions(pair: Pair) -> tuple[Evidence, ...]:
    """Compare every stated number, or what follows from it, with the capability of that name."""
    offered = pair.offer.capabilities
    if not offered:
        return ()
    doubted = doubted_sizes(pair.need)
    found: list[Evidence] = []
    for attribute, given in pair.need.attributes.items():
        if attribute in doubted:
            continue
        if attribute not in offered and _compared_as_another(pair, attribute):
            continue
        found.extend(_compare(pair, attribute, given))
    for attribute, derived in pair.derived.items():
        if {attribute, derived.source} & doubted:
            continue
        if attribute in offered and derived.source not in offered:
            found.append(_followed(pair, attribute, derived))
            found.extend(_compare(pair, attribute, derived.values))
    return (*found, *_neither(pair))


def _neither(pair: Pair) -> tuple[Evidence, ...]:
    """Refuse a bare diameter that is made neither as written nor as a nominal one.

    «Диаметр 500» may be DN 500, which is 530 outside, or 500: nobody knows which, but a mill of
    820 makes neither.
    """
    capability = pair.offer.capabilities.get("outer_diameter_mm")
    derived = pair.derived.get("outer_diameter_mm")
    if (
        derived is None
        or capability is None
        or not any(note.reason == "taken_as_nominal" for note in pair.need.notes)
    ):
        return ()
    either = (*pair.need.attributes.get("nominal_diameter_mm", ()), *derived.values)
    spans = [value for value in either if isinstance(value, Span)]
    if any(offer.meets(each) for each in spans for offer in capability.spans):
        return ()
    return _compare(pair, "outer_diameter_mm", spans)


def doubted_sizes(need: Need) -> frozenset[str]:
    """Return the sizes that a note says cannot be right: a misprint refuses nobody."""
    found: set[str] = set()
    for note in need.notes:
        if note.ask is not None:
            found |= CONTRADICTED.get(note.reason, frozenset())
            found |= {note.attribute} if note.attribute is not None else set()
    return frozenset(found)


def _compared_as_another(pair: Pair, attribute: str) -> bool:
    """Whether the plant states an equivalent of the attribute, compared in its place."""
    return any(
        other in pair.offer.capabilities
        and (other in pair.need.attributes or other in pair.derived)
        for other in EQUIVALENT.get(attribute, ())
    )


def _followed(pair: Pair, attribute: str, derived: Derived) -> Evidence:
    """Say that a value was not stated but follows by table, and from what."""
    offered = wording.values("", derived.values)
    asked = derived.asked
    if derived.reason == "derived":
        asked, offered = offered, asked
    return evidence(
        pair,
        STAGE,
        Verdict.CAN,
        derived.reason,
        attribute=attribute,
        asked=asked,
        offered=offered,
    )


def _compare(pair: Pair, attribute: str, given: Sequence[Value]) -> tuple[Evidence, ...]:
    asked = [value for value in given if isinstance(value, Span)]
    if not asked:
        return ()
    written = wording.values(attribute, asked)
    capability = pair.offer.capabilities.get(attribute)
    if capability is None or not capability.spans:
        return (not_offered(pair, STAGE, attribute, written),)
    offered = wording.values(attribute, capability.spans)
    place = position(asked, capability, bounds=attribute not in _LISTED)
    return (granted(pair, STAGE, attribute, place, capability, asked=written, offered=offered),)


def position(asked: Sequence[Span], capability: Capability, *, bounds: bool = False) -> Place:
    """Tell whether the asked spans lie inside the offered ones, partly, or wholly outside.

    With `bounds` an open end is a bound that any one size inside it meets: «не менее 8 мм».
    """
    inside = [
        any(
            offer.meets(each) if bounds and None in (each.low, each.high) else offer.holds(each)
            for offer in capability.spans
        )
        for each in asked
    ]
    touches = any(offer.meets(each) for each in asked for offer in capability.spans)
    return place_of(inside, touches=touches)
