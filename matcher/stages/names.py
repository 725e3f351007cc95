"""Are the stated names among those the plant offers: steel grade, coating, PE grade, colour?"""

import re
from collections.abc import Mapping
from functools import lru_cache

from catalog.records import Span
from matcher import wording
from matcher.granting import granted, not_offered, place_of
from matcher.pairs import Pair
from matcher.reading.grades import canonical_grade
from matcher.records import Evidence

STAGE = "names"

_LOOKALIKES = str.maketrans("авекмнорстухё", "abekmhopctyxe")
_FILLER = re.compile(r"[\s\-–_./]+")
_STEEL = re.compile(r"^(?:ctaль|mapka|ct)(?=[0-9])")


_ORDINARY = re.compile(r"ct[0-6](?:[a-zа-я]{1,3}[1-6]?)?")


@lru_cache(maxsize=10_000)
def canonical(name: str) -> str:
    """Return a steel grade in the one writing the reader of notices uses."""
    return canonical_grade(name)


def plain(name: str, written: Mapping[str, str], attribute: str = "") -> str:
    """Reduce a name to what must be equal: canonical form, no case, blanks or look-alike letters.

    «Ст 20», «ст20» and «20» are one steel; «09Г2С» typed with a Latin C is still 09Г2С.
    """
    canonical_name = written.get(name, written.get(name.casefold(), name))
    if attribute == "steel_grade":
        canonical_name = canonical(canonical_name)
        folded = _FILLER.sub("", canonical_name.casefold()).translate(_LOOKALIKES)
        return folded if _ORDINARY.fullmatch(folded) else _STEEL.sub("", folded)
    return _FILLER.sub("", canonical_name.casefold()).translate(_LOOKALIKES)


def contains(offered: str, asked: str) -> bool:
    """Whether an ordinary steel is one the buyer takes: Ст3 leaves its deoxidation and category to
    the maker (ГОСТ 380-2005), so Ст3сп5 is a Ст3."""
    return offered == asked or (
        _ORDINARY.fullmatch(asked) is not None and offered.startswith(asked)
    )


def names(pair: Pair) -> tuple[Evidence, ...]:
    """Compare every stated name with the capability of that attribute."""
    if not pair.offer.capabilities:
        return ()
    found: list[Evidence] = []
    for attribute, given in pair.need.attributes.items():
        asked = [value for value in given if not isinstance(value, Span)]
        if asked:
            found.append(_compare(pair, attribute, asked))
    return tuple(found)


def _compare(pair: Pair, attribute: str, asked: list[str]) -> Evidence:
    written = wording.values(attribute, asked)
    capability = pair.offer.capabilities.get(attribute)
    if capability is None or not capability.names:
        return not_offered(pair, STAGE, attribute, written)
    family = pair.offer.family
    rule = None if family is None else family.attributes.get(attribute)
    forms = {} if rule is None else rule.names
    offered = {plain(name, forms, attribute) for name in capability.names}
    wanted = [plain(name, forms, attribute) for name in asked]
    inside = [any(contains(made, name) for made in offered) for name in wanted]
    near = any(contains(name, made) for made in offered for name in wanted)
    place = place_of(inside, touches=near)
    shown = wording.values(attribute, sorted(capability.names))
    return granted(pair, STAGE, attribute, place, capability, asked=written, offered=shown)
