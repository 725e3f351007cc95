"""The stages of a decision as a table, in the order their evidence is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from matcher.pairs import Pair
from matcher.records import Evidence
from matcher.stages.dimensions import dimensions
from matcher.stages.family import dealing, family
from matcher.stages.names import names
from matcher.stages.notes import notes
from matcher.stages.relevance import relevance
from matcher.stages.standards import standards
from matcher.stages.unstated import unstated


@dataclass(frozen=True, slots=True)
class Stage:
    """One question of the decision. A refusing `gate` ends it: nothing behind is looked at."""

    name: str
    ask: Callable[[Pair], tuple[Evidence, ...]]
    gate: bool = False


STAGES = (
    Stage("dealing", dealing, gate=True),
    Stage("relevance", relevance, gate=True),
    Stage("family", family, gate=True),
    Stage("dimensions", dimensions),
    Stage("names", names),
    Stage("standards", standards),
    Stage("unstated", unstated),
    Stage("notes", notes),
)
