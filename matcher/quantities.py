"""How much of a plant's unit a need asks for: tonnes, metres, square metres, litres, pieces.

Formulas are named in the family's TOML. Every figure is stated, follows from stated ones, or
rests on an assumption; then `estimated` is set and the assumption is named.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.family import Family
from catalog.records import Product, Span
from catalog.units import convert
from matcher import wording
from matcher.deriving import derive, single
from matcher.records import Need, NeedKind, PlantQuantity

STEEL_KG = 0.0246615
"""kg per metre and mm² of t·(D−t): π · 7850 kg/m³ / 10⁶ (ГОСТ 10704-91, note to table 1)."""
PE_DENSITY_KG_M3 = 955.0
"""Pressure polyethylene is 950–960 kg/m³ (ГОСТ 18599-2001)."""

UNIT_OF = {
    "tonnes": "t",
    "metres": "m",
    "square_metres": "m2",
    "litres": "l",
    "pieces": "pcs",
}
"""Measure to its unit as named by `catalog.units`."""
MEASURES = tuple(UNIT_OF)
USED = frozenset({"outer_diameter_mm", "sdr"})
"""Derived sizes a formula looks at; another derived one changes no quantity."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """What one piece, metre or litre of the need is in the other measures; None is unknown."""

    kg_per_metre: float | None = None
    kg_per_litre: float | None = None
    kg_per_piece: float | None = None
    metres_per_piece: float | None = None
    square_metres_per_piece: float | None = None


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes a formula may use, and what had to be assumed to have them."""

    numbers: Mapping[str, float]
    assumed: tuple[str, ...] = ()

    def get(self, key: str) -> float | None:
        return self.numbers.get(key)


def steel_pipe_kg_per_metre(outer_mm: float, wall_mm: float) -> float:
    """Return kg per metre of round steel pipe: 0.0246615 · t · (D − t), sizes in mm."""
    return STEEL_KG * wall_mm * (outer_mm - wall_mm)


def pe_pipe_kg_per_metre(outer_mm: float, wall_mm: float, density: float) -> float:
    """Return kg per metre of polyethylene pipe: π · (D − e) · e · ρ, sizes in mm, ρ in kg/m³."""
    return math.pi * (outer_mm - wall_mm) * wall_mm * density / 1e6


def _pipe(sizes: Sizes, family: Family) -> Ratios:
    outer, wall = sizes.get("outer_diameter_mm"), sizes.get("wall_mm")
    sound = outer is not None and wall is not None and 0 < wall < outer / 2
    if outer is None or wall is None or not sound:
        return Ratios(metres_per_piece=sizes.get("length_m"))
    if family.formula == "pe_pipe_mass":
        density = family.constants.get("density_kg_m3", PE_DENSITY_KG_M3)
        return Ratios(
            kg_per_metre=pe_pipe_kg_per_metre(outer, wall, density),
            metres_per_piece=sizes.get("length_m"),
        )
    return Ratios(
        kg_per_metre=steel_pipe_kg_per_metre(outer, wall), metres_per_piece=sizes.get("length_m")
    )


def _area(sizes: Sizes, family: Family) -> Ratios:
    width, height = sizes.get("width_mm"), sizes.get("height_mm")
    each = width * height / 1e6 if width and height else None
    return Ratios(square_metres_per_piece=each, kg_per_piece=family.constants.get("mass_kg"))


def _paint(sizes: Sizes, family: Family) -> Ratios:
    density = family.constants.get("density_kg_l")
    piece = sizes.get("mass_kg")
    litres = sizes.get("volume_l")
    if piece is None and litres is not None and density is not None:
        piece = litres * density
    return Ratios(kg_per_litre=density, kg_per_piece=piece)


def _piece(sizes: Sizes, family: Family) -> Ratios:
    return Ratios(
        kg_per_piece=sizes.get("mass_kg") or family.constants.get("mass_kg"),
        metres_per_piece=sizes.get("length_m"),
    )


