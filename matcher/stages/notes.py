"""What was found wrong while reading: contradictions inside the notice, absurd sizes."""

from matcher.pairs import Pair, evidence
from matcher.records import Evidence, Verdict

STAGE = "notes"


def notes(pair: Pair) -> tuple[Evidence, ...]:
    """Pass on the reader's notes; one that has somebody to ask forces `check`."""
    return tuple(
        evidence(
            pair,
            STAGE,
            Verdict.CAN if note.ask is None else Verdict.CHECK,
            note.reason,
            attribute=note.attribute,
            asked=note.asked,
            ask=note.ask,
        )
        for note in pair.need.notes
    )
