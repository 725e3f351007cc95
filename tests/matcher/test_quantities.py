from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.family import FORMULAS as NAMED
from catalog.family import Family
from catalog.records import FamilyName
from matcher.pairs import Offer
from matcher.quantities import (
    FORMULAS,
    idle_share,
    in_unit,
    pe_pipe_kg_per_metre,
    quantity_of,
    steel_pipe_kg_per_metre,
    together,
)
from matcher.records import NeedKind, PlantQuantity
from matcher.supply import supplied
from tests.matcher.making import FAMILIES, PE, PIPE, need, product

STEEL, PLASTIC = FAMILIES[PIPE], FAMILIES[PE]
WINDOWS = Family(FamilyName("windows"), {}, "m2", ("окно",), formula="area")
PAINTS = Family(
    FamilyName("paints"), {}, "kg", ("эмаль",), formula="paint_mass",
    constants={"density_kg_l": 1.3},
)  # fmt: skip


@pytest.mark.parametrize(
    ("outer", "wall", "mass"),
    [(820, 10, 199.76), (159, 4.5, 17.15), (1420, 16, 554.0), (530, 8, 102.99)],
)
def test_steel_pipe_weighs_what_the_table_of_gost_10704_says(
    outer: float, wall: float, mass: float
) -> None:
    assert steel_pipe_kg_per_metre(outer, wall) == pytest.approx(mass, abs=0.01)


def test_polyethylene_pipe_weighs_its_ring_by_its_density() -> None:
    # 110 × 6.6: ring of 2143.96 mm², 0.955 g/cm³ → 2.0475 kg a metre
    assert pe_pipe_kg_per_metre(110, 6.6, 955) == pytest.approx(2.0475, abs=1e-4)


def test_stated_tonnes_give_metres_and_nothing_is_estimated() -> None:
    found, assumed = quantity_of(
        need({"outer_diameter_mm": 820, "wall_mm": 10}, quantity="199.75815 t"), STEEL
    )
    assert found.metres == pytest.approx(Decimal(1000), abs=Decimal("0.01"))
    assert not found.estimated
    assert assumed == ()


def test_the_heating_main_of_zhezkazgan_needs_3_7_thousand_tonnes_by_assumption() -> None:
    works = need({"nominal_diameter_mm": 1000}, quantity="12.3 km", kind=NeedKind.IMPLIED)
    found, assumed = quantity_of(works, STEEL)
    # 1020 × 10 (assumed): 0.0246615 · 10 · 1010 = 249.08 kg a metre, 12 300 m → 3 063.7 t
    assert found.metres == 12300
    assert found.tonnes is not None
    assert float(found.tonnes) == pytest.approx(3063.7, abs=0.1)
    assert found.estimated
    assert any("1020" in each for each in assumed)
    assert any("толщина стенки 10 мм" in each for each in assumed)


def test_a_supply_without_a_wall_is_not_guessed() -> None:
    found, _ = quantity_of(need({"outer_diameter_mm": 820}, quantity="100 m"), STEEL)
    assert found.metres == 100
    assert found.tonnes is None
    assert not found.estimated


def test_pieces_of_a_stated_length_are_metres() -> None:
    asked = need({"outer_diameter_mm": 820, "wall_mm": 10, "length_m": 12}, quantity="10 pcs")
    found, _ = quantity_of(asked, STEEL)
    assert found.metres == 120
    assert float(found.tonnes or 0) == pytest.approx(23.971, abs=0.001)


def test_sdr_gives_the_wall_of_polyethylene_and_says_so() -> None:
    found, assumed = quantity_of(
        need({"outer_diameter_mm": 110, "sdr": 11}, family=PE, quantity="1000 m"), PLASTIC
    )
    # e = 10 mm: π · 100 · 10 · 955 / 1e6 = 3.0002 kg a metre
    assert float(found.tonnes or 0) == pytest.approx(3.0002, abs=0.001)
    assert found.estimated
    assert assumed


def test_windows_turn_pieces_into_square_metres_and_back() -> None:
    sizes = {"width_mm": 1500, "height_mm": 1200}
    there, _ = quantity_of(need(sizes, quantity="10 pcs"), WINDOWS)
    back, _ = quantity_of(need(sizes, quantity="18 m2"), WINDOWS)
    assert there.square_metres == 18
    assert back.pieces == 10


