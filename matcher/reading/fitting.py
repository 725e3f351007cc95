"""Choosing among the families a text names by what its numbers would mean in each."""

from collections.abc import Mapping

from catalog.family import AttributeRule, Family
from catalog.records import FamilyName, Span
from catalog.words import fold, stem, words
from matcher.reading.assigning import Assigned, assign
from matcher.reading.scanning import Scan, scan
from matcher.reading.text import Prepared

_CANDIDATES_WITHIN = 1.3
_WIDEST = 20_000.0
"""Millimetres beyond which a size is a misprint and tells nothing of the family."""
_UNSIZED_SECTION = 0.5
"""A hollow section is told from a round pipe by its two sizes; without any, pipe is meant."""
_OUT_OF_ROW = -0.5
"""«Труба 57х3,5» is steel: polyethylene is made to a row of diameters that has no 57. With the
gain of the other family it is more than what rivals may differ by, and less than a name."""
_LISTS = (list, tuple)
_aliases: dict[FamilyName, tuple[Family, dict[str, str]]] = {}


def aliases_of(family: Family | None) -> dict[str, str]:
    """Return the one-word aliases of a family's own attributes, stem to key."""
    if family is None:
        return {}
    known = _aliases.get(family.name)
    if known is None or known[0] is not family:
        found = {
            stem(parts[0]): key
            for key, rule in family.attributes.items()
            if not key.startswith(("outer_", "nominal_", "wall_", "width_", "height_", "inner_"))
            for alias in rule.aliases
            if (parts := words(fold(alias)))
        }
        known = _aliases[family.name] = (family, found)
    return known[1]


def understand(
    prepared: Prepared, family: Family | None, known: Assigned | None = None
) -> Assigned:
    """Scan a prepared text and give its numbers their attributes in a family.

    `known` is what `refine` has assigned in this family already.
    """
    done = known or assign(prepared, scan(prepared.atoms, aliases_of(family)), family)
    if family is not None and {"height_mm", "wall_mm"} <= family.attributes.keys():
        for group in done.groups:
            width, height = number(group.get("width_mm")), number(group.get("height_mm"))
            if width and height and "wall_mm" not in group and height * 5 < width:
                group["wall_mm"] = group.pop("height_mm")  # «труба квадратная 40х3»
    return done


def refine(
    scores: Mapping[FamilyName, float],
    prepared: Prepared,
    families: Mapping[FamilyName, Family],
) -> tuple[dict[FamilyName, float], dict[FamilyName, Assigned]]:
    """Return the scores with the fit of the text's sizes added, for the families in the lead, and
    what the numbers mean in each of these."""
    refined = dict(scores)
    assigned: dict[FamilyName, Assigned] = {}
    top = max(scores.values(), default=0.0)
    leaders = [name for name, score in scores.items() if score >= top - _CANDIDATES_WITHIN]
    if len(leaders) < 2:
        return refined, assigned
    plain: Scan | None = None
    roots = frozenset([atom.root for atom in prepared.atoms])
    for name in leaders:
        family = families[name]
        if not prepared.sized and family.sizes[:1] == (("width_mm",),):
            refined[name] -= _UNSIZED_SECTION
            continue
        aliases = aliases_of(family)
        if roots.isdisjoint(aliases):
            found = plain = plain or scan(prepared.atoms)
        else:
            found = scan(prepared.atoms, aliases)
        assigned[name] = assign(prepared, found, family)
        refined[name] += fit(assigned[name], family)
    return refined, assigned


def fit(done: Assigned, family: Family) -> float:
    """Return how well sizes suit a family: outside the plausible costs more than inside gains."""
    gain = 0.0
    for group in [*done.groups, done.shared]:
        for key, values in group.items():
            rule = family.attributes.get(key)
            if rule is None:
                gain -= 0.4 if key != "length_m" else 0.0
                continue
            gain += sum(_fit_one(rule, value) for value in values[:3] if isinstance(value, Span))
            gain += 0.3 if any(isinstance(value, str) for value in values) else 0.0
        gain -= 1.0 if impossible(group) or _thin(group, family) else 0.0
        gain -= 1.5 if _no_section(group, family) else 0.0
    return max(-2.5, min(1.5, gain))


def _no_section(group: Mapping[str, object], family: Family) -> bool:
    """Whether two sizes are no hollow section's: 820х500 and 76х9 are a pipe, if misprinted."""
    if "width_mm" not in group:
        return False
    width, height = number(group["width_mm"]), number(group.get("height_mm"))
    if width is None or height is None or "wall_mm" not in family.attributes:
        return False
    rules = (family.attributes.get("width_mm"), family.attributes.get("height_mm"))
    spans = [rule.plausible for rule in rules if rule is not None and rule.plausible is not None]
    outside = any(not s.holds(Span(v, v)) for s, v in zip(spans, (width, height), strict=False))
    return outside or not 1 / 5 <= height / width <= 5


def _thin(group: Mapping[str, object], family: Family) -> bool:
    """Whether diameter over wall is no SDR of a family that is made by SDR: 530х8 is steel."""
    rule = family.attributes.get("sdr")
    if rule is None or rule.plausible is None:
        return False
    outer, wall = number(group.get("outer_diameter_mm")), number(group.get("wall_mm"))
    if not outer or not wall:
        return False
    ratio = outer / wall
    low, high = rule.plausible.low or 0.0, rule.plausible.high or ratio
    return not low * 0.85 <= ratio <= high * 1.15


def _fit_one(rule: AttributeRule, value: Span) -> float:
    if (value.low or value.high or 0.0) <= 0 or (value.low or 0.0) > _WIDEST:
        return 0.0
    if rule.plausible is not None and not rule.plausible.meets(value):
        return -1.0
    if rule.row and value.low == value.high and value.low not in rule.row:
        return _OUT_OF_ROW
    return 0.25 if rule.typical is None or rule.typical.meets(value) else 0.1


def number(values: object) -> float | None:
    """Return the single number a list of values states, None where it is a range or a name."""
    if not values or not isinstance(values, _LISTS) or len(values) != 1:
        return None
    span = values[0]
    return span.low if isinstance(span, Span) and span.low == span.high else None


def impossible(group: Mapping[str, object]) -> bool:
    """Whether a wall is too thick for its pipe or section: no such thing can exist."""
    wall = number(group["wall_mm"]) if "wall_mm" in group else None
    if wall is None:
        return False
    sizes = [number(group.get(k)) for k in ("outer_diameter_mm", "width_mm", "height_mm")]
    return any(size is not None and wall * 2 >= size for size in sizes)
