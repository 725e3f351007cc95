"""Needs, products and pairs for tests, in as few words as a test wants to say."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from catalog.capability import parse_capabilities
from catalog.family import AttributeRule, Family, StandardRule, Works
from catalog.records import FamilyName, Product, ProductCode, Source, Span, Standing
from matcher.deriving import derive
from matcher.offers import Offers
from matcher.pairs import Offer, Pair
from matcher.records import Amount, Need, NeedKind, Note, Value

PIPE = FamilyName("steel_pipe_large")
SEAMLESS = FamilyName("steel_pipe_seamless")
PE = FamilyName("pe_pipe_pressure")

FAMILIES: Mapping[FamilyName, Family] = {
    PIPE: Family(
        name=PIPE,
        titles={"ru": "Труба стальная сварная большого диаметра"},
        unit="t",
        words=("труба стальная",),
        attributes={
            "outer_diameter_mm": AttributeRule("outer_diameter_mm"),
            "nominal_diameter_mm": AttributeRule("nominal_diameter_mm"),
            "wall_mm": AttributeRule("wall_mm"),
            "steel_grade": AttributeRule("steel_grade", decides=False),
        },
        standards=(
            StandardRule("ГОСТ 10704", {"outer_diameter_mm": Span(10, 1420)}),
            StandardRule("ГОСТ 20295", {"outer_diameter_mm": Span(159, 820)}),
        ),
        formula="steel_pipe_mass",
        works=Works(words=("теплотрасса",), assume={"wall_mm": 10}),
        typical_quantity=120,
    ),
    SEAMLESS: Family(
        name=SEAMLESS,
        titles={"ru": "Труба бесшовная"},
        unit="t",
        words=("труба бесшовная",),
        formula="steel_pipe_mass",
    ),
    PE: Family(
        name=PE,
        titles={"ru": "Труба полиэтиленовая"},
        unit="t",
        words=("труба пнд",),
        attributes={
            "outer_diameter_mm": AttributeRule("outer_diameter_mm"),
            "sdr": AttributeRule("sdr"),
        },
        formula="pe_pipe_mass",
    ),
}
MILL = (
    "outer_diameter_mm=530..1420; wall_mm=6..25; steel_grade=Ст20|09Г2С; "
    "standards=ГОСТ 10704|ГОСТ 20295-85; coating=3PE|none"
)


def source(standing: Standing = Standing.CONFIRMED) -> Source:
    return Source("тест", date(2026, 11, 1), standing)


def product(
    capability: str = MILL,
    *,
    standing: Standing = Standing.CONFIRMED,
    family: FamilyName | None = PIPE,
    name: str = "Труба стальная электросварная",
    code: str = "p1",
    unit: str | None = "t",
    capacity: str | None = None,
    utilisation: str | None = None,
) -> Product:
    return Product(
        code=ProductCode(code),
        name=name,
        family=family,
        capabilities=parse_capabilities(capability, source(standing)) if capability else (),
        unit=unit,
        capacity_per_year=None if capacity is None else Decimal(capacity),
        utilisation_pct=None if utilisation is None else Decimal(utilisation),
    )


def offer(made: Product | None = None) -> Offer:
    return Offers.build([made or product()], FAMILIES).offers[0]


def need(
    attributes: Mapping[str, Value | float | tuple[Value, ...]] | None = None,
    *,
    standards: tuple[str, ...] = (),
    family: FamilyName | None = PIPE,
    rivals: tuple[FamilyName, ...] = (),
    quantity: str | None = None,
    kind: NeedKind = NeedKind.STATED,
    service: bool = False,
    notes: tuple[Note, ...] = (),
    index: int = 0,
) -> Need:
    """Make a need; `quantity` is «12.3 m», numbers stand for exact spans."""
    amount = None
    if quantity is not None:
        value, _, unit = quantity.partition(" ")
        amount = Amount(Decimal(value), unit or None)
    return Need(
        index=index,
        text="труба",
        family=family,
        kind=kind,
        attributes={key: _values(given) for key, given in (attributes or {}).items()},
        standards=standards,
        quantity=amount,
        rivals=rivals,
        service=service,
        notes=notes,
    )


def _values(given: Value | float | tuple[Value, ...]) -> tuple[Value, ...]:
    if isinstance(given, tuple):
        return given
    if isinstance(given, int | float):
        return (Span(given, given),)
    return (given,)


def pair(asked: Need, offered: Offer | None = None, *, relevance: float = 1.0) -> Pair:
    made = offered or offer()
    titles = {name: family.titles["ru"] for name, family in FAMILIES.items()}
    return Pair(asked, made, relevance, derive(asked, made.family), titles)
