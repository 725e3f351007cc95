"""Lists of leads: the order of the digest, narrowed as asked, nobody else's shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.family import load_families
from catalog.records import (
    Capability,
    Catalogue,
    FamilyName,
    Plant,
    PlantId,
    Product,
    ProductCode,
    Source,
    Span,
)
from matcher.records import Verdict
from scrapers.records import Code, Item, Lot, Notice, Period, Place, Unit
from service.clock import FixedClock
from service.config import Config
from service.desk.cursor import BadCursor
from service.desk.filters import Filters, Sort
from service.desk.leads import find_leads
from service.desk.plants import plant_view
from service.desk.scope import Scope
from service.digest.lines import lines
from service.digest.ordering import in_order
from service.jobs.match import match
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.leads import leads_for
from service.store.notices import mark_gone, note_rows, save_page
from service.store.tables.naming import Origin
from tests.service.notices import NOON, pipe_notice

CLOCK = FixedClock(NOON)
SAID = Source("завод")
MILL, OTHER = PlantId("mill"), PlantId("other")


def product(code: str, plant: PlantId, low: float, high: float) -> Product:
    return Product(
        code=ProductCode(code),
        name="Труба стальная электросварная прямошовная",
        plant=plant,
        family=FamilyName("steel_pipe_large"),
        capabilities=(
            Capability("outer_diameter_mm", SAID, spans=(Span(low, high),)),
            Capability("wall_mm", SAID, spans=(Span(6, 25),)),
        ),
        unit="t",
        capacity_per_year=Decimal(10_000),
        utilisation_pct=Decimal(20),
    )


CATALOGUE = Catalogue(
    (Plant(MILL, "Завод-образец"), Plant(OTHER, "Другой завод")),
    (product("m", MILL, 530, 1420), product("o", OTHER, 1000, 1420)),
)


def wanted(id_: str, size: str, tonnes: int, days: int, kato: str = "751010000") -> Notice:
    title = f"Труба стальная электросварная прямошовная {size}"
    place = Place("KZ", "адрес", Code("KZ-KATO", kato))
    item = Item("1", title, "", Decimal(tonnes), Unit("Тонна"), places=(place,))
    notice = pipe_notice(id_, lots=(Lot("1", title, items=(item,)),), title=title)
    return replace(notice, period=Period(NOON, NOON + timedelta(days=days), "Asia/Almaty"))


NOTICES = (
    wanted("small", "820х10", 40, 20),
    wanted("large", "820х10", 4_000, 20),
    wanted("wide", "1020х10", 800, 3, kato="711010000"),
    wanted("over", "820х10", 100, -1),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/test.db") as store:
        with store.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOON)
            save_page(session, NOTICES, NOON)
            ids = [notice.id for notice in NOTICES]
            note_rows(session, "testportal", ids, {}, reader="testportal", now=NOON)
        match(store, Config(), CLOCK, wall=CLOCK)
        yield store


def listed(
    store: Store, filters: Filters | None = None, sort: Sort = Sort.BEST, scope: Scope | None = None
) -> list[tuple[str, str]]:
    with store.reading() as session:
        page = find_leads(session, scope or Scope(), filters or Filters(), sort, None, 50, CLOCK)
    assert page.total == len(page.cards)
    return [(card.plant, str(card.number)) for card in page.cards]


def test_the_order_is_that_of_the_digest(store: Store) -> None:
    with store.reading() as session:
        digest = in_order(lines(leads_for(session, MILL, CLOCK)), load_families(), zone=False)
        expected = [(line.lead.plant.id, str(line.line.number)) for line in digest]
    assert listed(store, Filters(plant=(MILL,))) == expected
    assert expected[0] == (MILL, "large-1")


def test_what_removes_most_idle_tonnes_comes_first_in_the_zone(store: Store) -> None:
    assert listed(store, sort=Sort.IDLE) == [
        (MILL, "large-1"),
        (MILL, "wide-1"),
        (OTHER, "wide-1"),
        (MILL, "small-1"),
    ]


def test_a_deadline_that_passed_closes_a_lead_without_matching_anew(store: Store) -> None:
    later = FixedClock(NOON + timedelta(days=4))
    with store.reading() as session:
        page = find_leads(session, Scope(), Filters(), Sort.DEADLINE, None, 50, later)
    assert [card.number for card in page.cards] == ["small-1", "large-1"]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(plant=(OTHER,)), {"wide-1"}),
        (Filters(region=("71",)), {"wide-1"}),
        (Filters(deadline_days=5), {"wide-1"}),
        (Filters(text="трубами 1020"), {"wide-1"}),
        (Filters(text="краска"), set()),
        (Filters(verdict=(Verdict.CANNOT.value,)), set()),
        (Filters(family=("steel_pipe_large",)), {"small-1", "large-1", "wide-1"}),
        (Filters(country=("RU",)), set()),
        (Filters(state=("won",)), set()),
        (Filters(mine=True), set()),
        (Filters(closed=True), {"small-1", "large-1", "wide-1", "over-1"}),
    ],
)
def test_a_list_is_narrowed_as_asked(store: Store, filters: Filters, numbers: set[str]) -> None:
    assert {number for _, number in listed(store, filters)} == numbers


def test_a_plant_sees_no_lead_of_another(store: Store) -> None:
    with store.reading() as session:
        key = plant_view(session, Scope(), OTHER, CLOCK)
        assert key is not None
        assert plant_view(session, Scope(plant_id=key.key), MILL, CLOCK) is None
    seen = listed(store, Filters(plant=(MILL, OTHER)), scope=Scope(plant_id=key.key))
    assert seen == [(OTHER, "wide-1")]


def test_a_notice_that_vanished_leaves_the_list_and_comes_back(store: Store) -> None:
    later = NOON + timedelta(hours=1)
    with store.writing() as session:
        save_page(session, NOTICES[:1], later)
        note_rows(session, "testportal", ["small"], {}, reader="testportal", now=later)
        assert mark_gone(session, "testportal", began_at=later, since=None, now=later) == 2
    match(store, Config(), CLOCK, wall=CLOCK)
    assert {number for _, number in listed(store)} == {"small-1"}
    with store.writing() as session:
        save_page(session, NOTICES, later + timedelta(hours=1))
    match(store, Config(), CLOCK, wall=CLOCK)
    assert {number for _, number in listed(store)} == {"small-1", "large-1", "wide-1"}


def test_a_cursor_of_another_list_is_refused(store: Store) -> None:
    with store.reading() as session:
        page = find_leads(session, Scope(), Filters(), Sort.IDLE, None, 1, CLOCK)
        for cursor in (page.after, "", "zz", "W10", "WyJuZXciLCBOYU5d"):
            with pytest.raises(BadCursor):
                find_leads(session, Scope(), Filters(), Sort.NEW, cursor, 1, CLOCK)


def test_what_open_leads_fill_is_the_share_of_the_idle_capacity(store: Store) -> None:
    with store.reading() as session:
        view = plant_view(session, Scope(), MILL, CLOCK)
    assert view is not None
    # 10,000 t a year at 20 % leave 8,000 idle; 40 + 4,000 + 800 t are asked for.
    assert view.idle_tonnes == 8_000
    assert sum(view.products[0].demand.shares.values()) == pytest.approx(4_840 / 8_000)
    assert view.open_leads == 3
