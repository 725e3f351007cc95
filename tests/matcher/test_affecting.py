"""A lot that a change of the catalogue is said not to affect has the same answer as before."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from numpy.typing import NDArray

from catalog.family import load_families
from catalog.records import Capability, FamilyName, Product, ProductCode, Source, Span
from matcher import hierarchy, indexing
from matcher.affecting import Change, IncomparableError, kin_of
from matcher.frozen import Statistics, build, statistics
from matcher.matching import needs_of, tell_lots
from matcher.offers import Offers, texts
from matcher.records import LotText, Row
from matcher.retrieval import Index
from matcher.vocabulary import Learned, learn

FAMILIES = load_families()
SAID = Source("завод")
KINDS = {
    "steel_pipe_large": "Труба стальная электросварная прямошовная",
    "pe_pipe_pressure": "Труба полиэтиленовая напорная ПЭ100",
    "paints": "Эмаль алкидная ПФ-115",
    "windows": "Окно металлопластиковое поворотно-откидное",
    "cable": "Кабель силовой ВВГнг медный",
    "furniture": "Стол письменный офисный",
}
NAMES = ("Подшипник шариковый", "Насос центробежный", "Цемент портландский", "Бумага офисная")
WORDS = ("белый", "усиленный", "новый", "особый", "ГОСТ", "импортный", "складской", "двойной")
ASKED = (
    *KINDS.values(),
    *NAMES,
    "Продажа лома: трубы стальные б/у",
    "Услуги по мойке окон",
    "Молоко пастеризованное",
    "Реконструкция водовода",
    "Краска белая",
)


def product(code: int, chance: random.Random) -> Product:
    words = " ".join(chance.sample(WORDS, chance.randrange(3)))
    size = chance.choice((110, 220, 530, 820, 1020))
    if chance.random() < 0.4:
        name = chance.choice(NAMES)
        return Product(ProductCode(f"p{code}"), f"{name} {words} {chance.randrange(20, 90)}")
    family = chance.choice(list(KINDS))
    key = "outer_diameter_mm" if "pipe" in family else "width_mm"
    return Product(
        ProductCode(f"p{code}"),
        f"{KINDS[family]} {words} {size}",
        family=FamilyName(family),
        capabilities=(Capability(key, SAID, spans=(Span(size, 2 * size),)),),
    )


def lots(count: int, chance: random.Random) -> list[LotText]:
    made = []
    for number in range(count):
        words = " ".join(chance.sample(WORDS, chance.randrange(3)))
        title = f"{chance.choice(ASKED)} {words} {chance.choice((110, 530, 820, 5000))}х10"
        made.append(LotText(str(number), "1", title))
    return made


def changed(products: Sequence[Product], next_code: int, chance: random.Random) -> list[Product]:
    """Rename, resize, move to another family, recode, remove or add one product."""
    found = list(products)
    place = chance.randrange(len(found))
    one, other = found[place], product(next_code, chance)
    kind = chance.randrange(6)
    if kind == 0:
        found[place] = replace(one, name=f"{one.name} {chance.choice(WORDS)} ёмкий")
    elif kind == 1:
        found[place] = replace(one, capabilities=other.capabilities)
    elif kind == 2:
        found[place] = replace(one, family=other.family)
    elif kind == 3:
        del found[place]
        found.append(replace(one, code=ProductCode(f"p{next_code}")))
    elif kind == 4:
        del found[place]
    else:
        found.append(other)
    return found


def learned(products: Sequence[Product]) -> Learned:
    return learn(texts(products, hierarchy.above([each.code for each in products])))


def offers(products: Sequence[Product], known: Statistics) -> Offers:
    return Offers.build(products, FAMILIES, statistics=known)


def told(asked: Sequence[LotText], against: Offers) -> list[Sequence[Row]]:
    """Rows without the evidence of the closing line: only the gate it names is kept."""
    return [
        [row if row.product else replace(row, evidence=()) for row in each.rows]
        for each in tell_lots(asked, against, top=5)
    ]


def affected_by(before: Offers, after: Offers, asked: Sequence[LotText]) -> list[bool]:
    kin = [kin_of(needs_of(lot, before)) for lot in asked]
    return Change.between(before, after).affected(asked, kin)


def proved(count: int, seed: int, steps: int, notices: int) -> None:
    """Change a catalogue step by step and compare every lot's answers before and after."""
    chance = random.Random(seed)  # noqa: S311 - made-up products, no secret
    products = [product(code, chance) for code in range(count)]
    known, asked = statistics(learned(products)), lots(notices, chance)
    before, differing, left_alone = offers(products, known), 0, 0
    was = told(asked, before)
    for step in range(steps):
        products = changed(products, count + step, chance)
        after = offers(products, known)
        now = told(asked, after)
        touched = affected_by(before, after, asked)
        for lot, left, right, told_so in zip(asked, was, now, touched, strict=True):
            assert told_so or left == right, (seed, step, lot.title)
        differing += sum(left != right for left, right in zip(was, now, strict=True))
        left_alone += touched.count(False)
        before, was = after, now
    assert differing > 0
    assert left_alone > steps * notices / 2


