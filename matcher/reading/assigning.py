"""Giving the scanned numbers their attributes, as the family at hand understands them."""

from dataclasses import dataclass, field
from decimal import Decimal

from catalog.family import Family
from catalog.records import Span
from matcher.reading.diameters import is_nominal_not_outer, is_outer_not_nominal
from matcher.reading.scanning import MM, Chain, Scan, Size
from matcher.reading.text import Prepared
from matcher.records import Amount, Note, Value

_PIPE = ("outer_diameter_mm", "wall_mm", "length_m")
_ROUND = (("outer_diameter_mm",), _PIPE[:2], _PIPE)
_FLAT = (
    ("width_mm", "height_mm"),
    ("width_mm", "height_mm", "wall_mm"),
    ("width_mm", "height_mm", "wall_mm", "length_m"),
)
_GROUPED = ("outer_diameter_mm", "nominal_diameter_mm", "width_mm", "height_mm", "wall_mm")
_LONGEST_PIECE = 24.0
"""Metres: nothing rolled or drawn to length is longer, so more metres are a quantity."""
_HEAVIEST_PACK = 60.0
"""Kilograms or litres: a pack is carried, more is a quantity."""
_PRESSURE = {"bar": 1.0, "MPa": 10.0, "kPa": 0.01, "atm": 1.0}
"""To bar as pipe markings do it: «16 атм» is PN 16, the 2 % between at and bar are nominal."""
_INCH = 25.4
_COUNTED = frozenset({"t", "pcs", "m2", "m3", "km", "set", "pack", "roll", "pair"})
_NUMBERS = frozenset({"sdr", "ring_stiffness"})
_MOST_GROUPS = 200
_MOST_VALUES = 50
_LARGEST_AMOUNT = Decimal(10) ** 12