FORMULAS: Mapping[str, Callable[[Sizes, Family], Ratios]] = {
    "steel_pipe_mass": _pipe,
    "pe_pipe_mass": _pipe,
    "area": _area,
    "paint_mass": _paint,
    "piece_mass": _piece,
}


def sizes_of(need: Need, family: Family) -> Sizes:
    """Collect single sizes: stated, then derived by table, then assumed for implied needs."""
    numbers = {
        key: size for key, given in need.attributes.items() if (size := single(given)) is not None
    }
    assumed: list[str] = []
    for key, derived in derive(need, family).items():
        first = derived.values[0] if derived.values else None
        needed = key in USED and key not in numbers
        if needed and isinstance(first, Span) and first.low is not None:
            numbers[key] = first.low
            assumed.append(f"{wording.title(key)} {wording.number(first.low)}: {derived.asked}")
    if need.kind is not NeedKind.STATED:
        for key, value in family.works.assume.items():
            if key not in numbers and isinstance(value, int | float):
                numbers[key] = float(value)
                assumed.append(f"{wording.title(key)} {wording.values(key, (_exact(value),))}")
    outer, sdr = numbers.get("outer_diameter_mm"), numbers.get("sdr")
    if "wall_mm" not in numbers and outer is not None and sdr:
        numbers["wall_mm"] = outer / sdr
        assumed.append(f"толщина стенки {wording.number(round(outer / sdr, 1))} мм: D/SDR")
    return Sizes(numbers, tuple(assumed))


def _exact(value: float) -> Span:
    return Span(float(value), float(value))


def _times(amount: Decimal | None, ratio: float | None) -> Decimal | None:
    return None if amount is None or not ratio else amount * Decimal(str(ratio))


def _over(amount: Decimal | None, ratio: float | None) -> Decimal | None:
    return None if amount is None or not ratio else amount / Decimal(str(ratio))


def fill(known: Mapping[str, Decimal], ratios: Ratios) -> dict[str, Decimal | None]:
    """Work the other measures out of the known one by the ratios. Nothing known stays nothing."""
    have: dict[str, Decimal | None] = {key: known.get(key) for key in MEASURES}

    def put(measure: str, value: Decimal | None) -> None:
        if have[measure] is None and value is not None:
            have[measure] = value

    per_metre = None if ratios.kg_per_metre is None else ratios.kg_per_metre / 1000
    per_litre = None if ratios.kg_per_litre is None else ratios.kg_per_litre / 1000
    per_piece = None if ratios.kg_per_piece is None else ratios.kg_per_piece / 1000
    put("metres", _times(have["pieces"], ratios.metres_per_piece))
    put("tonnes", _times(have["metres"], per_metre))
    put("tonnes", _times(have["litres"], per_litre))
    put("tonnes", _times(have["pieces"], per_piece))
    put("metres", _over(have["tonnes"], per_metre))
    put("litres", _over(have["tonnes"], per_litre))
    put("square_metres", _times(have["pieces"], ratios.square_metres_per_piece))
    put("pieces", _over(have["square_metres"], ratios.square_metres_per_piece))
    put("pieces", _over(have["metres"], ratios.metres_per_piece))
    return have


def measured(value: Decimal, unit: str | None) -> dict[str, Decimal]:
    """Return a stated amount in the one measure its unit belongs to; empty where in none."""
    for measure, base in UNIT_OF.items():
        converted = None if unit is None else convert(value, unit, base)
        if converted is not None:
            return {measure: converted}
    return {}


def _mass_taken(sizes: Sizes, family: Family) -> bool:
    """Whether the mass of a piece is the family's usual one, since nobody stated it."""
    stated = family.formula == "piece_mass" and sizes.get("mass_kg")
    return family.formula in {"piece_mass", "area"} and "mass_kg" in family.constants and not stated


