"""The one scanner of sizes and quantities: atoms in, chains, keyed sizes and amounts out.

It knows how numbers are written («57*4», «Ду 100–400», «от 530 до 1420», «2,0+0,3», «12+нд»,
«не менее 8 мм») and which word announces them; what a chain means is for the family to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from catalog.records import Span
from matcher.reading.atoms import WRITTEN_UNITS, Atom
from matcher.reading.keywords import (
    AFTER_HIGH,
    AFTER_LOW,
    BEFORE_HIGH,
    BEFORE_LOW,
    BEHIND,
    LIST,
    NEGATED,
    NEGATIONS,
    SIGNED_KEYS,
)
from matcher.reading.signs import (
    both_bounds,
    closes,
    dashed,
    joins,
    joins_bounds,
    negative,
    random,
    range_end,
    reads_key,
    shell,
)

DIAMETERS = frozenset({"diameter", "dn", "outer"})
_LENGTHS = frozenset({"m", "km", "t", "pcs"})
"""Units of an amount behind a diameter: «Ду 100 – 300 м» is no range."""
MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0}
_BEHIND_LAST = 6
"""Atoms behind the last number that may still speak of it: its unit, «кем емес», `diameter`."""
_PATIENCE = 3
"""Plain words a key may wait for its number: «диаметр условного прохода трубы 100»."""
_NO_ALIASES: Mapping[str, str] = {}


class Size(NamedTuple):
    """A number with what announced it: `key` is None for a bare one, `unit` as folded.

    `after_chain` counts the chains before it, `after_size` where there is none the diameters that
    were announced; `bracketed` and `dashed` tell «(8,0)» and «-12».
    """

    span: Span
    key: str | None
    unit: str | None
    at: int
    after_chain: int = 0
    after_size: int = 0
    bracketed: bool = False
    dashed: bool = False
    negative: bool = False
    random: bool = False
    thousands: bool = False


class Chain(NamedTuple):
    """«820х10х12000»: the numbers of one size, with the key that announced the first.

    `shell` is the larger number behind a stroke: «219х6/315» of pre-insulated pipe.
    """

    values: tuple[Span, ...]
    key: str | None
    unit: str | None
    at: int
    shell: Span | None = None


@dataclass(slots=True)
class Scan:
    """All numbers of a text that mean something."""

    chains: list[Chain] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    """Where the scanner stands: the announced key, its qualifier, a bound, what came before."""

    key: str | None = None
    qualifier: str | None = None
    waited: int = 0
    used: bool = False
    low: bool = False
    high: bool = False
    negated: bool = False
    last: float | None = None
    brackets: int = 0
    diameters: set[Span] = field(default_factory=set)
    """Those announced one by one: «Ду 100 – 300 м, Ду 200 – 50 м»."""

    def forget(self) -> None:
        self.key = self.qualifier = None
        self.used = False
        self.waited = 0
        self.last = None

    def wear(self) -> None:
        """Take in a word that tells nothing: a key waits for its number for a few of them."""
        self.waited += 1
        self.low = self.high = self.negated = False
        if self.used or self.waited > _PATIENCE:
            self.forget()


def scan(atoms: Sequence[Atom], aliases: Mapping[str, str] = _NO_ALIASES) -> Scan:
    """Read every number of a text with its unit and the key that announces it.

    `aliases` gives further announcing words (stem to attribute key) of the family at hand.
    """
    found = Scan()
    if not atoms:
        return found
    state = _State()
    last = next((at for at in range(len(atoms) - 1, -1, -1) if atoms[at].value is not None), -1)
    atoms = atoms[: last + 1 + _BEHIND_LAST] if last >= 0 else ()
    position, end = 0, len(atoms)
    while position < end:
        atom = atoms[position]
        if atom.value is not None:
            position = _number(atoms, position, state, found)
            continue
        if atom.is_word:
            if atom.telling or atom.root in aliases:
                _word(atoms, position, state, found, aliases)
            else:
                state.wear()
        elif atom.telling:
            _sign(atoms, position, state)
        position += 1
    return found


def _word(
    atoms: Sequence[Atom], position: int, state: _State, found: Scan, aliases: Mapping[str, str]
) -> None:
    """Take in a word that may tell something: a key, a qualifier, a bound."""
    text = atoms[position].text
    if text == "no" and position + 1 < len(atoms) and atoms[position + 1].value is not None:
        _announce(state, "ignored")  # «школа №25 г. Алматы» is no 25 grams
        return
    if text in NEGATIONS:
        state.negated = True
        return
    key, qualifier = reads_key(atoms, position, aliases)
    if qualifier:
        state.qualifier = qualifier
        if state.key is None or state.used:
            state.forget()
            state.qualifier = qualifier
    elif key and text in BEHIND and _name_behind(position, key, found):
        state.forget()
    elif key:
        _announce(state, key)
    elif text in BEFORE_LOW or (state.negated and text in NEGATED["low"]):
        state.low = True
    elif text in BEFORE_HIGH or (state.negated and text in NEGATED["high"]):
        state.high = True
    elif text in AFTER_LOW or text in AFTER_HIGH:
        _bound_after(atoms, position, found)
    elif text not in LIST:
        state.wear()
    state.negated = False


def _name_behind(position: int, key: str, found: Scan) -> bool:
    """Give an English «1020 mm diameter» its key: it stands behind the number."""
    last = found.sizes[-1] if found.sizes else None
    if last is None or last.key is not None or last.unit not in MM or position - last.at > 3:
        return False
    found.sizes[-1] = last._replace(key=key)
    return True


def _announce(state: _State, key: str) -> None:
    """Set the key; «стенки» after «толщина» (or before «қалыңдығы») makes it the wall's."""
    if not state.used and {state.key, key} == {"thickness", "wall"}:
        key = "wall"
    elif state.used or state.key != key:
        qualifier = None if state.used else state.qualifier
        state.forget()
        state.qualifier = qualifier
    state.key, state.used, state.waited = key, False, 0


