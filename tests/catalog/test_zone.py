"""The bundled zones: what is said of real plants is sourced, what is invented says so."""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.bin import is_bin
from catalog.family import load_families
from catalog.faults import CatalogueError
from catalog.records import Catalogue, Product, Source, Span, Standing
from catalog.rows import check_attribute
from catalog.units import fold_unit
from catalog.zone import ZONES, load_zone, read_zone, zone_names

ALMATY = load_zone("almaty")
SAMPLE = load_zone("sample")


def sources(catalogue: Catalogue) -> Iterator[Source]:
    """Every source a catalogue names."""
    for plant in catalogue.plants:
        yield from (source for _, source in plant.facts)
        yield from (one.source for one in plant.obligations)
    for product in catalogue.products:
        assert product.source is not None, product.code
        yield product.source
        yield from (one.source for one in product.capabilities)


def product(catalogue: Catalogue, code: str) -> Product:
    (found,) = [one for one in catalogue.products if one.code == code]
    return found


def test_the_zones_are_the_real_one_and_the_sample() -> None:
    assert zone_names() == ("almaty", "sample")
    with pytest.raises(CatalogueError, match="no such zone; there are: almaty, sample"):
        load_zone("../almaty")


@pytest.mark.parametrize("path", sorted(ZONES.glob("*/*.toml")), ids=lambda path: path.stem)
def test_every_source_has_a_date_or_says_that_it_is_unknown(path: Path) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    assert data["sources"]
    for source in data["sources"].values():
        assert source["text"].strip()
        assert source["as_of"] == "unknown" or isinstance(source["as_of"], date)


@pytest.mark.parametrize("path", sorted(ZONES.glob("*/*.toml")), ids=lambda path: path.stem)
def test_no_source_stands_unused(path: Path) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    used = {one["source"] for one in (*data.get("facts", ()), *data.get("obligations", ()))}
    for one in data.get("products", ()):
        used |= set(one["sources"]) | {told["source"] for told in one["capabilities"]}
    assert used == set(data["sources"])


def test_nothing_of_the_real_zone_is_confirmed_before_a_plant_confirms_it() -> None:
    zone = read_zone("almaty")
    found = [*sources(ALMATY), *(source for _, source in zone.facts)]
    assert len(found) > 40
    assert not [source for source in found if source.standing is Standing.CONFIRMED]


def test_the_real_zone_holds_the_four_plants_of_the_visit() -> None:
    assert [plant.id for plant in ALMATY.plants] == [
        "asia-steel-pipe",
        "bsf",
        "irrigator-kazakhstan",
        "kombinat-spk",
    ]
    assert not any(plant.sample for plant in ALMATY.plants)
    for plant in ALMATY.plants:
        kinds = {one.kind for one in plant.obligations}
        assert kinds == {"assortment", "investment", "launch"}, plant.id


def test_the_idle_plant_has_the_two_diameters_its_sources_report() -> None:
    pipe = product(ALMATY, "asia-steel-pipe-1")
    told = [one for one in pipe.capabilities if one.attribute == "outer_diameter_mm"]
    assert [(one.spans, one.source.as_of) for one in told] == [
        ((Span(355, 1420),), date(2018, 4, 12)),
        ((Span(300, 900),), date(2019, 3, 1)),
    ]
    assert {one.source.standing for one in told} == {Standing.REPORTED}
    assert (pipe.capacity_per_year, pipe.unit) == (Decimal(100000), "t")
    assert pipe.utilisation_pct == Decimal(0)
    assert pipe.idle_per_year == Decimal(100000)


def test_what_nobody_states_stays_unknown() -> None:
    others = [one for one in ALMATY.products if one.code != "asia-steel-pipe-1"]
    assert {(one.capacity_per_year, one.utilisation_pct) for one in others} == {(None, None)}
    assert {plant.bin for plant in ALMATY.plants} == {None}


def test_an_invented_plant_says_so_in_its_name() -> None:
    assert len(SAMPLE.plants) == 4
    assert read_zone("sample").sample
    for plant in SAMPLE.plants:
        assert plant.sample
        assert plant.name.startswith("ОБРАЗЕЦ: ")
        assert "вымышленный" in plant.name
    assert all(one.name.startswith("ОБРАЗЕЦ: ") for one in SAMPLE.products)


def test_the_sample_pipe_mill_is_confirmed_and_four_fifths_idle() -> None:
    pipe = product(SAMPLE, "sample-steel-pipe-1")
    assert {one.source.standing for one in pipe.capabilities} == {Standing.CONFIRMED}
    assert pipe.idle_per_year == Decimal(48000)
    assert pipe.lead_time_days == 30


@pytest.mark.parametrize("name", zone_names())
def test_codes_units_and_plants_of_a_zone_fit_together(name: str) -> None:
    catalogue = load_zone(name)
    codes = [one.code for one in catalogue.products]
    assert len(set(codes)) == len(codes)
    plants = {plant.id for plant in catalogue.plants}
    for one in catalogue.products:
        assert one.plant in plants
        assert one.unit is not None
        assert fold_unit(one.unit) == one.unit
    assert all(plant.bin is None or is_bin(plant.bin) for plant in catalogue.plants)


@pytest.mark.parametrize("name", zone_names())
def test_every_product_of_a_zone_is_of_a_known_family_and_its_attributes(name: str) -> None:
    families = load_families()
    for one in load_zone(name).products:
        assert one.family is not None
        assert one.family in families, one.code
        for capability in one.capabilities:
            check_attribute(capability, families[one.family])


def test_the_names_of_a_zone_are_those_the_families_give() -> None:
    families = load_families()
    for one in (*ALMATY.products, *SAMPLE.products):
        assert one.family is not None
        for capability in one.capabilities:
            rule = families[one.family].attributes.get(capability.attribute)
            if rule and rule.names:
                known = set(rule.names.values()) | {"none"}
                assert capability.names <= known, (one.code, capability.attribute)


def test_every_family_of_the_sample_has_all_that_decides_confirmed() -> None:
    families = load_families()
    for one in SAMPLE.products:
        assert one.family is not None
        given = {capability.attribute for capability in one.capabilities}
        rules = families[one.family].attributes
        assert not {key for key, rule in rules.items() if rule.decides} - given, one.code
