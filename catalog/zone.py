"""Load the zones' plants and products from the TOML files of `catalog/zones`.

A zone is a folder with `zone.toml` and one file a plant, named by the plant's id; adding a plant
needs no Python. Every statement names one of its file's sources. `"unknown"` is written where
nobody states a value, and becomes None.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog.capability import parse_term
from catalog.cells import parse_amount, parse_days, parse_percent
from catalog.codes import parse_codes
from catalog.faults import CatalogueError
from catalog.records import (
    Catalogue,
    FamilyName,
    Obligation,
    ObligationState,
    Plant,
    PlantId,
    Product,
    ProductCode,
    Source,
    Standing,
)

ZONES = Path(__file__).parent / "zones"
UNKNOWN = "unknown"
CERTAINTY = (Standing.CONFIRMED, Standing.REPORTED, Standing.TYPICAL)
"""From the surest to the least sure."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceData(_Data):
    text: str = Field(min_length=1)
    as_of: date | Literal["unknown"]
    standing: Standing


class FactData(_Data):
    text: str = Field(min_length=1)
    source: str


class ObligationData(_Data):
    kind: str = Field(pattern="^(assortment|investment|launch)$")
    promised: str
    source: str
    actual: str
    state: ObligationState
    due: date | None = None


class CapabilityData(_Data):
    is_: str = Field(alias="is")
    source: str


class ProductData(_Data):
    code: str
    name: str
    family: str
    unit: str
    sources: tuple[str, ...] = Field(min_length=1)
    description: str = ""
    codes: str = ""
    capacity_per_year: str
    utilisation_pct: str
    lead_time_days: str = UNKNOWN
    capabilities: tuple[CapabilityData, ...] = ()


class PlantData(_Data):
    name: str
    bin: str
    address: str
    contacts: dict[str, str] = {}
    sources: dict[str, SourceData]
    facts: tuple[FactData, ...] = ()
    obligations: tuple[ObligationData, ...] = ()
    products: tuple[ProductData, ...] = ()


class ZoneData(_Data):
    sample: bool
    titles: dict[str, str]
    sources: dict[str, SourceData]
    facts: tuple[FactData, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """An industrial zone: its titles by language, sourced facts, plants and products."""

    name: str
    titles: Mapping[str, str]
    facts: tuple[tuple[str, Source], ...]
    catalogue: Catalogue
    sample: bool = False


def zone_names() -> tuple[str, ...]:
    """Names of the bundled zones, in order."""
    return tuple(sorted(path.parent.name for path in ZONES.glob("*/zone.toml")))


def load_zone(name: str) -> Catalogue:
    """Plants and products of a bundled zone. Raises `CatalogueError` on an unknown name."""
    return read_zone(name).catalogue


@cache
def read_zone(name: str) -> Zone:
    """A bundled zone with its own facts. Raises `CatalogueError` on an unknown name."""
    if name not in zone_names():
        raise CatalogueError(name, f"no such zone; there are: {', '.join(zone_names())}")
    folder = ZONES / name
    data = ZoneData.model_validate(tomllib.loads((folder / "zone.toml").read_text("utf-8")))
    plants: list[Plant] = []
    products: list[Product] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name == "zone.toml":
            continue
        told = PlantData.model_validate(tomllib.loads(path.read_text("utf-8")))
        plant = make_plant(PlantId(path.stem), told, name, is_sample=data.sample)
        plants.append(plant)
        products += [make_product(one, told.sources, plant.id) for one in told.products]
    catalogue = Catalogue(tuple(plants), tuple(products))
    return Zone(name, data.titles, make_facts(data.facts, data.sources), catalogue, data.sample)


def make_plant(plant: PlantId, data: PlantData, zone: str, *, is_sample: bool) -> Plant:
    """Build a plant from its file."""
    obligations = tuple(
        Obligation(
            kind=one.kind,
            promised=one.promised,
            source=make_source(data.sources[one.source]),
            due=one.due,
            actual=known(one.actual),
            state=one.state,
        )
        for one in data.obligations
    )
    return Plant(
        id=plant,
        name=data.name,
        bin=known(data.bin),
        zone=zone,
        address=known(data.address),
        contacts=data.contacts,
        facts=make_facts(data.facts, data.sources),
        obligations=obligations,
        sample=is_sample,
    )


def make_product(data: ProductData, sources: Mapping[str, SourceData], plant: PlantId) -> Product:
    """Build a product; a figure nobody states stays None."""
    capacity, utilisation = known(data.capacity_per_year), known(data.utilisation_pct)
    lead_time = known(data.lead_time_days)
    return Product(
        code=ProductCode(data.code),
        name=data.name,
        plant=plant,
        description=data.description,
        family=FamilyName(data.family),
        codes=parse_codes(data.codes),
        capabilities=tuple(
            parse_term(one.is_, make_source(sources[one.source])) for one in data.capabilities
        ),
        unit=data.unit,
        capacity_per_year=parse_amount(capacity) if capacity else None,
        utilisation_pct=parse_percent(utilisation) if utilisation else None,
        lead_time_days=parse_days(lead_time) if lead_time else None,
        source=join_sources(make_source(sources[one]) for one in data.sources),
    )


def make_facts(
    facts: Iterable[FactData], sources: Mapping[str, SourceData]
) -> tuple[tuple[str, Source], ...]:
    """Pair each fact with its source."""
    return tuple((fact.text, make_source(sources[fact.source])) for fact in facts)


def make_source(data: SourceData) -> Source:
    """Build a source; its date is None where it is unknown."""
    as_of = data.as_of if isinstance(data.as_of, date) else None
    return Source(data.text, as_of, data.standing)


def join_sources(sources: Iterable[Source]) -> Source:
    """One source for figures taken from several: the earliest date, the least sure standing."""
    listed = list(sources)
    dates = [one.as_of for one in listed if one.as_of]
    return Source(
        "; ".join(dict.fromkeys(one.text for one in listed)),
        min(dates, default=None),
        max((one.standing for one in listed), key=CERTAINTY.index),
    )


def known(text: str) -> str | None:
    """None for `"unknown"`."""
    return None if text == UNKNOWN else text