def _sign(atoms: Sequence[Atom], position: int, state: _State) -> None:
    sign = atoms[position].text
    if sign in "≥>":
        state.low = True
    elif sign in "≤<":
        state.high = True
    elif sign in "()":
        state.brackets += 1 if sign == "(" else -1
        if state.used:
            state.forget()
    elif sign == "." and not _glued(atoms, position) and state.used:
        state.forget()


def _glued(atoms: Sequence[Atom], position: int) -> bool:
    """Whether the next atom follows without a space."""
    return position + 1 < len(atoms) and not atoms[position + 1].apart


def _number(atoms: Sequence[Atom], position: int, state: _State, found: Scan) -> int:
    """Read a number with all that hangs on it; return the position behind it."""
    start = position
    if atoms[position - 1].is_word and _is_signed(atoms, position):
        return position + 1  # the index of «D1=315»
    span, unit, position = _value(
        atoms, position, merge_up_to=3 if state.key is None or state.used else 1
    )
    chain, chain_unit, after = _chain(atoms, position, span, unit)
    if len(chain) > 1:
        key = _qualified(state) if not state.used else None
        around, after = shell(atoms, after, chain)
        found.chains.append(Chain(tuple(chain), key, chain_unit, start, around))
        state.forget()
        state.low = state.high = False
        return after
    thousands = False
    if position < len(atoms) and atoms[position].text == "тыс":
        thousands, position = True, position + 1
        unit, position = _unit(atoms, position)
    span, unit, position = _range(atoms, position, span, unit, state)
    at_random = random(atoms, position)
    key = _key_for(state, span, unit)
    last = found.sizes[-1] if found.sizes else None
    if last is not None and joins_bounds(atoms, last.at, start):
        both = both_bounds(last.span, span)
        if both is not None and (unit == last.unit or last.unit is None):
            found.sizes[-1] = last._replace(span=both, unit=unit)
            state.low = state.high = False
            return position
    found.sizes.append(
        Size(
            span,
            key,
            unit,
            start,
            after_chain=len(found.chains),
            after_size=len(found.chains) or len(state.diameters),
            bracketed=state.brackets > 0 and closes(atoms, position),
            dashed=dashed(atoms, start),
            negative=negative(atoms, start),
            random=at_random,
            thousands=thousands,
        )
    )
    if key in DIAMETERS:
        state.diameters.add(span)
    if key:
        state.used, state.waited, state.last = True, 0, span.high or span.low
    state.low = state.high = False
    return position


def _value(
    atoms: Sequence[Atom], position: int, *, merge_up_to: int = 0
) -> tuple[Span, str | None, int]:
    """Read one number, its thousands («1 020»), its tolerance («2,0+0,3») and its unit."""
    span, text = atoms[position].span, atoms[position].text
    position += 1
    if position == len(atoms):
        return span, None, position
    while len(text) <= merge_up_to and text.isdigit() and _is_thousand(atoms, position, text):
        text += atoms[position].text
        value = float(text.replace(",", "."))
        span = Span(value, value)
        position += 1
    if (
        position + 1 < len(atoms)
        and atoms[position].text in "+±"
        and atoms[position + 1].value is not None
    ):
        position += 2
    unit, position = _unit(atoms, position)
    return span, unit, position


