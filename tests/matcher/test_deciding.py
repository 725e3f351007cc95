from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.records import Product, Source, Span, Standing
from matcher.deciding import decide, verdict_of, weigh
from matcher.records import Evidence, Need, Note, Value, Verdict
from tests.matcher.making import PIPE, SEAMLESS, need, offer, pair, product


def verdict(asked: Need, made: Product | None = None) -> Verdict:
    return decide([pair(asked, offer(made or product()))])[0]


def reasons(asked: Need, made: Product | None = None) -> list[str]:
    return [each.reason for each in weigh(pair(asked, offer(made or product())))]


def test_every_stated_requirement_inside_a_confirmed_range_is_can() -> None:
    asked = need({"outer_diameter_mm": 820, "wall_mm": 10}, standards=("ГОСТ 10704-91",))
    assert verdict(asked) is Verdict.CAN


def test_one_requirement_outside_is_cannot() -> None:
    assert verdict(need({"outer_diameter_mm": 820, "wall_mm": 28})) is Verdict.CANNOT


def test_a_typical_range_never_grants_and_never_refuses() -> None:
    typical = product(standing=Standing.TYPICAL)
    assert verdict(need({"outer_diameter_mm": 820, "wall_mm": 10}), typical) is Verdict.CHECK
    assert verdict(need({"outer_diameter_mm": 820, "wall_mm": 28}), typical) is Verdict.CHECK


def test_a_size_that_decides_and_is_not_stated_is_asked_of_the_buyer() -> None:
    found = weigh(pair(need({"outer_diameter_mm": 820})))
    asked = [each for each in found if each.ask == "buyer"]
    assert [each.attribute for each in asked] == ["wall_mm"]
    assert verdict_of(found) is Verdict.CHECK


def test_a_requirement_the_plant_says_nothing_of_is_asked_of_the_plant() -> None:
    asked = need({"outer_diameter_mm": 820, "wall_mm": 10, "length_m": 12})
    found = weigh(pair(asked))
    assert [(e.attribute, e.ask) for e in found if e.verdict is Verdict.CHECK] == [
        ("length_m", "plant")
    ]


def test_a_product_without_capability_is_check_whatever_is_asked() -> None:
    plain = product("")
    assert verdict(need({"outer_diameter_mm": 99999, "wall_mm": 1}), plain) is Verdict.CHECK


def test_an_unstated_kind_is_check_even_where_all_sizes_fit() -> None:
    asked = need({"outer_diameter_mm": 820, "wall_mm": 10}, family=None)
    assert verdict(asked) is Verdict.CHECK
    assert verdict(need({"outer_diameter_mm": 820, "wall_mm": 10}, rivals=(SEAMLESS,))) is (
        Verdict.CHECK
    )


def test_another_kind_is_refused_at_the_gate_before_any_size_is_looked_at() -> None:
    asked = need({"outer_diameter_mm": 820, "wall_mm": 10}, family=SEAMLESS)
    assert reasons(asked) == ["other_family"]


def test_a_service_is_refused() -> None:
    assert reasons(need({"outer_diameter_mm": 820}, service=True)) == ["service"]


def test_texts_that_share_nothing_are_refused_unless_of_one_family() -> None:
    other = product(family=None)
    far = pair(need(family=None), offer(other), relevance=0.01)
    assert [each.reason for each in weigh(far)] == ["no_shared_words"]
    kin = pair(need({"outer_diameter_mm": 820, "wall_mm": 10}), offer(), relevance=0.0)
    assert verdict_of(weigh(kin)) is Verdict.CAN


def test_a_contradiction_inside_the_notice_is_check() -> None:
    note = Note("contradiction", "wall_mm", "стенка 10 и 12 мм", "buyer")
    asked = need({"outer_diameter_mm": 820, "wall_mm": 10}, notes=(note,))
    assert verdict(asked) is Verdict.CHECK


