"""What follows from the stated attributes by table: an outer diameter from DN, SDR from wall or PN.

A derived value is compared where the plant states that attribute and the buyer did not; evidence
says that it was derived. Nothing here is shown as stated by the buyer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.family import Family
from catalog.records import Span
from matcher import wording
from matcher.diameters import (
    pressure_of_sdr,
    sdr_of_pressure,
    sdr_of_wall,
    steel_nominal,
    steel_outer,
)
from matcher.records import Need, Value


@dataclass(frozen=True, slots=True)
class Derived:
    """Values that follow, with the stated attribute they follow from and how it was written."""

    values: tuple[Value, ...]
    source: str
    asked: str
    reason: str


def single(given: tuple[Value, ...]) -> float | None:
    """Return the number when exactly one is stated, None otherwise."""
    if len(given) == 1 and isinstance(given[0], Span) and given[0].low == given[0].high:
        return given[0].low
    return None


def grade(need: Need) -> str | None:
    """Return the polyethylene grade when exactly one is stated."""
    names = need.attributes.get("pe_grade", ())
    return names[0] if len(names) == 1 and isinstance(names[0], str) else None


def _exact(*numbers: float) -> tuple[Value, ...]:
    return tuple(Span(each, each) for each in numbers)


def _steel(need: Need) -> dict[str, Derived]:
    """Outer diameters of every stated DN, or the DN of a stated outer diameter."""
    found: dict[str, Derived] = {}
    nominal = need.attributes.get("nominal_diameter_mm", ())
    outer = need.attributes.get("outer_diameter_mm", ())
    if nominal and not outer:
        rows = [_steel_outer_span(each) for each in nominal if isinstance(each, Span)]
        if rows and all(rows):
            found["outer_diameter_mm"] = Derived(
                tuple(value for row in rows for value in row),
                "nominal_diameter_mm",
                "Ду " + wording.values("", nominal),
                "taken_as_dn",
            )
    if outer and not nominal:
        size = single(outer)
        row = None if size is None else steel_nominal(size)
        if row is not None:
            found["nominal_diameter_mm"] = Derived(
                _exact(row),
                "outer_diameter_mm",
                wording.values("outer_diameter_mm", outer),
                "derived",
            )
    return found


def _steel_outer_span(nominal: Span) -> tuple[Value, ...]:
    """Outer diameters of one DN, or of both ends of a range of DN; empty where unlisted."""
    ends = [end for end in (nominal.low, nominal.high) if end is not None]
    outers = [steel_outer(end) for end in ends]
    if not all(outers):
        return ()
    if nominal.low == nominal.high:
        return _exact(*outers[0])
    low = None if nominal.low is None else min(outers[0])
    high = None if nominal.high is None else max(outers[-1])
    return (Span(low, high),)


def _polyethylene(need: Need) -> dict[str, Derived]:
    """SDR from diameter and wall, else from PN and grade; PN from SDR and grade; DN is D."""
    found: dict[str, Derived] = {}
    stated = need.attributes
    if "nominal_diameter_mm" in stated and "outer_diameter_mm" not in stated:
        given = stated["nominal_diameter_mm"]
        found["outer_diameter_mm"] = Derived(
            given, "nominal_diameter_mm", "DN " + wording.values("", given), "derived"
        )
    outer = single(stated.get("outer_diameter_mm", ()))
    wall = single(stated.get("wall_mm", ()))
    pressure = single(stated.get("nominal_pressure_bar", ()))
    sdr = single(stated.get("sdr", ()))
    if "sdr" not in stated and outer is not None and wall is not None:
        sdr = sdr_of_wall(outer, wall)
        if sdr is not None:
            asked = wording.values("wall_mm", stated["wall_mm"])
            found["sdr"] = Derived(_exact(sdr), "wall_mm", asked, "derived")
    elif "sdr" not in stated and pressure is not None:
        sdr = sdr_of_pressure(pressure, grade(need))
        if sdr is not None:
            asked = "PN " + wording.values("nominal_pressure_bar", stated["nominal_pressure_bar"])
            found["sdr"] = Derived(_exact(sdr), "nominal_pressure_bar", asked, "derived")
    if sdr is not None and "nominal_pressure_bar" not in stated:
        bar = pressure_of_sdr(sdr, grade(need))
        if bar is not None:
            found["nominal_pressure_bar"] = Derived(_exact(bar), "sdr", f"SDR {sdr:g}", "derived")
    return found


TABLES = {"steel_pipe_mass": _steel, "pe_pipe_mass": _polyethylene}


def derive(need: Need, family: Family | None) -> Mapping[str, Derived]:
    """Return what follows from the need's attributes for goods of this family."""
    if family is None or family.formula is None:
        return {}
    table = TABLES.get(family.formula)
    return {} if table is None else table(need)


EQUIVALENT = {
    "nominal_diameter_mm": frozenset({"outer_diameter_mm"}),
    "outer_diameter_mm": frozenset({"nominal_diameter_mm"}),
    "wall_mm": frozenset({"sdr"}),
    "sdr": frozenset({"nominal_pressure_bar"}),
    "nominal_pressure_bar": frozenset({"sdr"}),
}
"""Attributes that say the same thing, where `derive` could work one out from the other."""
