"""Product families as data: one TOML file each in `catalog/families`.

A family holds words in each language, attributes with units and plausible ranges, standards and
what they imply, codes, and the name of a quantity formula. Adding a family needs no Python.
`load_families` reads them: one file each, the file name is the family's name.

```toml
unit = "t"                          # the unit plants count this family in (catalog.units)
formula = "steel_pipe_mass"         # quantity formula, optional
typical_quantity = 100              # median order in `unit`, optional
neighbours = ["steel_pipe_small"]
sizes = [["outer_diameter_mm"], ["outer_diameter_mm", "wall_mm"]]   # chains by their length
near = ["водовод"]                  # support, but do not name it alone
never = ["дымовая труба"]           # rule it out
[titles]                            # ru, kk, uz, en; `ru` is required
ru = "Труба стальная большого диаметра"
[words]                             # phrases any of which names it, by language
ru = ["труба стальная"]             # every word of a phrase must stand near the others,
uz = ["poʻlat quvur"]               # in any form and order; Uzbek is also tried in Cyrillic
[codes]                             # scheme = prefixes
CPA = ["24.20.3"]
[constants]                         # what the formula needs
density_kg_m3 = 7850
[attributes.wall_mm]
plausible = "1..60"                 # what can be meant at all; `..60` and `1..` are open
typical = "4..25"                   # usual for such plants, never yields `can`
decides = true                      # `can` needs it confirmed
row = [820, 1020]                   # standard sizes; one outside speaks against the family
aliases = ["толщина стенки"]        # words that introduce the value
[attributes.coating.names]          # written form = canonical name
"вус" = "ВУС"
[[standards]]
number = "ГОСТ 10704"
implies = { outer_diameter_mm = "10..1420", seam = "straight" }
source = "ГОСТ 10704-91, раздел 1"
[works]
words = ["теплотрасса"]             # the object of works that need such goods
assume = { wall_mm = 10 }
source = "…"
```

An unknown key is a fault: a misspelt one would silently do nothing.
"""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from catalog.records import FamilyName, Span
from catalog.units import fold_unit
from catalog.words import fold, uzbek_cyrillic


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """What a family knows of one attribute.

    `plausible` bounds what can be meant at all (a 10 km pipe diameter is a misprint); `typical` is
    what such plants usually make and never yields `can`. `names` maps each written form to the
    canonical one. `decides` says whether a verdict `can` needs it confirmed.
    """

    key: str
    plausible: Span | None = None
    typical: Span | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    decides: bool = True
    aliases: tuple[str, ...] = ()
    """Words that introduce the value in a text («толщина стенки», «қабырға қалыңдығы»)."""
    row: tuple[float, ...] = ()
    """Standard sizes: a size outside the row speaks against the family, it refuses nothing."""


