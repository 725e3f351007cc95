"""Are the named standards among the plant's, and do the stated sizes fit their scope?

Standards compare by number; different years ask. A buyer often names several (assortment,
technical conditions, steel): one that the plant has is enough to ask about the others, and one
that is not a standard of the product itself (welding, paint of the marks) refuses nothing.
"""

import re
from collections.abc import Mapping

from catalog.records import Capability, Span
from matcher import wording
from matcher.granting import Place, granted, not_offered
from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Verdict

STAGE = "standards"
_YEAR = re.compile(r"^(.*\d[\d.]*)\s*[-–:]\s*(\d{4}|\d{2})$")
_WORDS = str.maketrans({"ё": "е"})


def split(standard: str) -> tuple[str, int | None]:
    """Split «ГОСТ 10704-91» into its folded number and its year, None where none is given."""
    text = " ".join(standard.split())
    match = _YEAR.match(text)
    number, year = (match[1], match[2]) if match else (text, None)
    folded = re.sub(r"[\s\-]+", "", number.casefold().translate(_WORDS))
    folded = folded.replace("gost", "гост").replace("мемст", "гост")
    if year is None:
        return folded, None
    value = int(year)
    if value < 100:
        value += 1900 if value > 40 else 2000
    return folded, value


def standards(pair: Pair) -> tuple[Evidence, ...]:
    """Compare the named standards with the plant's, then the sizes with the standards' scope."""
    scope = _scope(pair)
    if not pair.offer.capabilities or not pair.need.standards:
        return scope
    asked = tuple(dict.fromkeys(pair.need.standards))
    capability = pair.offer.capabilities.get("standards")
    if capability is None or not capability.names:
        return (*scope, not_offered(pair, STAGE, "standards", ", ".join(asked)))
    offered = dict(split(name) for name in sorted(capability.names))
    known = any(split(name)[0] in offered for name in asked)
    return (*scope, *(_compare(pair, name, capability, offered, known=known) for name in asked))


def _compare(
    pair: Pair, name: str, capability: Capability, offered: Mapping[str, int | None], *, known: bool
) -> Evidence:
    """Compare one standard. One the plant has not refuses if it is one of the product's own and
    the plant has none of those named beside it."""
    shown = ", ".join(sorted(capability.names))
    number, year = split(name)
    if number not in offered:
        family = pair.offer.family
        listed = {split(rule.number)[0] for rule in family.standards} if family else set()
        own = not listed or number in listed
        place: Place = "outside" if own and not known else "partly"
        return granted(pair, STAGE, "standards", place, capability, asked=name, offered=shown)
    theirs = offered[number]
    if year is not None and theirs is not None and year != theirs:
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
    rules = {split(rule.number)[0]: rule for rule in family.standards}
    for name in dict.fromkeys(pair.need.standards):
        rule = rules.get(split(name)[0])
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
