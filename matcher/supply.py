"""How much of an offer a lot asks for, and the evidence of what was assumed to say so."""

from collections.abc import Mapping, Sequence

from catalog.family import Family
from catalog.records import FamilyName
from matcher.pairs import Offer, Pair, evidence
from matcher.quantities import quantity_of, together
from matcher.records import Evidence, Need, NeedKind, PlantQuantity, Verdict


def supplied(
    needs: Sequence[Need], offer: Offer, families: Mapping[FamilyName, Family]
) -> tuple[PlantQuantity, tuple[Evidence, ...]]:
    """Return the quantity of several needs in plant units and the assumptions as evidence.

    An assumption in works (a wall nobody stated) is something to ask; a density is not.
    """
    quantities: list[PlantQuantity] = []
    found: list[Evidence] = []
    for need in needs:
        quantity, assumed = quantity_of(need, _family(need, offer, families))
        quantities.append(quantity)
        implied = need.kind is not NeedKind.STATED
        found.extend(
            evidence(
                Pair(need, offer),
                "quantity",
                Verdict.CHECK if implied else Verdict.CAN,
                "estimated",
                asked=each,
                ask="buyer" if implied else None,
            )
            for each in assumed
        )
    return together(quantities), tuple(found)


def _family(need: Need, offer: Offer, families: Mapping[FamilyName, Family]) -> Family | None:
    """Return the family whose formula turns the need into the offer's units.

    It is the offer's own where the need may mean it: a steel pipe never shows tonnes reckoned by
    the SDR of polyethylene. Nothing is worked out for an offer of another kind.
    """
    if offer.family_name is None:
        return None if need.family is None else families.get(need.family)
    kin = need.family is None or offer.family_name in {need.family, *need.rivals}
    return offer.family if kin else None
