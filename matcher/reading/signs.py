"""What the signs around a number say: ranges, random lengths, dashes, a shell behind a stroke."""

from collections.abc import Sequence

from catalog.records import Span
from matcher.reading.text import Atom


def shell(atoms: Sequence[Atom], position: int, chain: Sequence[Span]) -> tuple[Span | None, int]:
    """Read the diameter of a shell behind a chain, «219х6/315»: larger than the pipe in it."""
    window = atoms[position : position + 2]
    if len(window) < 2 or window[0].text != "/" or window[0].end != window[1].start:
        return None, position
    value, pipe = window[1].value, chain[0].low
    if value is None or pipe is None or not pipe < value <= 3 * pipe + 100:
        return None, position
    return Span(value, value), position + 2


def range_end(atoms: Sequence[Atom], position: int) -> int | None:
    """Return where the upper number of a range stands: «–400», «...400», «до 400», «÷400»."""
    if position + 1 >= len(atoms):
        return None
    sign = atoms[position]
    if sign.text == "до" and atoms[position + 1].value is not None:
        return position + 1
    if sign.text in "-÷~" and atoms[position + 1].value is not None:
        glued_before = sign.start == atoms[position - 1].end
        glued_after = sign.end == atoms[position + 1].start
        return position + 1 if glued_before == glued_after else None
    if sign.text in {".", "…"}:
        while position < len(atoms) and atoms[position].text in {".", "…"}:
            position += 1
        dots = atoms[position - 1].end - sign.start
        if dots >= 2 and position < len(atoms) and atoms[position].value is not None:
            return position
    return None


def random(atoms: Sequence[Atom], position: int) -> bool:
    """Whether «+нд» (random lengths) follows."""
    return (
        position + 1 < len(atoms)
        and atoms[position].text == "+"
        and atoms[position + 1].text in {"нд", "н"}
    )


def dashed(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a number stands as in « -12»: a dash before it, a space before the dash."""
    if position < 2 or atoms[position - 1].text != "-":
        return False
    dash = atoms[position - 1]
    return dash.end == atoms[position].start and dash.start > atoms[position - 2].end
