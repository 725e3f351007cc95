"""A changed catalogue: what is matched again, and that nothing else would have come out anew."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col, select

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
from scrapers.records import Lot
from service.clock import FixedClock
from service.config import Config
from service.config import Match as MatchTable
from service.jobs.match import Matched, match
from service.jobs.match_parts import Part, Prepared, match_part, parts
from service.jobs.parts import Taker
from service.store import Store, open_store
from service.store.catalogue import retire_products, save_catalogue
from service.store.codec import load_product
from service.store.notices import save_page
from service.store.standing import CatalogueChanged, share, standing
from service.store.tables import LeadRow, LotRow, MatchRow, NoticeRow, ProductRow
from service.store.tables.naming import Origin, Outcome
from tests.service.notices import NOON, pipe_notice

MILL = PlantId("sample-mill")
SAID = Source("завод")
CLOCK = FixedClock(NOON)
KINDS = {
    "steel_pipe_large": ("Труба стальная электросварная прямошовная", "outer_diameter_mm"),
    "pe_pipe_pressure": ("Труба полиэтиленовая напорная ПЭ100", "outer_diameter_mm"),
    "paints": ("Эмаль алкидная ПФ-115", "volume_l"),
    "windows": ("Окно металлопластиковое", "width_mm"),
    "cable": ("Кабель силовой ВВГнг", "length_m"),
}
PLAIN = ("Подшипник шариковый", "Насос центробежный", "Цемент портландский", "Бумага офисная")
OTHER = ("Молоко пастеризованное", "Услуги охраны объекта", "Лом чёрных металлов, продажа")
WORDS = ("белый", "усиленный", "особый", "импортный", "складской")


def product(code: int, chance: random.Random) -> Product:
    words = " ".join(chance.sample(WORDS, chance.randrange(2)))
    size = chance.choice((110, 530, 820))
    if chance.random() < 0.3:
        name = f"{chance.choice(PLAIN)} {words} {chance.randrange(20, 90)}"
        return Product(ProductCode(f"p{code}"), name, plant=MILL)
    family = chance.choice(list(KINDS))
    name, key = KINDS[family]
    return Product(
        ProductCode(f"p{code}"),
        f"{name} {words} {size}",
        plant=MILL,
        family=FamilyName(family),
        capabilities=(Capability(key, SAID, spans=(Span(size, 2 * size),)),),
    )


def fill(store: Store, products: Sequence[Product], notices: int, chance: random.Random) -> None:
    save_products(store, products)
    asked = (*(name for name, _ in KINDS.values()), *PLAIN, *OTHER)
    made = []
    for number in range(notices):
        titles = [
            f"{chance.choice(asked)} {chance.choice(WORDS)} {chance.choice((110, 820, 5000))}х10"
            for _ in range(1 + chance.randrange(2))
        ]
        lots = tuple(Lot(str(place), title) for place, title in enumerate(titles))
        made.append(pipe_notice(str(number), title=titles[0], lots=lots))
    with store.writing() as session:
        save_page(session, made, NOON)


def save_products(store: Store, products: Sequence[Product]) -> None:
    with store.writing() as session:
        catalogue = Catalogue((Plant(MILL, "Завод", sample=True),), tuple(products))
        save_catalogue(session, catalogue, Origin.EDITED, NOON)


def edit(store: Store, products: list[Product], code: int, chance: random.Random) -> list[Product]:
    """Rename, resize, move to another family, recode, retire or add one product."""
    place = chance.randrange(len(products))
    one, other = products[place], product(code, chance)
    rest = [*products[:place], *products[place + 1 :]]
    kind = chance.randrange(6)
    if kind == 0:
        found = [*rest, replace(one, name=f"{one.name} {chance.choice(WORDS)} ёмкий")]
    elif kind == 1:
        found = [*rest, replace(one, capabilities=other.capabilities)]
    elif kind == 2:
        found = [*rest, replace(one, family=other.family)]
    elif kind == 3:
        found = [*rest, replace(one, code=ProductCode(f"p{code}"))]
    elif kind == 4 and rest:
        found = rest
    else:
        found = [*products, other]
    codes = {each.code for each in found}
    with store.writing() as session:
        retire_products(session, [each.code for each in products if each.code not in codes], NOON)
    save_products(store, found)
    return found


def kept(store: Store) -> list[object]:
    """All that matching leaves behind of matches, lots and leads."""
    with store.reading() as session:
        matches = {row.id: row.model_dump(exclude={"id"}) for row in session.exec(select(MatchRow))}
        lots = [(row.id, row.closed_by, row.families) for row in session.exec(select(LotRow))]
        leads = [(matches[row.match_id], row.state) for row in session.exec(select(LeadRow))]
    return [sorted(each, key=repr) for each in (matches.values(), lots, leads)]


def matched(store: Store, config: Config | None = None, *, everything: bool = False) -> Matched:
    return match(store, config or Config(), CLOCK, wall=CLOCK, everything=everything)


def match_all_by_the_same_weights(store: Store) -> int:
    with store.writing() as session:
        session.execute(update(NoticeRow).values(matched_key=None))
        held = standing(session)
    done = matched(store)
    with store.reading() as session:
        assert standing(session) == held
    return done.notices


def proved(tmp_path: Path, seed: int, *, count: int, notices: int, edits: int) -> list[int]:
    """Change the catalogue again and again; whenever compared, a full matching by the same weights
    changes nothing. Gives how many notices each change had matched again."""
    chance = random.Random(seed)  # noqa: S311 - made-up products, no secret
    products = [product(code, chance) for code in range(count)]
    config = Config(match=MatchTable(relearn_products=10**6))
    again = []
    with open_store(f"sqlite:///{tmp_path}/{seed}.db") as store:
        fill(store, products, notices, chance)
        assert matched(store, config).notices == notices
        for number in range(edits):
            products = edit(store, products, count + number, chance)
            done = matched(store, config)
            assert done.outcome is Outcome.OK
            again.append(done.notices)
            if number % 3 == 2:
                found = kept(store)
                with store.writing() as session:
                    session.execute(update(NoticeRow).values(matched_key=None))
                assert matched(store, config).notices == notices
                assert kept(store) == found, (seed, number)
    return again


def test_a_changed_product_matches_again_all_it_can_affect_and_little_else(tmp_path: Path) -> None:
    again = proved(tmp_path, 3, count=60, notices=40, edits=6)
    assert sum(again) < len(again) * 40 / 2


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("count", [3, 12, 60, 200])
def test_so_it_is_after_many_changes_of_any_catalogue(
    tmp_path: Path, count: int, seed: int
) -> None:
    proved(tmp_path, seed, count=count, notices=100, edits=12)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    chance = random.Random(5)  # noqa: S311 - as above
    with open_store(store_url) as store:
        fill(store, [product(code, chance) for code in range(30)], 20, chance)
        yield store


def one_paint(store: Store, **changed: object) -> None:
    with store.reading() as session:
        paints = select(ProductRow).where(ProductRow.family == "paints")
        row = session.exec(paints.order_by(col(ProductRow.id))).all()[0]
        record = load_product(row.record)
    save_products(store, [replace(record, **changed)])  # type: ignore[arg-type] # any field


WIDER = (Capability("volume_l", SAID, spans=(Span(1, 2),)),)


def test_the_run_says_how_much_was_matched_again_and_why(store: Store) -> None:
    assert matched(store).reason == ""
    assert matched(store).notices == 0
    one_paint(store, capabilities=WIDER)
    done = matched(store)
    assert 0 < done.notices < 20
    assert done.reason == f"matched {done.notices} of 20 notices: 1 product changed"
    assert matched(store, everything=True).reason == "matched 20 of 20 notices: asked for"
    assert matched(store, Config(match=MatchTable(top=3))).notices == 20


def test_too_many_changed_words_have_all_matched_again(store: Store) -> None:
    matched(store)
    with store.reading() as session:
        first = standing(session)
    few = Config(match=MatchTable(relearn_products=0, relearn_share=0.05))
    one_paint(store, name="Лак мебельный")
    assert matched(store, few).notices < 20
    one_paint(store, description="быстро сохнет", name="Грунт по ржавчине")
    chance = random.Random(6)  # noqa: S311 - as above
    save_products(store, [product(99, chance)])
    done = matched(store, few)
    assert done.reason == "matched 20 of 20 notices: 2 products have other words"
    with store.reading() as session:
        anew = standing(session)
    assert first is not None
    assert anew is not None
    assert (first.serial, anew.serial) == (1, 2)


def test_a_notice_that_was_away_when_the_catalogue_changed_is_matched_when_it_is_back(
    store: Store,
) -> None:
    matched(store)
    with store.writing() as session:
        session.execute(update(NoticeRow).where(col(NoticeRow.id) == 1).values(gone_at=NOON))
    one_paint(store, capabilities=WIDER)
    matched(store)
    with store.writing() as session:
        session.execute(update(NoticeRow).values(gone_at=None))
    assert matched(store).notices == 1


def test_answers_for_an_earlier_catalogue_are_not_stored(store: Store) -> None:
    todo = parts(store, Config(), 5)
    made = Prepared()
    assert match_part(Taker.of(store), Config(), CLOCK, todo[0], made) is not None
    with store.reading() as session:
        before = standing(session)
    one_paint(store, capabilities=WIDER)
    assert {each.basis for each in parts(store, Config(), 5)} != {todo[0].basis}
    late = match_part(Taker.of(store), Config(), CLOCK, todo[1], made)
    assert late is not None
    assert late.outcome is Outcome.SKIPPED
    assert before is not None
    with store.writing() as session, pytest.raises(CatalogueChanged):
        share(session, before)


def test_parts_match_again_what_a_change_affects(store: Store) -> None:
    def carry(todo: Sequence[Part]) -> int:
        made, done = Prepared(), 0
        for part in todo:
            report = match_part(Taker.of(store), Config(), CLOCK, part, made)
            assert report is not None
            assert report.outcome is Outcome.OK
            done += report.read
        return done

    assert carry(parts(store, Config(), 7)) == 20
    one_paint(store, capabilities=WIDER)
    assert 0 < carry(parts(store, Config(), 7)) < 20
    found = kept(store)
    match_all_by_the_same_weights(store)
    assert kept(store) == found


def test_a_worker_of_another_version_leaves_a_part_alone(store: Store) -> None:
    todo = parts(store, Config(), 50)
    other = Config(match=MatchTable(top=3))
    done = match_part(Taker.of(store), other, CLOCK, todo[0], Prepared())
    assert done is not None
    assert done.outcome is Outcome.SKIPPED
