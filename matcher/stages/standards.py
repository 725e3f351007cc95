"""Are the named standards among the plant's, and do the stated sizes fit their scope?

Standards compare by number; different years ask. A buyer often names several (assortment,
technical conditions, steel): one that the plant has is enough to ask about the others, and one
that is not a standard of the product itself (welding, paint of the marks) refuses nothing.
"""

from collections.abc import Mapping
from functools import lru_cache

from catalog.records import Capability, Span
from catalog.standards import Standard, parse_standards, years_differ
from catalog.words import fold
from matcher import wording
from matcher.granting import Place, granted, not_offered
from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Verdict

STAGE = "standards"


@lru_cache(maxsize=10_000)
def parsed(name: str) -> Standard:
    """Return the standard a name speaks of; a name of no known form stands for itself."""
    found = parse_standards(name)
    return found[0] if found else Standard("", "".join(fold(name).split()))


def standards(pair: Pair) -> tuple[Evidence, ...]:
    """Compare the named standards with the plant's, then the sizes with the standards' scope."""
    scope = _scope(pair)
    if not pair.offer.capabilities or not pair.need.standards:
        return scope
    asked = tuple(dict.fromkeys(pair.need.standards))
    capability = pair.offer.capabilities.get("standards")
    if capability is None or not capability.names:
        return (*scope, not_offered(pair, STAGE, "standards", ", ".join(asked)))
    offered = {parsed(name).name: parsed(name) for name in sorted(capability.names)}
    known = any(parsed(name).name in offered for name in asked)
    return (*scope, *(_compare(pair, name, capability, offered, known=known) for name in asked))


def _compare(
    pair: Pair, name: str, capability: Capability, offered: Mapping[str, Standard], *, known: bool
) -> Evidence:
    """Compare one standard. One the plant has not refuses if it is one of the product's own and
    the plant has none of those named beside it."""
    shown = ", ".join(sorted(capability.names))
    standard = parsed(name)
    if standard.name not in offered:
        family = pair.offer.family
        listed = {parsed(rule.number).name for rule in family.standards} if family else set()
        own = not listed or standard.name in listed
        place: Place = "outside" if own and not known else "partly"
        return granted(pair, STAGE, "standards", place, capability, asked=name, offered=shown)
    if years_differ(standard, offered[standard.name]):
        return evidence(
            pair,
            STAGE,
            Verdict.CHECK,
            "year_differs",
            attribute="standards",
            asked=name,
            offered=shown,
            ask="plant",
        )
    return granted(pair, STAGE, "standards", "inside", capability, asked=name, offered=shown)


def _scope(pair: Pair) -> tuple[Evidence, ...]:
    """Ask the buyer where a stated size lies outside what the named standard covers."""
    family = pair.offer.family
    if family is None:
        return ()
    found: list[Evidence] = []
    rules = {parsed(rule.number).name: rule for rule in family.standards}
    for name in dict.fromkeys(pair.need.standards):
        rule = rules.get(parsed(name).name)
        if rule is None:
            continue
        for attribute, covered in rule.implies.items():
            stated = [v for v in pair.need.attributes.get(attribute, ()) if isinstance(v, Span)]
            if isinstance(covered, Span) and stated and not all(map(covered.meets, stated)):
                asked = wording.values(attribute, stated)
                shown = f"{name}: {wording.values(attribute, (covered,))}"
                found.append(
                    evidence(
                        pair,
                        STAGE,
                        Verdict.CHECK,
                        "standard_scope",
                        attribute=attribute,
                        asked=asked,
                        offered=shown,
                        ask="buyer",
                    )
                )
    return tuple(found)
