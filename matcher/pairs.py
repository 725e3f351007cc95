"""The pair a stage looks at: one need against one offer, and how its evidence is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.family import Family
from catalog.records import Capability, FamilyName, Product
from matcher import wording
from matcher.deriving import Derived
from matcher.records import Asker, Evidence, Need, Verdict


@dataclass(frozen=True, slots=True)
class Offer:
    """A product made ready for deciding. `row` is its place in the catalogue.

    `kinds` is the product's own family, or those its name and capability can mean where it states
    none; empty is unknown. `family_name` is the one of them, None where they are several or none;
    it may be known while the family's data are not (`family` None).
    """

    row: int
    product: Product
    family_name: FamilyName | None = None
    family: Family | None = None
    kinds: tuple[FamilyName, ...] = ()
    capabilities: Mapping[str, Capability] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """One need against one offer. `relevance` 0..1 is how much the texts share; `titles` names
    families in Russian; `derived` is what follows from the stated attributes by table; `ruled_out`
    are families the need's text names as what it is not."""

    need: Need
    offer: Offer
    relevance: float = 1.0
    derived: Mapping[str, Derived] = field(default_factory=dict)
    titles: Mapping[FamilyName, str] = field(default_factory=dict)
    ruled_out: frozenset[FamilyName] = frozenset()

    def title(self, family: FamilyName | None) -> str | None:
        """Name a family in Russian."""
        return None if family is None else self.titles.get(family, family)


def evidence(
    pair: Pair,
    stage: str,
    verdict: Verdict,
    reason: str,
    *,
    attribute: str | None = None,
    asked: str | None = None,
    offered: str | None = None,
    ask: Asker | None = None,
) -> Evidence:
    """Make a piece of evidence with its Russian sentence. A `check` must say whom to ask."""
    if verdict is Verdict.CHECK and ask is None:
        raise ValueError(f"{stage}/{reason}: a check must say whom to ask")
    return Evidence(
        need=pair.need.index,
        stage=stage,
        attribute=attribute,
        asked=asked,
        offered=offered,
        verdict=verdict,
        reason=reason,
        because=wording.sentence(reason, attribute, asked, offered),
        ask=ask,
    )