def test_a_lot_that_fits_in_part_is_check_and_says_how_much() -> None:
    fits = need({"outer_diameter_mm": 820, "wall_mm": 10}, index=0)
    fails = need({"outer_diameter_mm": 159, "wall_mm": 5}, index=1)
    found, evidence = decide([pair(fits), pair(fails)])
    assert found is Verdict.CHECK
    assert evidence[-1].reason == "part_of_lot"
    assert "1 из 2" in evidence[-1].because


def test_a_lot_of_which_nothing_fits_is_cannot() -> None:
    sizes = [need({"outer_diameter_mm": d, "wall_mm": 5}, index=i) for i, d in enumerate((89, 159))]
    assert decide([pair(each) for each in sizes])[0] is Verdict.CANNOT


KEYS = ("outer_diameter_mm", "wall_mm", "nominal_diameter_mm", "length_m")
spans = st.tuples(st.integers(1, 60), st.integers(0, 40)).map(
    lambda pair: Span(pair[0] * 25, (pair[0] + pair[1]) * 25)
)
grades = st.sampled_from(["Ст20", "20", "09Г2С", "17Г1С", "13ХФА"])
numbers = st.sampled_from([5.0, 10.0, 28.0, 159.0, 530.0, 720.0, 800.0, 820.0, 1000.0, 1420.0])
asked_attributes = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(KEYS, numbers) | {"steel_grade": grades}
)
needs = st.builds(
    lambda attributes, standards, family: need(
        attributes, standards=tuple(standards), family=family
    ),
    asked_attributes,
    st.lists(st.sampled_from(["ГОСТ 10704-91", "ГОСТ 20295", "ГОСТ 9.602"]), max_size=2),
    st.sampled_from([PIPE, None, SEAMLESS]),
)
terms = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(KEYS), spans).map(
            lambda pair: f"{pair[0]}={pair[1].low:g}..{pair[1].high:g}"
        ),
        st.just("steel_grade=Ст20|09Г2С"),
        st.just("standards=ГОСТ 10704"),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda term: term.partition("=")[0],
)
products = st.builds(
    lambda listed, standing: product("; ".join(listed), standing=standing),
    terms,
    st.sampled_from(list(Standing)),
)


@given(needs, products, st.randoms())
def test_the_order_of_attributes_changes_nothing(
    asked: Need, made: Product, shuffle: object
) -> None:
    items = list(asked.attributes.items())
    shuffle.shuffle(items)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    turned = replace(asked, attributes=dict(items), standards=tuple(reversed(asked.standards)))
    assert verdict(asked, made) is verdict(turned, made)


@given(st.lists(needs, min_size=1, max_size=4), products)
def test_the_order_of_needs_changes_nothing(asked: list[Need], made: Product) -> None:
    offered = offer(made)
    there = decide([pair(each, offered) for each in asked])[0]
    assert there is decide([pair(each, offered) for each in reversed(asked)])[0]


@given(needs, products, st.data())
def test_a_plant_that_says_less_never_turns_cannot_into_can(
    asked: Need, made: Product, data: st.DataObject
) -> None:
    kept = data.draw(st.sets(st.sampled_from(made.capabilities)))
    less = replace(made, capabilities=tuple(each for each in made.capabilities if each in kept))
    unsure = Source("слух", None, Standing.REPORTED)
    doubted = replace(
        made, capabilities=tuple(replace(each, source=unsure) for each in made.capabilities)
    )
    if verdict(asked, made) is Verdict.CANNOT:
        assert verdict(asked, less) is not Verdict.CAN
    assert verdict(asked, doubted) is not Verdict.CAN


@given(needs, products, st.sampled_from(("outer_diameter_mm", "wall_mm", "family")))
def test_a_buyer_who_leaves_out_what_decides_never_turns_cannot_into_can(
    asked: Need, made: Product, dropped: str
) -> None:
    if dropped == "family":
        less = replace(asked, family=None)
    else:
        gone = {dropped} | ({"nominal_diameter_mm"} if dropped == "outer_diameter_mm" else set())
        left = {key: value for key, value in asked.attributes.items() if key not in gone}
        less = replace(asked, attributes=left)
    if verdict(asked, made) is Verdict.CANNOT:
        assert verdict(less, made) is not Verdict.CAN


