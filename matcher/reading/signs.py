"""What the signs around a number say: ranges, random lengths, dashes, a shell behind a stroke."""

from collections.abc import Sequence

from catalog.records import Span
from matcher.reading.diameters import OUTER_STEEL
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


_LEAST_OUTER, _THICKEST = 57, 40
_MILLIMETRES = frozenset({"мм", "mm", "см", "cm"})
_BETWEEN_BOUNDS = frozenset({"и", "но", "and", "but", ",", ";", "(", ")", "≥", "≤", ">", "<"}) | {
    *("не", "менее", "более", "ниже", "выше", "меньше", "больше", "короче", "свыше", "от", "до"),
    *("min", "max", "мин", "макс", "м", "мм", "см", "m", "mm"),
}


def joins(atoms: Sequence[Atom], position: int, chain: Sequence[Span]) -> bool:
    """Whether a dash or «на» joins a number to a second one: «1220-14-К60», «89 на 4 мм».

    A dash only behind a diameter of steel pipe and before a wall it can have, glued on both sides;
    «на» never before a quantity or a year («на 20 м», «на 2026 год»).
    """
    sign, number = atoms[position], atoms[position + 1]
    behind = atoms[position + 2] if position + 2 < len(atoms) else None
    size, other = chain[0].low, number.value
    if len(chain) > 1 or size is None or other is None:
        return False
    if sign.text == "на":
        return behind is None or not behind.is_word or behind.text in _MILLIMETRES
    glued = sign.start == atoms[position - 1].end and sign.end == number.start
    if sign.text != "-" or not glued or size not in OUTER_STEEL or size < _LEAST_OUTER:
        return False
    after = atoms[position + 2 : position + 4]
    if len(after) == 2 and after[0].text == "-" and after[1].value is not None:
        return False  # «720-10-12» is a number of some paper
    before = atoms[position - 2].text if position >= 2 else ""
    return before not in {"-", "/", "№"} and 1 <= other <= min(_THICKEST, size / 8)


def joins_bounds(atoms: Sequence[Atom], first: int, second: int) -> bool:
    """Whether only bounds and units stand between two numbers: «не менее 10 м и не более 12 м»."""
    between = atoms[first + 1 : second]
    return 0 < len(between) <= 8 and all(each.text in _BETWEEN_BOUNDS for each in between)
