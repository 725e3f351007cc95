"""What the words and signs around a number say: keys, ranges, dashes, a shell behind a stroke."""

from collections.abc import Mapping, Sequence

from catalog.records import Span
from matcher.reading.atoms import Atom
from matcher.reading.diameters import OUTER_STEEL
from matcher.reading.keywords import SHORT


def reads_key(
    atoms: Sequence[Atom], position: int, aliases: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """Return the key or the qualifier that the word at `position` announces; at most one."""
    atom = atoms[position]
    if atom.text in SHORT:
        return (atom.key, None) if _announces(atoms, position) else (None, None)
    if atom.qualifier:
        return None, atom.qualifier
    return aliases.get(atom.root) or atom.key, None


def _announces(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a single letter is a size's sign: `d=800`, `d.50`, `d 110`, `D20`; not «д. 5»."""
    text = atoms[position].text
    after = atoms[position + 1] if position + 1 < len(atoms) else None
    if after is None:
        return False
    signed = after.text in {"=", ":"}
    glued = not after.apart
    if text == "s" and glued and after.value is not None:
        return True
    if text in {"s", "t", "δ", "б", "p", "р"}:
        return signed
    if text == "l" and glued and after.text == "-":
        return position + 2 < len(atoms) and atoms[position + 2].value is not None
    if text == "д":
        return signed or (glued and after.value is not None) or _millimetres(atoms, position)
    return signed or after.value is not None or (after.text == "." and glued)


def _millimetres(atoms: Sequence[Atom], position: int) -> bool:
    """Whether «д.20мм»: a number with millimetres stands behind the letter and its dot."""
    window = atoms[position + 1 : position + 4]
    return any(a.value is not None for a in window) and any(a.text in {"мм", "mm"} for a in window)


def shell(atoms: Sequence[Atom], position: int, chain: Sequence[Span]) -> tuple[Span | None, int]:
    """Read the diameter of a shell behind a chain, «219х6/315»: larger than the pipe in it."""
    window = atoms[position : position + 2]
    if len(window) < 2 or window[0].text != "/" or window[1].apart:
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
        glued_before, glued_after = not sign.apart, not atoms[position + 1].apart
        return position + 1 if glued_before == glued_after else None
    if sign.text in {".", "…"}:
        first = position
        while position < len(atoms) and atoms[position].text in {".", "…"}:
            position += 1
        if position > first + 1 and position < len(atoms) and atoms[position].value is not None:
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
    return not atoms[position].apart and atoms[position - 1].apart > 0


def negative(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a number stands as in «, -5 т»: a minus glued to it behind a comma or the like.

    Behind a word the same sign is a dash: «краска -50 кг».
    """
    if position < 2 or atoms[position - 1].text != "-":
        return False
    return not atoms[position].apart and atoms[position - 2].text in {",", ";", ":", "(", "="}


def runs(atoms: Sequence[Atom]) -> int:
    """Return how many pipes lie side by side: 2 for «2Ду 500» and «2d=530», else 1.

    The count stands at once before the sign of a diameter, as designers of heating mains write it;
    «2xDN500» and «в двухтрубном исполнении» say the same.
    """
    if any(atom.text.startswith(_TWO_PIPED) for atom in atoms if atom.is_word):
        return 2
    for count, sign, size in zip(atoms, atoms[1:], atoms[2:], strict=False):
        if (
            count.text in _COUNTS
            and sign.text in _SIDE_BY_SIDE
            and not sign.apart
            and (size.value is not None or size.text in {"=", "-"})
        ):
            return int(count.text)
    return 1


_TWO_PIPED = ("двухтрубн", "двухниточн", "екіқұбырлы")
_COUNTS = frozenset({"2", "3", "4"})
_SIDE_BY_SIDE = frozenset({"ду", "dу", "dy", "dn", "дн", "dh", "d", "д", "ø", "ф"})
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
    glued = not sign.apart and not number.apart
    if sign.text != "-" or not glued or size not in OUTER_STEEL or size < _LEAST_OUTER:
        return False
    after = atoms[position + 2 : position + 4]
    if len(after) == 2 and after[0].text == "-" and after[1].value is not None:
        return False  # «720-10-12» is a number of some paper
    before = atoms[position - 2].text if position >= 2 else ""
    return before not in {"-", "/", "№"} and 1 <= other <= min(_THICKEST, size / 8)


def joins_bounds(atoms: Sequence[Atom], first: int, second: int) -> bool:
    """Whether only bounds and units stand between two numbers: «не менее 10 м и не более 12 м»."""
    if not 1 < second - first <= 9 or atoms[second - 1].text not in _BETWEEN_BOUNDS:
        return False
    return all(each.text in _BETWEEN_BOUNDS for each in atoms[first + 1 : second])


def both_bounds(one: Span, other: Span) -> Span | None:
    """Return the range two half-lines make: «не менее 10 м и не более 12 м»; None where none."""
    low = one.low if one.high is None else other.low if other.high is None else None
    high = one.high if one.low is None else other.high if other.low is None else None
    return Span(low, high) if low is not None and high is not None and low < high else None


def closes(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a bracket ends behind a number: «(8,0)», and not «(3ПЭ)», a coating's name."""
    return position < len(atoms) and atoms[position].text == ")"
