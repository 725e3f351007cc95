import pytest

from matcher.deriving import derive
from matcher.diameters import (
    pressure_of_sdr,
    sdr_of_pressure,
    sdr_of_wall,
    steel_nominal,
    steel_outer,
)
from tests.matcher.making import FAMILIES, PE, PIPE, need


@pytest.mark.parametrize(("nominal", "outer"), [(150, 159), (500, 530), (1000, 1020), (1400, 1420)])
def test_nominal_and_outer_diameters_of_steel_find_each_other(nominal: float, outer: float) -> None:
    assert steel_outer(nominal) == (outer,)
    assert steel_nominal(outer) == nominal


def test_a_nominal_diameter_of_no_row_has_no_outer_one() -> None:
    assert steel_outer(777) == ()
    assert not derive(need({"nominal_diameter_mm": 777}), FAMILIES[PIPE])


def test_dn_100_has_two_outer_diameters_in_use() -> None:
    found = derive(need({"nominal_diameter_mm": 100}), FAMILIES[PIPE])
    assert [value.low for value in found["outer_diameter_mm"].values] == [108, 114]  # type: ignore[union-attr]  # spans, as made


@pytest.mark.parametrize(
    ("sdr", "pressure"), [(17, 10), (11, 16), (13.6, 12.5), (21, 8), (26, 6.3), (7.4, 25)]
)
def test_sdr_and_pressure_of_pe100_find_each_other(sdr: float, pressure: float) -> None:
    assert pressure_of_sdr(sdr, "PE100") == pressure
    assert sdr_of_pressure(pressure, "PE100") == sdr
    assert sdr_of_pressure(pressure, None) is None


@pytest.mark.parametrize(
    ("outer", "wall", "sdr"), [(110, 6.6, 17), (225, 20.5, 11), (63, 5.8, 11), (400, 23.7, 17)]
)
def test_rows_of_gost_18599_have_their_sdr(outer: float, wall: float, sdr: float) -> None:
    assert sdr_of_wall(outer, wall) == sdr


def test_a_wall_of_no_row_has_no_sdr() -> None:
    assert sdr_of_wall(110, 0) is None
    assert sdr_of_wall(110, 1) is None


def test_pressure_of_polyethylene_gives_its_sdr_only_with_a_grade() -> None:
    graded = need({"nominal_pressure_bar": 10, "pe_grade": "PE100"}, family=PE)
    assert derive(graded, FAMILIES[PE])["sdr"].values[0].low == 17  # type: ignore[union-attr]  # a span, as made
    assert "sdr" not in derive(need({"nominal_pressure_bar": 10}, family=PE), FAMILIES[PE])
