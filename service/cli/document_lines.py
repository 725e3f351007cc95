"""What a run did with documents, in a line."""

from service.digest.cleaning import cut
from service.jobs.documents import DocumentsRead

_LONGEST = 200


def documents_line(done: DocumentsRead) -> str:
    """Say how many files were read and what became of the rest; nothing where none were due."""
    if not done.states and not done.waiting:
        return ""
    states = ", ".join(f"{count} {state.value}" for state, count in sorted(done.states.items()))
    parts = [f"Documents  {states or 'none settled'}"]
    if done.waiting:
        parts.append(f"{done.waiting} wait for the next run")
    if done.reason:
        parts.append(cut(done.reason, _LONGEST))
    return "; ".join(parts)


def document_record(done: DocumentsRead) -> dict[str, object]:
    """The same as JSON."""
    return {
        "outcome": done.outcome.value,
        "reason": done.reason,
        "states": {state.value: count for state, count in sorted(done.states.items())},
        "waiting": done.waiting,
    }