def quantity_of(need: Need, family: Family | None) -> tuple[PlantQuantity, tuple[str, ...]]:
    """Return a need's quantity in every measure that follows, and the assumptions made for it."""
    stated = need.quantity
    if stated is None or not stated.value.is_finite() or stated.value < 0:
        return PlantQuantity(), ()
    quantity = PlantQuantity(stated=stated.value, unit=stated.unit)
    known = measured(stated.value, stated.unit)
    if stated.unit == "pack" and need.attributes.keys() & {"mass_kg", "volume_l"}:
        known = {"pieces": stated.value}  # «1,9 кг, 200 банок»: the mass is that of one
    if not known:
        return quantity, ()
    formula = None if family is None else FORMULAS.get(family.formula or "")
    if family is None or formula is None:
        return _with(quantity, known), ()
    sizes = sizes_of(need, family)
    if need.runs > 1 and "metres" in known:
        known = {"metres": known["metres"] * need.runs}
        along = f"труб рядом: {need.runs}, длина трассы умножена"
        sizes = replace(sizes, assumed=(*sizes.assumed, along))
    filled = fill(known, formula(sizes, family))
    follows = any(filled[key] is not None for key in MEASURES if key not in known)
    guessed = bool(sizes.assumed) or family.formula == "paint_mass"
    assumed = sizes.assumed
    if family.formula == "paint_mass" and "density_kg_l" in family.constants:
        density = wording.number(family.constants["density_kg_l"])
        assumed = (*assumed, f"плотность {density} кг/л")
    if _mass_taken(sizes, family) and "tonnes" not in known and filled["tonnes"] is not None:
        mass = wording.number(family.constants["mass_kg"])
        guessed, assumed = True, (*assumed, f"масса одного изделия {mass} кг")
    rounded = {key: None if value is None else _round(value) for key, value in filled.items()}
    estimated = follows and guessed
    filled_in = replace(_with(quantity, rounded), estimated=estimated)
    return filled_in, assumed if estimated else ()


def _with(quantity: PlantQuantity, measures: Mapping[str, Decimal | None]) -> PlantQuantity:
    """Return the quantity with these measures and no other."""
    return replace(
        quantity,
        tonnes=measures.get("tonnes"),
        metres=measures.get("metres"),
        square_metres=measures.get("square_metres"),
        litres=measures.get("litres"),
        pieces=measures.get("pieces"),
    )


def _round(value: Decimal) -> Decimal:
    """Keep four decimals: grams of a tonne are below any statement a notice makes."""
    return value.quantize(Decimal("0.0001")).normalize()


def together(quantities: Sequence[PlantQuantity]) -> PlantQuantity:
    """Add the needs of a lot. A measure unknown of any need is unknown of the lot."""
    if not quantities:
        return PlantQuantity()
    if len(quantities) == 1:
        return quantities[0]
    units = {each.unit for each in quantities}
    total: dict[str, Decimal | None] = {}
    for measure in (*MEASURES, "stated"):
        parts = [getattr(each, measure) for each in quantities]
        total[measure] = None if any(part is None for part in parts) else sum(parts, Decimal(0))
    one_unit = len(units) == 1
    whole = PlantQuantity(
        stated=total["stated"] if one_unit else None,
        unit=units.pop() if one_unit else None,
        estimated=any(each.estimated for each in quantities),
    )
    return _with(whole, total)


def in_unit(quantity: PlantQuantity, unit: str | None) -> Decimal | None:
    """Return a quantity in a plant's own unit (t, kg, m, km, m2, l, pcs); None where unknown."""
    for measure, base in UNIT_OF.items():
        value: Decimal | None = getattr(quantity, measure)
        if unit is not None and value is not None:
            converted = convert(value, base, unit)
            if converted is not None:
                return converted
    return None


def idle_share(quantity: PlantQuantity, product: Product) -> Decimal | None:
    """Return the share of a product's idle yearly capacity the quantity fills, not capped."""
    idle, asked = product.idle_per_year, in_unit(quantity, product.unit)
    if idle is None or asked is None or idle <= 0:
        return None
    return asked / idle
