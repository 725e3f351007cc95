"""Notes on what cannot be: absurd sizes and statements of one notice that contradict another."""

from collections.abc import Mapping, Sequence

from catalog.family import Family
from catalog.records import Span
from matcher.reading.diameters import agree
from matcher.reading.fitting import impossible, number
from matcher.records import Note, Value

STRENGTH = {"PE100": 10.0, "PE80": 8.0, "PE63": 6.3}
"""MRS, the least long-term strength at 20 °C in MPa, by the grade's own name (ISO 12162)."""
WATER, GAS = 1.25, 2.0
"""Safety coefficient C: of water pipe (ГОСТ 18599-2001, ISO 4427) and the least one of gas pipe
(ГОСТ Р 50838-2009, ГОСТ Р 58121.2-2018), where the buyer may set a higher one."""
_WALL_SHARE = 0.12
"""A PE wall may differ from D/SDR by this share, and half a millimetre: rows are rounded up."""
_PRESSURE_SHARE = 0.12
"""A nominal pressure is rounded to its row; the next one (PN 8, 10, 12.5, 16) is 20 % off."""
_WIDEST = 4000.0
"""Millimetres: no pipe or bar is wider; «10 км» for a diameter is a misprint. A family whose own
`plausible` allows more (a light pole of 14 m) is asked first."""
_SIZES = ("outer_diameter_mm", "nominal_diameter_mm", "width_mm", "height_mm", "wall_mm")


def check(
    attributes: Mapping[str, Sequence[Value]], family: Family | None, *, gas: bool = False
) -> tuple[Note, ...]:
    """Return what is absurd or contradictory in the attributes of one need; ask the buyer.

    `gas` says that polyethylene pipe is for gas, where another safety coefficient rules.
    """
    if not attributes:
        return ()
    notes = _absurd(attributes, family)
    if impossible(attributes):
        wall = number(attributes["wall_mm"]) or 0.0
        notes.append(Note("wall_too_thick", "wall_mm", f"{wall:g}", "buyer"))
    if "sdr" in attributes:
        notes += _polyethylene(attributes, gas=gas)
    nominal = _one(attributes, "nominal_diameter_mm")
    outer = _one(attributes, "outer_diameter_mm") if nominal else None
    if nominal and outer and not agree(nominal, outer):
        asked = f"DN {nominal:g}, D {outer:g}"
        notes.append(Note("nominal_against_outer", "outer_diameter_mm", asked, "buyer"))
    return tuple(dict.fromkeys(notes)) if notes else ()


def _one(attributes: Mapping[str, Sequence[Value]], key: str) -> float | None:
    return number(attributes.get(key))


def _absurd(attributes: Mapping[str, Sequence[Value]], family: Family | None) -> list[Note]:
    notes = []
    for key in _SIZES:
        if key not in attributes:
            continue
        rule = family.attributes.get(key) if family is not None else None
        if family is not None and rule is None:
            continue  # «Цемент М500 Д0»: no size of such goods
        for value in attributes[key]:
            if not isinstance(value, Span):
                continue
            ends = [end for end in (value.low, value.high) if end is not None]
            beyond = (
                rule is not None
                and rule.plausible is not None
                and (not rule.plausible.meets(value))
            )
            bounded = rule is not None and rule.plausible is not None and not beyond
            if any(end <= 0 or (end > _WIDEST and not bounded) for end in ends):
                notes.append(Note("absurd_size", key, _written(value), "buyer"))
            elif beyond:
                notes.append(Note("implausible_size", key, _written(value), "buyer"))
    return notes


def _written(span: Span) -> str:
    low = "" if span.low is None else f"{span.low:g}"
    high = "" if span.high is None else f"{span.high:g}"
    return low if low == high else f"{low}..{high}"


def _polyethylene(attributes: Mapping[str, Sequence[Value]], *, gas: bool) -> list[Note]:
    """Cross-check SDR, wall and PN of polyethylene: wall ≈ D/SDR and the pressure below."""
    sdr = _one(attributes, "sdr")
    if not sdr or sdr <= 1:
        return []
    notes = []
    outer, wall = _one(attributes, "outer_diameter_mm"), _one(attributes, "wall_mm")
    if outer and wall and abs(wall - outer / sdr) > max(0.6, _WALL_SHARE * outer / sdr):
        asked = f"D {outer:g}, SDR {sdr:g}, s {wall:g}"
        notes.append(Note("sdr_against_wall", "wall_mm", asked, "buyer"))
    pressure = _one(attributes, "nominal_pressure_bar")
    grades = [g for g in attributes.get("pe_grade", ()) if isinstance(g, str)]
    reason = None if pressure is None else _pressure_fault(pressure, sdr, grades, gas=gas)
    if reason is not None:
        asked = ", ".join([*grades, f"SDR {sdr:g}", f"PN {pressure:g}"])
        notes.append(Note(reason, "nominal_pressure_bar", asked, "buyer"))
    return notes


def _pressure_fault(pressure: float, sdr: float, grades: Sequence[str], *, gas: bool) -> str | None:
    """Compare PN in bar with 20 · MRS / (C · (SDR - 1)), the formula of ISO 4427 and ГОСТ 18599.

    Without a grade it is enough that one grade fits. A gas pipe may be run below what it holds.
    """
    stresses = [STRENGTH[g] for g in grades if g in STRENGTH] or list(STRENGTH.values())
    held = [20 * each / ((GAS if gas else WATER) * (sdr - 1)) for each in stresses]
    if pressure > max(held) * (1 + _PRESSURE_SHARE):
        return "sdr_against_pressure"
    if not gas and pressure < min(held) * (1 - _PRESSURE_SHARE):
        return "pressure_below_sdr"
    fits = any(abs(pressure - each) <= _PRESSURE_SHARE * each for each in held)
    return None if gas or fits else "pressure_below_sdr"