@given(needs, products)
def test_every_check_says_whom_to_ask(asked: Need, made: Product) -> None:
    found, evidence = decide([pair(asked, offer(made))])
    if found is Verdict.CHECK:
        assert any(each.ask for each in evidence)
    assert all(isinstance(each, Evidence) and each.because for each in evidence)


def test_a_misprinted_size_refuses_nobody() -> None:
    note = Note("wall_too_thick", "wall_mm", "500", "buyer")
    asked = need({"outer_diameter_mm": 820, "wall_mm": 500}, notes=(note,))
    assert verdict(asked) is Verdict.CHECK


def test_two_sizes_that_contradict_each_other_refuse_nobody() -> None:
    note = Note("nominal_against_outer", "outer_diameter_mm", "DN 300, D 820", "buyer")
    sizes = {"outer_diameter_mm": 820, "nominal_diameter_mm": 300, "wall_mm": 10}
    mill = product("outer_diameter_mm=530..1420; nominal_diameter_mm=500..1400; wall_mm=6..25")
    assert verdict(need(sizes, notes=(note,)), mill) is Verdict.CHECK


@given(needs, products)
def test_a_grade_left_open_is_said_aloud_wherever_it_could_have_refused(
    asked: Need, made: Product
) -> None:
    """A dropped grade is a dropped requirement: it may turn `cannot` into `can`, aloud."""
    less = replace(asked, attributes=without(asked, "steel_grade"))
    if verdict(asked, made) is Verdict.CANNOT and verdict(less, made) is Verdict.CAN:
        found = decide([pair(less, offer(made))])[1]
        assert [e.attribute for e in found if e.reason == "left_open"] == ["steel_grade"]


def without(asked: Need, key: str) -> dict[str, tuple[Value, ...]]:
    return {each: value for each, value in asked.attributes.items() if each != key}


def test_what_is_left_open_moves_neither_verdict_nor_score() -> None:
    found = weigh(pair(need({"outer_diameter_mm": 820, "wall_mm": 10})))
    said = [each for each in found if each.reason == "left_open"]
    assert {each.attribute for each in said} == {"steel_grade", "coating"}
    assert {each.stage for each in said} == {"left_open"}
    assert verdict_of(found) is Verdict.CAN


def test_a_sort_of_ordinary_steel_the_buyer_left_to_the_maker_is_inside() -> None:
    mill = product("outer_diameter_mm=820; wall_mm=10; steel_grade=Ст3сп5")
    sizes = {"outer_diameter_mm": 820, "wall_mm": 10}
    assert verdict(need({**sizes, "steel_grade": "Ст3"}), mill) is Verdict.CAN
    assert verdict(need({**sizes, "steel_grade": "Ст3пс"}), mill) is Verdict.CANNOT
    less = product("outer_diameter_mm=820; wall_mm=10; steel_grade=Ст3сп")
    assert verdict(need({**sizes, "steel_grade": "Ст3сп5"}), less) is Verdict.CHECK


@pytest.mark.parametrize("written", ["Ст20", "ст. 20", "сталь 20", "20", "St20"])
def test_a_plant_may_write_its_steel_as_it_likes(written: str) -> None:
    mill = product(f"outer_diameter_mm=820; wall_mm=10; steel_grade={written}")
    asked = need({"outer_diameter_mm": 820, "wall_mm": 10, "steel_grade": "20"})
    assert verdict(asked, mill) is Verdict.CAN


def test_a_bound_is_met_by_any_size_inside_it_and_a_range_only_by_all() -> None:
    at_least = need({"outer_diameter_mm": 820, "wall_mm": Span(8, None)})
    assert verdict(at_least) is Verdict.CAN
    assert verdict(need({"outer_diameter_mm": 820, "wall_mm": Span(28, None)})) is Verdict.CANNOT
    every = need({"outer_diameter_mm": 820, "wall_mm": Span(4, 10)})
    assert verdict(every) is Verdict.CHECK
    up_to = need({"outer_diameter_mm": Span(None, 1020), "wall_mm": 10})
    assert verdict(up_to) is Verdict.CHECK
