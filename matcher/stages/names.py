"""Are the stated names among those the plant offers: steel grade, coating, PE grade, colour?"""

import re
from collections.abc import Mapping

from catalog.records import Span
from matcher import wording
from matcher.granting import granted, not_offered, place_of
from matcher.pairs import Pair
from matcher.records import Evidence

STAGE = "names"

_LOOKALIKES = str.maketrans("авекмнорстухё", "abekmhopctyxe")
_FILLER = re.compile(r"[\s\-–_./]+")
_STEEL = re.compile(r"^(?:ctaль|mapka|ct)(?=[0-9])")


def plain(name: str, written: Mapping[str, str]) -> str:
    """Reduce a name to what must be equal: canonical form, no case, blanks or look-alike letters.

    «Ст 20», «ст20» and «20» are one steel; «09Г2С» typed with a Latin C is still 09Г2С.
    """
    canonical = written.get(name, written.get(name.casefold(), name))
    folded = _FILLER.sub("", canonical.casefold()).translate(_LOOKALIKES)
    return _STEEL.sub("", folded)


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
    offered = {plain(name, forms) for name in capability.names}
    place = place_of([plain(name, forms) in offered for name in asked])
    shown = wording.values(attribute, sorted(capability.names))
    return granted(pair, STAGE, attribute, place, capability, asked=written, offered=shown)
