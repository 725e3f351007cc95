"""Notes on what cannot be: absurd sizes and statements of one notice that contradict another."""

from collections.abc import Mapping, Sequence

from catalog.family import Family
from catalog.records import Span
from matcher.reading.diameters import agree
from matcher.reading.fitting import impossible, number
from matcher.records import Note, Value

MAXIMUM_STRESS = {"PE100": 8.0, "PE80": 6.3, "PE63": 5.0}
"""Design stress in MPa, MRS over C = 1.25 (ГОСТ 18599-2001, annex; ISO 4427)."""
_WALL_SHARE = 0.12
"""A PE wall may differ from D/SDR by this share, and half a millimetre: rows are rounded up."""
_PRESSURE_SHARE = 0.15
_WIDEST = 4000.0
"""Millimetres: no pipe or bar is wider; «10 км» for a diameter is a misprint."""
_SIZES = ("outer_diameter_mm", "nominal_diameter_mm", "width_mm", "height_mm", "wall_mm")


def check(attributes: Mapping[str, Sequence[Value]], family: Family | None) -> tuple[Note, ...]:
    """Return what is absurd or contradictory in the attributes of one need; ask the buyer."""
    notes = [*_absurd(attributes, family)]
    if impossible({key: list(values) for key, values in attributes.items()}):
        wall = number(tuple(attributes["wall_mm"])) or 0.0
        notes.append(Note("wall_too_thick", "wall_mm", f"{wall:g}", "buyer"))
    notes += _polyethylene(attributes)
    nominal, outer = _one(attributes, "nominal_diameter_mm"), _one(attributes, "outer_diameter_mm")
    if nominal and outer and not agree(nominal, outer):
        asked = f"DN {nominal:g}, D {outer:g}"
        notes.append(Note("nominal_against_outer", "outer_diameter_mm", asked, "buyer"))
    return tuple(dict.fromkeys(notes))


def _one(attributes: Mapping[str, Sequence[Value]], key: str) -> float | None:
    return number(tuple(attributes.get(key, ())))


def _absurd(attributes: Mapping[str, Sequence[Value]], family: Family | None) -> list[Note]:
    notes = []
    for key in _SIZES:
        rule = family.attributes.get(key) if family is not None else None
        for value in attributes.get(key, ()):
            if not isinstance(value, Span):
                continue
            ends = [end for end in (value.low, value.high) if end is not None]
            beyond = (
                rule is not None
                and rule.plausible is not None
                and (not rule.plausible.meets(value))
            )
            if any(end <= 0 or end > _WIDEST for end in ends):
                notes.append(Note("absurd_size", key, _written(value), "buyer"))
            elif beyond:
                notes.append(Note("implausible_size", key, _written(value), "buyer"))
    return notes


def _written(span: Span) -> str:
    low = "" if span.low is None else f"{span.low:g}"
    high = "" if span.high is None else f"{span.high:g}"
    return low if low == high else f"{low}..{high}"


def _polyethylene(attributes: Mapping[str, Sequence[Value]]) -> list[Note]:
    """Cross-check SDR, wall and PN of polyethylene: wall ≈ D/SDR, PN = 20·σ/(SDR − 1)."""
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
    stress = MAXIMUM_STRESS.get(grades[0]) if len(grades) == 1 else None
    if pressure and stress:
        allowed = 20 * stress / (sdr - 1)
        if pressure > allowed * (1 + _PRESSURE_SHARE):
            asked = f"{grades[0]}, SDR {sdr:g}, PN {pressure:g}"
            notes.append(Note("sdr_against_pressure", "nominal_pressure_bar", asked, "buyer"))
    return notes