def _is_thousand(atoms: Sequence[Atom], position: int, text: str) -> bool:
    """Whether the next atom is a group of three digits of the same number: «1 020», «12 000»."""
    if position >= len(atoms) or len(text) not in {1, 2, 3} or text == "0":
        return False
    group = atoms[position]
    if group.value is None or group.apart != 1:
        return False
    return len(group.text.partition(",")[0].partition(".")[0]) == 3


def _unit(atoms: Sequence[Atom], position: int) -> tuple[str | None, int]:
    """Read the unit word after a number; «12 м.» and «10 т» alike."""
    if position >= len(atoms):
        return None, position
    atom = atoms[position]
    if atom.unit is None:
        return None, position
    if atom.is_word and atom.text not in WRITTEN_UNITS:
        if _is_signed(atoms, position):
            return None, position
        if atom.text == "г" and position + 1 < len(atoms) and atoms[position + 1].text == "/":
            return None, position  # «45 г/к» is hot-rolled, no grams
    return atom.unit, position + 1


def _is_signed(atoms: Sequence[Atom], position: int) -> bool:
    """Whether «=» follows: the «L» of «Ø250 L=700» and of «720х8 L-6000» is a key, no litres."""
    if position + 1 >= len(atoms) or atoms[position + 1].text not in {"=", "-"}:
        return False
    dash = atoms[position + 1].text == "-"
    return not dash or (atoms[position].text == "l" and _glued(atoms, position))


def _chain(
    atoms: Sequence[Atom], position: int, first: Span, unit: str | None
) -> tuple[list[Span], str | None, int]:
    """Read the further numbers of a chain: «×10», «х 10», «*10», with units between."""
    values = [first]
    while position + 1 < len(atoms) and len(values) < 6:
        sign, number = atoms[position], atoms[position + 1]
        if number.value is None or not (
            sign.text in {"×", "х", "x", "*"} or joins(atoms, position, values)
        ):
            break
        span, own, position = _value(atoms, position + 1, merge_up_to=0)
        values.append(span)
        unit = own if own in MM and (own != "m" or len(values) == 2) else unit
        if own == "m" and len(values) > 2 and span.low is not None:
            values[-1] = Span(span.low * 1000, span.low * 1000)
    return values, unit, position


def _range(
    atoms: Sequence[Atom], position: int, span: Span, unit: str | None, state: _State
) -> tuple[Span, str | None, int]:
    """Widen a number to the range it begins, or to the half-line a bound makes of it."""
    end = range_end(atoms, position)
    if end is not None:
        other, own, after = _value(atoms, end, merge_up_to=0)
        if other.low is not None and span.low is not None and other.low > span.low:
            if after < len(atoms) and atoms[after].text == "×":
                return span, unit, position
            if unit is None and own in _LENGTHS and state.key in DIAMETERS:
                return span, unit, position
            return Span(span.low, other.low), own or unit, after
    if state.low and not state.high:
        return Span(span.low, None), unit, position
    if state.high and not state.low:
        return Span(None, span.low), unit, position
    return span, unit, position


def _qualified(state: _State) -> str | None:
    """Return the announced key made exact: the outer, inner or nominal diameter."""
    if state.qualifier and state.key in {None, "diameter", "dn"}:
        return state.qualifier if state.key or state.qualifier == "dn" else None
    return state.key


def _key_for(state: _State, span: Span, unit: str | None) -> str | None:
    """Return the key a number belongs to; a later one of a list must be of the same order."""
    key = _qualified(state)
    if key is None or not state.used:
        return key
    value = span.high or span.low or 0.0
    like = state.last is not None and state.last / 5 <= value <= state.last * 5
    return key if like and unit in {None, "mm", "cm"} and key not in SIGNED_KEYS else None


def _bound_after(atoms: Sequence[Atom], position: int, found: Scan) -> None:
    """Apply «8 мм кем емес», «1020 мм дейін» to the number just read."""
    if not found.sizes or position - found.sizes[-1].at > 4:
        return
    last = found.sizes[-1]
    if last.span.low is None or last.span.low != last.span.high:
        return
    text = atoms[position].text
    following = atoms[position + 1].text if position + 1 < len(atoms) else ""
    if text in {"кем", "артық", "kam", "ko'p"} and following not in {
        "емес",
        "болмауы",
        "bo'lmagan",
    }:
        return
    low = text in AFTER_LOW
    span = Span(last.span.low, None) if low else Span(None, last.span.low)
    found.sizes[-1] = last._replace(span=span)