@dataclass(slots=True)
class Assigned:
    """Sizes in groups (each one a need), what all share, amounts with the group they follow."""

    groups: list[dict[str, list[Value]]] = field(default_factory=list)
    shared: dict[str, list[Value]] = field(default_factory=dict)
    amounts: list[tuple[Amount, int]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def share(self, key: str, value: Value) -> None:
        values = self.shared.setdefault(key, [])
        if len(values) < _MOST_VALUES and value not in values:
            values.append(value)


def assign(prepared: Prepared, scan: Scan, family: Family | None) -> Assigned:
    """Give every scanned number its attribute; what fits nothing is left out."""
    done = Assigned()
    for name, text in prepared.named:
        done.share(name, text if name not in _NUMBERS else Span(float(text), float(text)))
    for chain in scan.chains:
        _assign_chain(chain, family, done)
    loose: list[tuple[str, Span]] = []
    bare: list[Size] = []
    for size in scan.sizes:
        meant, value = _keyed(size, family, done)
        if meant in _GROUPED and value is not None:
            loose.append((meant, value))
        elif meant and value is not None:
            done.share(meant, value)
        elif meant is None:
            bare.append(size)
    if bare and family is not None:
        _place_bare(bare, family, loose, done, chained=bool(scan.chains))
    if loose:
        _spread(loose, done)
    return done


def _place_bare(
    bare: list[Size],
    family: Family,
    loose: list[tuple[str, Span]],
    done: Assigned,
    *,
    chained: bool,
) -> None:
    """Give numbers that nothing announces the place that is left for them in a family."""
    sized = any(key != "wall_mm" for key, _ in loose)
    _wall_behind(bare, family, loose, done)
    if not sized and (not chained or _is_thick(family)):
        for key, span in _bare_sizes(bare, family, done):
            if key in _GROUPED:
                loose.append((key, span))
            else:
                done.share(key, span)


def _wall_behind(
    bare: list[Size], family: Family, loose: list[tuple[str, Span]], done: Assigned
) -> None:
    """Take a lone number of millimetres beside a keyed diameter for the wall: «d=90 мм 8,2 мм»."""
    if "wall_mm" not in family.attributes or _walled(done):
        return
    keys = {key for key, _ in loose}
    diameters = [span.low for key, span in loose if key.endswith("diameter_mm") and span.low]
    if len(diameters) != 1 or "wall_mm" in keys:
        return
    thin = [s.span for s in bare if s.unit == "mm" and (s.span.low or 0) * 4 < diameters[0]]
    rule = family.attributes["wall_mm"].plausible or Span()
    if len(thin) == 1 and thin[0].low is not None and rule.holds(thin[0]):
        loose.append(("wall_mm", thin[0]))


def sizes_of(family: Family | None) -> tuple[tuple[str, ...], ...]:
    """Return what chains of a family mean; an unknown one is read as round or flat by length."""
    return family.sizes if family is not None and family.sizes else _ROUND[:2] + _FLAT[1:]


def _assign_chain(chain: Chain, family: Family | None, done: Assigned) -> None:
    """Open a group of sizes from a chain: its length picks the meaning."""
    factor = MM.get(chain.unit or "mm", 1.0)
    keys = next((s for s in sizes_of(family) if len(s) == len(chain.values)), None)
    if keys is None and (family is None or "wall_mm" in family.attributes):
        keys = next((s for s in _FLAT + _ROUND if len(s) == len(chain.values)), None)
    if keys is None:
        return
    if chain.unit == "m" and keys[0] != "width_mm":
        factor = 1.0  # «57х3,5 м» is metres of pipe, «1,5х1,4 м» is a window
    if chain.key in {"dn", "outer", "inner"}:
        keys = (_diameter_key(chain.key, chain.values[0], family, walled=True), *keys[1:])
    first = chain.values[0].low
    if keys[0] == _DN and first is not None and is_outer_not_nominal(first):
        keys = ("outer_diameter_mm", *keys[1:])  # «ВГП Ду 25 (33,5х3,2)»
    group: dict[str, list[Value]] = {}
    if chain.shell is not None and family is not None and _SHELL in family.attributes:
        group[_SHELL] = [chain.shell]
    for key, value in zip(keys, chain.values, strict=True):
        span = _times(value, factor)
        if key == "length_m":
            span = (
                _times(value, 0.001) if (value.high or value.low or 0) > _LONGEST_PIECE else value
            )
        group.setdefault(key, []).append(span)
    if len(done.groups) < _MOST_GROUPS and group not in done.groups:
        done.groups.append(group)


def _keyed(size: Size, family: Family | None, done: Assigned) -> tuple[str | None, Span | None]:
    """Return the attribute of a number by its unit and key; amounts are noted on the way."""
    key, unit, span = size.key, size.unit, size.span
    if key == "ignored" or unit in {"inch", "%", "°", "rate", "ммкв"}:
        return _special(key, unit, span, family)
    if unit in _PRESSURE or key in {"pn", "pressure"}:
        return _pressure(key, unit, span)
    if unit == "km" and key in {"diameter", "dn", "outer", "inner", "wall"}:
        unit, span = "mm", _times(span, 1e6)
    if unit in _COUNTED or key in {"quantity", "extent"} or size.thousands:
        return _amount(size, done)
    if unit in {"kg", "g", "l", "ml"}:
        return _pack(size, family, done)
    if unit == "mm" and key is None and size.after_chain and _is_long(size, family):
        return "length_m", _times(span, 0.001)
    if size.random or (unit is None and key is None and size.after_chain and _is_length(size)):
        return "length_m", span
    if unit == "m" and key in {None, "length"}:
        return _metres(size, family, done)
    if key == "length":
        return "length_m", _times(span, _metre_factor(unit, span))
    millimetres = _times(span, MM.get(unit or "mm", 1.0))
    if key in {"diameter", "dn", "outer", "inner"}:
        if family is not None and not any(k.endswith("diameter_mm") for k in family.attributes):
            return "", None  # «Цемент М500 Д0»
        return _diameter_key(key, millimetres, family, walled=_walled(done), done=done), millimetres
    if key is None:
        return None, None
    return _plain(key, millimetres, span, family)


def _plain(
    key: str, millimetres: Span, span: Span, family: Family | None
) -> tuple[str | None, Span | None]:
    """Return the attribute of a keyed number that is no diameter: wall, width, an alias's own."""
    has_wall = family is not None and "wall_mm" in family.attributes
    if key == "wall" or (key == "thickness" and has_wall):
        return "wall_mm", millimetres
    if key in {"thickness", "width", "height"}:
        return f"{key}_mm", millimetres
    if family is not None and key in family.attributes:
        return key, _own_unit(key, millimetres, span)
    return "", None


def _own_unit(key: str, millimetres: Span, span: Span) -> Span:
    """Return a family's own attribute in the unit its key ends with."""
    if key.endswith("_mm"):
        return millimetres
    return span


def _special(
    key: str | None, unit: str | None, span: Span, family: Family | None
) -> tuple[str | None, Span | None]:
    if unit == "inch" and key in {"wall", "thickness"}:
        return _plain(key, _times(span, _INCH), span, family)
    if family is None:
        return "", None
    if unit == "%" and key in family.attributes:
        return key, span
    if unit == "ммкв" and "section_mm2" in family.attributes:
        return "section_mm2", span
    return "", None


def _pressure(key: str | None, unit: str | None, span: Span) -> tuple[str | None, Span | None]:
    if unit in _PRESSURE:
        return "nominal_pressure_bar", _times(span, _PRESSURE[unit or "bar"])
    if key == "pn" and unit not in {"mm", "cm"}:  # «PN16 бухта 200 м»
        return "nominal_pressure_bar", span
    return "", None


def _amount(size: Size, done: Assigned) -> tuple[str | None, Span | None]:
    """Note a quantity; a range of quantities is none, and one below zero is asked about."""
    value = size.span.low
    if value is not None and size.negative:
        asked = f"−{value:g} {size.unit or ''}".rstrip()
        done.notes.append(Note("negative_quantity", None, asked, "buyer"))
        return "", None
    if value is not None and value == size.span.high and value > 0:
        amount = Decimal(str(value)) * (1000 if size.thousands else 1)
        if amount < _LARGEST_AMOUNT:
            done.amounts.append((Amount(amount.normalize() + 0, size.unit), size.after_size))
    return "", None


def _pack(size: Size, family: Family | None, done: Assigned) -> tuple[str | None, Span | None]:
    """Tell the mass or volume of a pack («банка 1,9 кг») from the quantity («1200 кг»)."""
    factor = 0.001 if size.unit in {"g", "ml"} else 1.0
    key = "mass_kg" if size.unit in {"kg", "g"} else "volume_l"
    value = size.span.high or size.span.low or 0.0
    announced = size.key in {"mass", "volume"}
    if announced or value * factor <= _HEAVIEST_PACK:
        if family is None or key in family.attributes or announced:
            return key, _times(size.span, factor)
        return _amount(size, done)
    return _amount(size, done)


def _metres(size: Size, family: Family | None, done: Assigned) -> tuple[str | None, Span | None]:
    """Tell the length of a piece («6 м», «(12 м)») from the quantity («500 м»)."""
    value = size.span.high or size.span.low or 0.0
    has_length = family is None or "length_m" in family.attributes
    if size.key == "length" or (has_length and value <= _LONGEST_PIECE):
        if value > _LONGEST_PIECE:
            return _amount(size, done)  # «футляр длиной 48 м» is laid, not drawn
        return "length_m", size.span
    return _amount(size, done)


def _is_long(size: Size, family: Family | None) -> bool:
    """Whether millimetres behind a pipe's sizes are its length: «76х3,5 6000мм»."""
    value = size.span.high or size.span.low or 0.0
    long = 2000 <= value <= _LONGEST_PIECE * 1000
    return long and family is not None and {"wall_mm", "length_m"} <= family.attributes.keys()


def _is_length(size: Size) -> bool:
    value = size.span.high or size.span.low or 0.0
    return (size.dashed or size.bracketed) and 1 <= value <= _LONGEST_PIECE


def _metre_factor(unit: str | None, span: Span) -> float:
    if unit in MM:
        return MM[unit] / 1000
    return 0.001 if (span.high or span.low or 0) > 100 else 1.0


def _walled(done: Assigned) -> bool:
    return any("wall_mm" in group for group in done.groups)


def _diameter_key(
    key: str, span: Span, family: Family | None, *, walled: bool, done: Assigned | None = None
) -> str:
    """Return which diameter a number is; an assumption made on the way is noted."""
    if key == "inner":
        return "inner_diameter_mm"
    steel = family is None or family.formula == "steel_pipe_mass"
    value = span.low if span.low == span.high else None
    first = family.sizes[0][0] if family is not None and family.sizes else "outer_diameter_mm"
    if key == "outer":
        return "outer_diameter_mm"
    if key == "dn":
        if value is None:
            return _DN
        plastic = first == "outer_diameter_mm" and not steel
        wrong = is_outer_not_nominal(value) or (plastic and not is_nominal_not_outer(value))
        return "outer_diameter_mm" if wrong else _DN
    if first == _DN or (family is not None and "nominal_diameter_mm" not in family.attributes):
        return first if first in {_DN, "outer_diameter_mm"} else "outer_diameter_mm"
    if steel and not walled and value is not None and is_nominal_not_outer(value):
        if done is not None:
            done.notes.append(Note("taken_as_nominal", _DN, f"{value:g}", "buyer"))
        return _DN
    return "outer_diameter_mm"


_DN = "nominal_diameter_mm"
_SHELL = "shell_diameter_mm"


def _is_thick(family: Family) -> bool:
    """Whether a lone number beside the sizes is a thickness: «стеклопакет 24 мм 1200х800»."""
    return "thickness_mm" in family.attributes and all(len(s) > 1 for s in family.sizes)


def _bare_sizes(bare: list[Size], family: Family, done: Assigned) -> list[tuple[str, Span]]:
    """Read a lone number as the family's lone size: millimetres first, else a plausible one."""
    alone = next((s for s in family.sizes if len(s) == 1), ("thickness_mm",))
    key = alone[0]
    if key not in family.attributes:
        return []
    rule = family.attributes.get(key)
    in_mm = [s for s in bare if s.unit in {"mm", "cm"}]
    naked = [s for s in bare if s.unit is None and s.at <= 6]
    for size in in_mm or naked[:1]:
        span = _times(size.span, MM.get(size.unit or "mm", 1.0))
        if size.unit is None and (rule is None or not (rule.plausible or Span()).holds(span)):
            continue
        if key == "outer_diameter_mm":
            return [(_diameter_key("diameter", span, family, walled=False, done=done), span)]
        return [(key, span)]
    return []


def _spread(loose: list[tuple[str, Span]], done: Assigned) -> None:
    """Join keyed sizes into groups: walls pair with diameters by count, else are shared."""
    by_key: dict[str, dict[Span, None]] = {}
    for key, span in loose:
        spans = by_key.setdefault(key, {})
        if len(spans) < _MOST_VALUES:
            spans[span] = None
    if not by_key:
        return
    count = max((len(spans) for key, spans in by_key.items() if key != "wall_mm"), default=0)
    if not done.groups and count:
        done.groups = [{} for _ in range(count)]
    for key, spans in by_key.items():
        if len(spans) == len(done.groups):
            for group, span in zip(done.groups, spans, strict=True):
                values = group.setdefault(key, [])
                if span not in values:
                    values.append(span)
        else:
            for span in spans:
                if not any(span in group.get(key, ()) for group in done.groups):
                    done.share(key, span)


def _times(span: Span, factor: float) -> Span:
    """Scale a span; sizes are rounded to a micrometre so that 0.82 m is 820 mm and not 819.99."""
    if factor == 1.0:
        return span
    return Span(
        None if span.low is None else round(span.low * factor, 6),
        None if span.high is None else round(span.high * factor, 6),
    )