def test_what_a_change_does_not_affect_is_answered_as_before() -> None:
    proved(70, 3, steps=5, notices=30)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("count", [8, 40, 70, 300])
def test_so_it_is_in_small_catalogues_and_large_ones(count: int, seed: int) -> None:
    proved(count, seed, steps=12, notices=120)


def test_a_new_capability_touches_the_lots_of_its_family_alone() -> None:
    chance = random.Random(7)  # noqa: S311 - as above
    products = [product(code, chance) for code in range(100)]
    place = next(n for n, one in enumerate(products) if one.family == "paints")
    known, asked = statistics(learned(products)), lots(200, chance)
    wider = replace(
        products[place], capabilities=(Capability("width_mm", SAID, spans=(Span(1, 2),)),)
    )
    before = offers(products, known)
    after = offers([*products[:place], wider, *products[place + 1 :]], known)
    touched = affected_by(before, after, asked)
    for lot, told_so in zip(asked, touched, strict=True):
        paint = "Эмаль" in lot.title or "Краска" in lot.title
        assert told_so or not paint
        # «особый» of another good is a word in common, and the sale of scrap is always affected.
        alike = paint or "лом" in lot.title or any(word in lot.title for word in WORDS)
        assert alike or not told_so, lot.title
    assert touched.count(True) < len(asked) / 2


def test_a_family_that_a_lot_was_not_read_for_leaves_it_affected() -> None:
    products = [Product(ProductCode("1"), "Бумага офисная"), Product(ProductCode("2"), "Насос")]
    known = statistics(learned(products))
    change = Change.between(offers(products, known), offers(products[:1], known))
    lot = LotText("1", "1", "Молоко")
    assert change.affected([lot, lot], [None, frozenset()]) == [True, False]


def arrays(index: Index) -> list[bytes]:
    parts: list[NDArray[Any]] = [
        index.vocabulary.keys,
        index.idf,
        index.lengths,
        index.totals,
        index.logs,
    ]
    matrices = [index.counts, index.first, index.figures]
    parts += [part for one in matrices for part in (one.data, one.indices, one.indptr)]
    return [part.tobytes() for part in parts]


def test_an_index_by_its_own_statistics_is_the_index() -> None:
    chance = random.Random(9)  # noqa: S311 - as above
    terms = learned([product(code, chance) for code in range(60)])
    frozen = build(terms, statistics(terms))
    plain = indexing.build([terms])
    assert arrays(frozen) == arrays(plain)
    assert (frozen.postings, frozen.learned_rows) == (plain.postings, plain.learned_rows)


@pytest.mark.proof
def test_in_a_large_catalogue_too_where_frequent_terms_are_followed_in_part() -> None:
    chance = random.Random(11)  # noqa: S311 - as above
    products = [
        Product(ProductCode(f"p{n}"), f"Труба {WORDS[n % 7]} {n % 97}х{n % 5} {n}")
        for n in range(indexing.MOST_ROWS + 500)
    ]
    known = statistics(learned(products))
    assert (known.level >= 0).any()
    asked = [LotText(str(n), "1", f"Труба {WORDS[n % 7]} {n * 3}х{n % 5}") for n in range(60)]
    before = offers(products, known)
    for step in range(2):
        products = changed(products, 10**6 + step, chance)
        after = offers(products, known)
        touched = affected_by(before, after, asked)
        was, now = told(asked, before), told(asked, after)
        assert all(so or left == right for so, left, right in zip(touched, was, now, strict=True))
        assert touched.count(False) > 30
        before = after


def test_trees_of_headings_and_another_order_cannot_be_compared() -> None:
    products = [Product(ProductCode(code), code) for code in ("a", "b", "c")]
    known = statistics(learned(products))
    before = offers(products, known)
    with pytest.raises(IncomparableError, match="order"):
        Change.between(before, offers(products[::-1], known))
    tree = [*products, Product(ProductCode("a.1"), "лист")]
    with pytest.raises(IncomparableError, match="tree"):
        Change.between(before, offers(tree, known))