@dataclass(frozen=True, slots=True)
class StandardRule:
    """A standard a family's goods are made to, and what naming it implies.

    `number` is designation and number without the year (`ГОСТ 10704`); `implies` gives the range
    the standard covers per attribute; `source` where that is known from.
    """

    number: str
    implies: Mapping[str, Span | str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Works:
    """Which works need goods of this family («реконструкция теплотрассы»), for implied leads.

    `words` name the object of the works; `assume` are the attributes taken for granted when only
    a length is stated (a typical wall), with their source.
    """

    words: tuple[str, ...] = ()
    assume: Mapping[str, float | str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of product. `words` are phrases any of which names it, `near` lend support but do not
    name it alone, `never` are phrases that rule it out («дымовая труба»)."""

    name: FamilyName
    titles: Mapping[str, str]
    unit: str
    words: tuple[str, ...]
    near: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Scheme to prefixes: {"CPA": ("24.20.1", …), "CPV": ("44163", …)}."""
    neighbours: tuple[FamilyName, ...] = ()
    """Families that share words and must not be confused with this one."""
    attributes: Mapping[str, AttributeRule] = field(default_factory=dict)
    standards: tuple[StandardRule, ...] = ()
    formula: str | None = None
    """Name of the quantity formula in `matcher.quantities`: "steel_pipe_mass", "area", …"""
    constants: Mapping[str, float] = field(default_factory=dict)
    """Numbers the formula needs: density, spread rate, typical mass of a piece."""
    works: Works = Works()
    sizes: tuple[tuple[str, ...], ...] = ()
    """What a size chain means, by its length: `("outer_diameter_mm", "wall_mm")` for «820х10»;
    the entry of one key is what a lone number of millimetres means."""
    typical_quantity: float | None = None
    """Median order in `unit`, used to rank leads whose quantity is unknown (marked guessed)."""


DIRECTORY = Path(__file__).parent / "families"
_KEYS = frozenset(Family.__dataclass_fields__) - {"name"}
_ATTRIBUTE_KEYS = frozenset({"plausible", "typical", "decides", "aliases", "names", "row"})
_STANDARD_KEYS = frozenset({"number", "implies", "source"})
_WORKS_KEYS = frozenset({"words", "assume", "source"})


FORMULAS = frozenset({"steel_pipe_mass", "pe_pipe_mass", "area", "paint_mass", "piece_mass"})
"""Names of the quantity formulas, which `matcher.quantities` has: a misspelt one would silently
give no tonnes."""


class FamilyError(ValueError):
    """A family file cannot be used. `file` is its name, `key` the place inside it."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file, self.key, self.reason = file, key, reason


class _Table:
    """A TOML table with the place it stands at, for messages."""

    def __init__(
        self, file: str, place: str, value: object, allowed: frozenset[str] | None
    ) -> None:
        if not isinstance(value, dict):
            raise FamilyError(file, place, "a table is wanted")
        self.file, self.place, self.raw = file, place, value
        unknown = sorted(set(value) - allowed) if allowed is not None else []
        if unknown:
            raise FamilyError(file, self.at(unknown[0]), "unknown key")

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def fail(self, key: str, reason: str) -> FamilyError:
        return FamilyError(self.file, self.at(key), reason)

    def table(self, key: str, allowed: frozenset[str] | None = None) -> "_Table":
        return _Table(self.file, self.at(key), self.raw.get(key, {}), allowed)

    def text(self, key: str) -> str | None:
        value = self.raw.get(key)
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise self.fail(key, "a text is wanted")
        return value

    def number(self, key: str) -> float | None:
        value = self.raw.get(key)
        if value is None:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self.fail(key, "a number is wanted")
        return float(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        value = self.raw.get(key, [])
        numeric = isinstance(value, list) and all(
            isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)
            for v in value
        )
        if not numeric:
            raise self.fail(key, "a list of numbers is wanted")
        return tuple(map(float, value))

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.fail(key, "a list of texts is wanted")
        return tuple(value)

    def span(self, key: str) -> Span | None:
        value = self.text(key)
        if value is None:
            return None
        span = read_span(value)
        if span is None:
            raise self.fail(key, f"a range like 10..1420 is wanted, not {value!r}")
        return span


def read_span(text: str) -> Span | None:
    """Read `6..25`, `..6`, `530..` or `820`; None where the text is none of them."""
    low, dots, high = text.strip().partition("..")
    try:
        ends = [
            float(end) if end.strip() else None for end in ((low, high) if dots else (low, low))
        ]
    except ValueError:
        return None
    if any(end is not None and not math.isfinite(end) for end in ends) or ends == [None, None]:
        return None
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        return None
    return Span(ends[0], ends[1])


def load_families(
    directory: Path | None = None, extra: Iterable[Path] = ()
) -> Mapping[FamilyName, Family]:
    """Read every family of a directory (the bundled one by default), then the `extra` files.

    An extra file replaces a family of the same name. Raises FamilyError naming file and key.
    """
    paths = sorted((directory or DIRECTORY).glob("*.toml"))
    return _loaded(tuple(paths) + tuple(extra))


@lru_cache(maxsize=8)
def _loaded(paths: tuple[Path, ...]) -> Mapping[FamilyName, Family]:
    families = {FamilyName(path.stem): read_family(path) for path in paths}
    for name, family in families.items():
        missing = sorted(set(family.neighbours) - families.keys())
        if missing:
            raise FamilyError(f"{name}.toml", "neighbours", f"no family {missing[0]!r}")
    return MappingProxyType(families)


def read_family(path: Path) -> Family:
    """Read one family file. Raises FamilyError where it is unreadable or says the impossible."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FamilyError(path.name, "", str(error)) from error
    return family_from(FamilyName(path.stem), raw, file=path.name)


def family_from(name: FamilyName, raw: Mapping[str, Any], *, file: str) -> Family:
    """Build a family from the content of its TOML file."""
    top = _Table(file, "", dict(raw), _KEYS)
    titles, words = top.table("titles"), top.table("words")
    unit = top.text("unit")
    if unit is None or fold_unit(unit) != unit:
        raise top.fail("unit", "a canonical unit (t, m, m2, kg, l, pcs…) is wanted")
    if titles.text("ru") is None:
        raise titles.fail("ru", "a Russian title is wanted")
    phrases = tuple(phrase for language in words.raw for phrase in _phrases(words, language))
    if not phrases:
        raise top.fail("words", "at least one phrase is wanted")
    attributes, codes, constants = (
        top.table("attributes"),
        top.table("codes"),
        top.table("constants"),
    )
    return Family(
        name=name,
        titles={language: titles.text(language) or "" for language in titles.raw},
        unit=unit,
        words=phrases,
        near=top.texts("near"),
        never=top.texts("never"),
        codes={scheme: codes.texts(scheme) for scheme in codes.raw},
        neighbours=tuple(map(FamilyName, top.texts("neighbours"))),
        attributes={key: _attribute(attributes, key) for key in attributes.raw},
        standards=_standards(top),
        formula=_formula(top),
        constants={key: constants.number(key) or 0.0 for key in constants.raw},
        works=_works(top),
        sizes=_sizes(top),
        typical_quantity=top.number("typical_quantity"),
    )


def _formula(top: _Table) -> str | None:
    name = top.text("formula")
    if name is not None and name not in FORMULAS:
        raise top.fail("formula", f"no formula {name!r}; known: {', '.join(sorted(FORMULAS))}")
    return name


def _phrases(words: _Table, language: str) -> tuple[str, ...]:
    """Return the phrases of one language; Uzbek ones in both alphabets."""
    phrases = words.texts(language)
    if language != "uz":
        return phrases
    return phrases + tuple(uzbek_cyrillic(fold(phrase)) for phrase in phrases)


def _attribute(attributes: _Table, key: str) -> AttributeRule:
    table = attributes.table(key, _ATTRIBUTE_KEYS)
    names = table.table("names")
    decides = table.raw.get("decides", True)
    if not isinstance(decides, bool):
        raise table.fail("decides", "true or false is wanted")
    return AttributeRule(
        key=key,
        plausible=table.span("plausible"),
        typical=table.span("typical"),
        names={form: names.text(form) or "" for form in names.raw},
        decides=decides,
        aliases=table.texts("aliases"),
        row=table.numbers("row"),
    )


def _standards(top: _Table) -> tuple[StandardRule, ...]:
    listed = top.raw.get("standards", [])
    if not isinstance(listed, list):
        raise top.fail("standards", "a list of tables is wanted")
    rules = []
    for index, raw in enumerate(listed):
        table = _Table(top.file, f"standards[{index}]", raw, _STANDARD_KEYS)
        number, implies = table.text("number"), table.table("implies")
        if number is None:
            raise table.fail("number", "a designation and number is wanted")
        implied = {key: implies.text(key) or "" for key in implies.raw}
        rules.append(
            StandardRule(
                number=number,
                implies={key: read_span(value) or value for key, value in implied.items()},
                source=table.text("source") or "",
            )
        )
    return tuple(rules)


def _works(top: _Table) -> Works:
    table = top.table("works", _WORKS_KEYS)
    assume = table.table("assume")
    return Works(
        words=table.texts("words"),
        assume={
            key: value if isinstance(value, str) else (assume.number(key) or 0.0)
            for key, value in assume.raw.items()
        },
        source=table.text("source") or "",
    )


def _sizes(top: _Table) -> tuple[tuple[str, ...], ...]:
    listed = top.raw.get("sizes", [])
    if not isinstance(listed, list) or not all(
        isinstance(keys, list) and keys and all(isinstance(k, str) for k in keys) for keys in listed
    ):
        raise top.fail("sizes", "a list of lists of attribute keys is wanted")
    return tuple(tuple(keys) for keys in listed)
