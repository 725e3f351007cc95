"""The one rule by which a capability grants or refuses what is asked.

| what is asked lies | confirmed by the plant | reported or typical only |
|---|---|---|
| inside | `can` | `check`, ask the plant |
| partly inside | `check`, ask the buyer | `check`, ask the plant |
| outside | `cannot` | `check`, ask the plant |

A range nobody confirmed neither grants nor refuses: no one has said the plant stops there.
"""

from typing import Literal

from catalog.records import Capability, Standing
from matcher.pairs import Pair, evidence
from matcher.records import Asker, Evidence, Verdict

Place = Literal["inside", "partly", "outside"]
Grant = tuple[Verdict, str, Asker | None]

CONFIRMED: dict[Place, Grant] = {
    "inside": (Verdict.CAN, "inside", None),
    "partly": (Verdict.CHECK, "partly", "buyer"),
    "outside": (Verdict.CANNOT, "outside", None),
}
UNCONFIRMED: dict[Place, Grant] = {
    "inside": (Verdict.CHECK, "inside_unconfirmed", "plant"),
    "partly": (Verdict.CHECK, "partly", "plant"),
    "outside": (Verdict.CHECK, "outside_unconfirmed", "plant"),
}


def place_of(inside: list[bool], *, touches: bool = False) -> Place:
    """Tell where asked values lie, from whether each is inside; `touches` is a part of a range."""
    if all(inside):
        return "inside"
    return "partly" if touches or any(inside) else "outside"


def granted(
    pair: Pair,
    stage: str,
    attribute: str,
    place: Place,
    capability: Capability,
    *,
    asked: str,
    offered: str,
) -> Evidence:
    """Make the evidence of an attribute from the place of what is asked and who says so."""
    confirmed = capability.source.standing is Standing.CONFIRMED
    verdict, reason, ask = (CONFIRMED if confirmed else UNCONFIRMED)[place]
    return evidence(
        pair, stage, verdict, reason, attribute=attribute, asked=asked, offered=offered, ask=ask
    )


def not_offered(pair: Pair, stage: str, attribute: str, asked: str) -> Evidence:
    """Make the evidence of an attribute the plant says nothing of."""
    return evidence(
        pair,
        stage,
        Verdict.CHECK,
        "not_offered",
        attribute=attribute,
        asked=asked,
        ask="plant",
    )
