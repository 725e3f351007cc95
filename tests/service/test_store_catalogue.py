"""The catalogue: the bundle fills an empty store only, and never overwrites what people edited."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog.records import (
    Capability,
    Catalogue,
    Certificate,
    FamilyName,
    Obligation,
    ObligationState,
    Plant,
    PlantId,
    Product,
    ProductCode,
    ProductCodeMark,
    Source,
    Span,
    Standing,
)
from catalog.zone import load_zone
from scrapers.portal import Request
from service.store import open_store
from service.store.catalogue import (
    Difference,
    catalogue_differences,
    catalogue_hash,
    fill_empty,
    retire_products,
    save_catalogue,
    stored_catalogue,
)
from service.store.codec import dump_plant, dump_product, load_plant, load_product
from service.store.cursors import Cursor, read_cursor, save_cursor
from service.store.tables import ProductRow
from service.store.tables.naming import Origin

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
PRESS = Source("газета", date(2026, 3, 1), Standing.REPORTED)
PLANT = Plant(
    PlantId("sample-mill"),
    "Завод-образец",
    bin="000140000005",
    contacts={"phone": "+7 700"},
    facts=(("простаивает на 60 %", PRESS),),
    obligations=(
        Obligation("launch", "2025", PRESS, date(2025, 12, 31), None, ObligationState.OVERDUE),
    ),
    sample=True,
)
PIPE = Product(
    ProductCode("007"),
    "Труба стальная",
    plant=PLANT.id,
    family=FamilyName("steel_pipe_large"),
    codes=(ProductCodeMark("ENSTRU", "242013.900.000001"),),
    capabilities=(
        Capability("outer_diameter_mm", PRESS, spans=(Span(219, 530), Span(720, None))),
        Capability("steel_grade", PRESS, names=frozenset({"Ст20", "09Г2С", "17Г1С"})),
    ),
    capacity_per_year=Decimal("160000.50"),
    certificates=(Certificate("СТ-KZ", date(2027, 1, 1)),),
    line=3,
)
BUNDLE = Catalogue((PLANT,), (PIPE, replace(PIPE, code=ProductCode("008"), name="Отвод")))


@pytest.fixture
def session(store_url: str) -> Iterator[Session]:
    with open_store(store_url) as store, store.writing() as session:
        yield session


def test_the_bundle_fills_an_empty_store_exactly(session: Session) -> None:
    assert fill_empty(session, BUNDLE, NOW)
    assert stored_catalogue(session) == BUNDLE


def test_the_zone_of_almaty_comes_back_as_it_went_in(session: Session) -> None:
    zone = load_zone("almaty")
    fill_empty(session, zone, NOW)
    assert stored_catalogue(session) == zone
    assert catalogue_differences(zone, stored_catalogue(session)) == []


def test_a_later_bundle_is_offered_never_applied(session: Session) -> None:
    fill_empty(session, BUNDLE, NOW)
    edited = replace(PIPE, name="Труба стальная, правка завода")
    save_catalogue(session, Catalogue((), (edited,)), Origin.EDITED, NOW)
    later = Catalogue((replace(PLANT, bin="000140000006"),), (PIPE,))
    assert not fill_empty(session, later, NOW)
    stored = stored_catalogue(session)
    assert stored == Catalogue((PLANT,), (edited, BUNDLE.products[1]))
    assert catalogue_differences(later, stored) == [
        Difference("plant", PLANT.id, later.plants[0], PLANT),
        Difference("product", "007", PIPE, edited),
        Difference("product", "008", None, BUNDLE.products[1]),
    ]


def test_a_file_that_only_names_its_plant_does_not_empty_it(session: Session) -> None:
    fill_empty(session, BUNDLE, NOW)
    save_catalogue(session, Catalogue((Plant(PLANT.id, PLANT.name),), ()), Origin.EDITED, NOW)
    assert stored_catalogue(session).plants == (PLANT,)


def test_an_edited_product_keeps_its_key_and_says_who_wrote_it(session: Session) -> None:
    fill_empty(session, BUNDLE, NOW)
    before = session.exec(select(ProductRow).where(ProductRow.code == "007")).one().id
    later = NOW + timedelta(days=1)
    edited = replace(PIPE, lead_time_days=30)
    save_catalogue(session, Catalogue((), (edited, BUNDLE.products[1])), Origin.EDITED, later)
    rows = {row.code: row for row in session.exec(select(ProductRow))}
    assert (rows["007"].id, rows["007"].origin, rows["007"].updated_at) == (before, "edited", later)
    assert (rows["008"].origin, rows["008"].updated_at) == ("bundled", NOW), "it did not change"


def test_a_retired_product_is_not_offered_and_can_come_back(session: Session) -> None:
    fill_empty(session, BUNDLE, NOW)
    retire_products(session, ["007"], NOW)
    assert [each.code for each in stored_catalogue(session).products] == ["008"]
    save_catalogue(session, Catalogue((), (PIPE,)), Origin.EDITED, NOW)
    assert stored_catalogue(session).products == BUNDLE.products


def test_the_hash_of_a_catalogue_follows_its_content_not_its_order() -> None:
    first, second = BUNDLE.products
    assert catalogue_hash([first, second]) == catalogue_hash([second, first])
    assert catalogue_hash([first]) != catalogue_hash([replace(first, unit="t")])


def test_records_come_back_as_they_were() -> None:
    assert load_plant(dump_plant(PLANT)) == PLANT
    assert load_product(dump_product(PIPE)) == PIPE


@given(
    names=st.frozensets(st.text(min_size=1, max_size=5), min_size=1),
    number=st.decimals(allow_nan=False, allow_infinity=False),
)
def test_equal_products_are_equal_text(names: frozenset[str], number: Decimal) -> None:
    grades = Capability("steel_grade", PRESS, names=names)
    again = Capability("steel_grade", PRESS, names=frozenset(sorted(names, reverse=True)))
    product = replace(PIPE, capabilities=(grades,), capacity_per_year=number)
    assert dump_product(product) == dump_product(replace(product, capabilities=(again,)))
    assert load_product(dump_product(product)) == product


def test_a_cursor_comes_back_whole_and_belongs_to_its_settings(session: Session) -> None:
    request = Request(
        "https://portal.invalid/list",
        method="POST",
        form=(("page", "2"), ("word", "труба")),
        headers=(("x-requested-with", "XMLHttpRequest"),),
    )
    cursor = Cursor(NOW, request)
    save_cursor(session, "portal", cursor, NOW, '{"words": ["труба"]}')
    assert read_cursor(session, "portal", '{"words": ["труба"]}') == cursor
    assert read_cursor(session, "portal", '{"words": ["окно"]}') == Cursor()
    assert read_cursor(session, "other") == Cursor()