def test_litres_of_paint_are_kilograms_by_an_assumed_density() -> None:
    found, assumed = quantity_of(need(quantity="100 l"), PAINTS)
    assert found.tonnes == Decimal("0.13")
    assert found.estimated
    assert assumed == ("плотность 1,3 кг/л",)


def test_kilograms_stated_are_not_estimated_in_the_plants_own_unit() -> None:
    found, _ = quantity_of(need(quantity="500 kg"), PAINTS)
    assert in_unit(found, "kg") == 500


@pytest.mark.parametrize("wall", [0, 410, 500])
def test_an_absurd_wall_gives_no_mass(wall: float) -> None:
    found, _ = quantity_of(
        need({"outer_diameter_mm": 820, "wall_mm": wall}, quantity="100 m"), STEEL
    )
    assert found.tonnes is None


@pytest.mark.parametrize("amount", ["-5 t", "NaN t", "Infinity m"])
def test_a_quantity_that_is_none_is_unknown(amount: str) -> None:
    assert quantity_of(need(quantity=amount), STEEL)[0] == PlantQuantity()


def test_a_lot_is_the_sum_of_its_needs_and_unknown_if_one_is() -> None:
    ten, five = (PlantQuantity(Decimal(n), "t", tonnes=Decimal(n)) for n in (10, 5))
    assert together([ten, five]).tonnes == 15
    assert together([ten, PlantQuantity()]).tonnes is None
    assert together([]) == PlantQuantity()


def test_the_share_of_idle_capacity_counts_in_the_plants_unit() -> None:
    mill = product(capacity="100000", utilisation="20", unit="t")
    assert idle_share(PlantQuantity(tonnes=Decimal(8000)), mill) == Decimal("0.1")
    assert idle_share(PlantQuantity(metres=Decimal(8000)), mill) is None
    assert idle_share(PlantQuantity(tonnes=Decimal(1)), product(capacity="100")) is None


@given(
    st.floats(20, 1420),
    st.floats(1, 30),
    st.decimals("0.01", "100000", places=2),
)
def test_tonnes_to_metres_and_back_is_the_same(outer: float, wall: float, metres: Decimal) -> None:
    if wall >= outer / 2:
        return
    sizes = {"outer_diameter_mm": outer, "wall_mm": wall}
    there, _ = quantity_of(need(sizes, quantity=f"{metres} m"), STEEL)
    assert there.tonnes is not None
    if there.tonnes > Decimal("0.01"):
        back, _ = quantity_of(need(sizes, quantity=f"{there.tonnes} t"), STEEL)
        assert back.metres is not None
        assert float(back.metres) == pytest.approx(float(metres), rel=0.01)


def test_every_formula_a_family_may_name_exists() -> None:
    assert FORMULAS.keys() == NAMED


def test_tonnes_by_the_usual_mass_of_a_piece_are_estimated() -> None:
    blocks = Family(
        FamilyName("blocks"), {}, "t", ("блок",), formula="piece_mass", constants={"mass_kg": 20}
    )
    found, assumed = quantity_of(need({}, quantity="50 pcs"), blocks)
    assert (found.tonnes, found.estimated) == (Decimal(1), True)
    assert assumed == ("масса одного изделия 20 кг",)
    found, assumed = quantity_of(need({"mass_kg": 25}, quantity="40 pcs"), blocks)
    assert (found.tonnes, found.estimated, assumed) == (Decimal(1), False, ())


def test_a_product_shows_tonnes_of_its_own_family_only() -> None:
    works = need(
        {"nominal_diameter_mm": 600}, family=PE, rivals=(PIPE,), quantity="1200 m",
        kind=NeedKind.IMPLIED,
    )  # fmt: skip
    steel = Offer(0, product(), PIPE, STEEL)
    quantity, found = supplied([works], steel, FAMILIES)
    # 630 × 10 (assumed): 0.0246615 · 10 · 620 = 152.90 kg a metre, 1 200 m → 183.48 t
    assert float(quantity.tonnes or 0) == pytest.approx(183.48, abs=0.01)
    assert not any("SDR" in (each.asked or "") for each in found)
    other = Offer(0, product(), WINDOWS.name, WINDOWS)
    assert supplied([works], other, FAMILIES)[0].tonnes is None
