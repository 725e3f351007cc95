"""From evidence to a verdict: for one need against one offer, then for a lot of several needs.

`can` needs every piece of evidence to agree; one `cannot` refuses; everything else is `check`.
The rule is a fold over a set: the order of needs, attributes and evidence changes nothing.
"""

from collections.abc import Iterable, Sequence

from matcher.pairs import Pair, evidence
from matcher.pipeline import STAGES
from matcher.records import Evidence, Verdict


def weigh(pair: Pair) -> tuple[Evidence, ...]:
    """Put every stage's question to the pair, stopping at a gate that refuses."""
    found: list[Evidence] = []
    for stage in STAGES:
        said = stage.ask(pair)
        found.extend(said)
        if stage.gate and any(each.verdict is Verdict.CANNOT for each in said):
            break
    return tuple(found)


def verdict_of(found: Iterable[Evidence]) -> Verdict:
    """Return `cannot` if anything refuses, `can` if all agree, `check` otherwise and on nothing."""
    verdicts = {each.verdict for each in found}
    if Verdict.CANNOT in verdicts:
        return Verdict.CANNOT
    return Verdict.CAN if verdicts == {Verdict.CAN} else Verdict.CHECK


def decide(pairs: Sequence[Pair]) -> tuple[Verdict, tuple[Evidence, ...]]:
    """Decide an offer against all needs of a lot: `can` or `cannot` only where every need agrees.

    A lot that fits in part is `check` with a closing line that says how much of it fits.
    """
    weighed = [weigh(pair) for pair in pairs]
    verdicts = [verdict_of(found) for found in weighed]
    together = tuple(each for found in weighed for each in found)
    kinds = set(verdicts)
    if len(kinds) == 1:
        return verdicts[0], together
    if Verdict.CANNOT in kinds:
        fits = sum(verdict is not Verdict.CANNOT for verdict in verdicts)
        part = evidence(
            pairs[0],
            "lot",
            Verdict.CHECK,
            "part_of_lot",
            asked=str(fits),
            offered=str(len(pairs)),
            ask="buyer",
        )
        return Verdict.CHECK, (*together, part)
    return Verdict.CHECK, together
