"""Product families as data: one TOML file each in `catalog/families`.

A family holds words in each language, attributes with units and plausible ranges, standards and
what they imply, codes, and the name of a quantity formula. Adding a family needs no Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.records import FamilyName, Span


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
    typical_quantity: float | None = None
    """Median order in `unit`, used to rank leads whose quantity is unknown (marked guessed)."""
