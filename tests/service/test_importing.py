"""A plant in a catalogue file is found in the store by id, name or BIN."""

import pytest

from catalog.reading import CatalogueReading
from catalog.records import Catalogue, Plant, PlantId, Product, ProductCode, Source
from service.errors import InputError
from service.importing import plan

KNOWN = Plant(
    PlantId("pipe-plant"),
    "ТОО «Трубы»",
    bin="111111111110",
    address="Алматы",
    facts=(("работает с 2007 года", Source("сайт")),),
)
STORED = Catalogue((KNOWN,), (Product(ProductCode("1"), "Труба", KNOWN.id),))


def read(plant: Plant, code: str = "2") -> CatalogueReading:
    product = Product(ProductCode(code), "Лист", plant.id, line=2)
    return CatalogueReading(Catalogue((plant,), (product,)))


@pytest.mark.parametrize(
    "told",
    [
        Plant(PlantId("pipe-plant"), "pipe-plant"),
        Plant(PlantId("тоо «трубы»"), "тоо «трубы»"),
        Plant(PlantId("Трубный"), "Трубный", bin="111111111110"),
    ],
)
def test_a_known_plant_keeps_its_facts_and_gets_the_product(told: Plant) -> None:
    change = plan(read(told), STORED)
    assert change.plants == (KNOWN,)
    assert [product.plant for product in change.new] == [KNOWN.id]


def test_another_bin_for_a_known_plant_is_refused() -> None:
    told = Plant(PlantId("pipe-plant"), "pipe-plant", bin="222222222220")
    with pytest.raises(InputError, match="222222222220 in the file and 111111111110 in the store"):
        plan(read(told), STORED)


def test_a_bin_that_was_missing_is_filled_in() -> None:
    bare = Catalogue((Plant(PlantId("a"), "A"),))
    (plant,) = plan(read(Plant(PlantId("a"), "a", bin="111111111110")), bare).plants
    assert (plant.name, plant.bin) == ("A", "111111111110")


def test_the_line_a_product_stands_on_is_no_change() -> None:
    moved = Product(ProductCode("1"), "Труба", KNOWN.id, line=77)
    reading = CatalogueReading(Catalogue((KNOWN,), (moved,)))
    change = plan(reading, STORED)
    assert (change.new, change.changed, change.same) == ((), (), (moved,))


def test_a_code_of_another_plant_is_told_apart() -> None:
    change = plan(read(Plant(PlantId("other"), "Другой"), code="1"), STORED)
    assert change.new == change.changed == ()
    assert [(product.code, plant) for product, plant in change.taken] == [("1", KNOWN.id)]


def test_a_product_that_had_no_plant_may_get_one() -> None:
    stored = Catalogue((KNOWN,), (Product(ProductCode("2"), "Лист"),))
    (changed,) = plan(read(KNOWN), stored).changed
    assert changed.plant == KNOWN.id
