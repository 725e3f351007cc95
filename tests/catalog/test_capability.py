import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.capability import format_capabilities, parse_capabilities
from catalog.faults import CellFault
from catalog.records import Capability, Source, Span

SOURCE = Source("заявлено заводом")

numbers = st.floats(-1e9, 1e9).map(lambda number: round(number, 6) + 0.0)
closed = st.tuples(numbers, numbers).map(lambda ends: Span(min(ends), max(ends)))
spans = closed | numbers.map(lambda n: Span(n, None)) | numbers.map(lambda n: Span(None, n))
names = st.text(st.characters(categories=["L", "N"], include_characters=" -./"), min_size=1).map(
    lambda text: " ".join(text.split()) or "none"
)
capabilities = st.one_of(
    st.builds(
        Capability,
        st.sampled_from(["outer_diameter_mm", "wall_mm", "sdr", "volume_l", "density_kg_m3"]),
        st.just(SOURCE),
        spans=st.lists(spans, min_size=1, max_size=4).map(tuple),
    ),
    st.builds(
        Capability,
        st.sampled_from(["steel_grade", "standards", "coating", "color_ral"]),
        st.just(SOURCE),
        names=st.frozensets(names, min_size=1, max_size=4),
    ),
)


@given(st.lists(capabilities).map(tuple))
def test_what_is_written_reads_back_the_same(given_ones: tuple[Capability, ...]) -> None:
    assert parse_capabilities(format_capabilities(given_ones), SOURCE) == given_ones


def one(text: str) -> Capability:
    (only,) = parse_capabilities(text, SOURCE)
    return only


def test_the_line_of_the_reference_is_read() -> None:
    text = "outer_diameter_mm=530..1420; wall_mm=6..25; steel_grade=Ст20|09Г2С; coating=3PE|none"
    assert parse_capabilities(text, SOURCE) == (
        Capability("outer_diameter_mm", SOURCE, spans=(Span(530, 1420),)),
        Capability("wall_mm", SOURCE, spans=(Span(6, 25),)),
        Capability("steel_grade", SOURCE, names=frozenset({"Ст20", "09Г2С"})),
        Capability("coating", SOURCE, names=frozenset({"3PE", "none"})),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wall_mm=..6", (Span(None, 6),)),
        ("wall_mm=530..", (Span(530, None),)),
        ("wall_mm=4,5", (Span(4.5, 4.5),)),
        ("wall_mm = 4,5 .. 6.3", (Span(4.5, 6.3),)),
        ("wall_mm=6…25", (Span(6, 25),)),
        ("outer_diameter_mm=219..530|720..1420", (Span(219, 530), Span(720, 1420))),
        ("outer_diameter_mm=1 020..1\xa0420", (Span(1020, 1420),)),
        ("temper_scale=5..7", (Span(5, 7),)),
    ],
)
def test_spans_are_read(text: str, expected: tuple[Span, ...]) -> None:
    assert one(text).spans == expected


def test_a_steel_grade_named_by_a_number_is_a_name() -> None:
    assert one("steel_grade=10|20").names == {"10", "20"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wall_mm=25..6", "wall_mm=25..6 is reversed; write wall_mm=6..25"),
        ("temper_scale=25..6", "reversed"),
        ("wall_mm=6-25", "write 6..25"),
        ("wall_mm=8 мм", "write 8, without a unit"),
        ("wall_mm=thick", "is no range of numbers"),
        ("wall_mm=..", "open at both ends"),
        ("wall_mm=", "empty value"),
        ("wall_mm=6||8", "empty value"),
        ("wall_mm", "has no ="),
        ("толщина=6", "is no attribute"),
        ("mass_kg=1,250", "can be read in two ways"),
        ("wall_mm=1e400", "is no range of numbers"),
        ("wall_mm=1" + " 000" * 200, "is no range of numbers"),
        ("wall_mm=nan", "is no range of numbers"),
        ("wall_mm=" + "9" * 5000, "is no range of numbers"),
    ],
)
def test_a_wrong_term_is_told_with_what_is_right(text: str, said: str) -> None:
    with pytest.raises(CellFault) as caught:
        parse_capabilities(text, SOURCE)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_name_that_the_form_cannot_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        format_capabilities((Capability("coating", SOURCE, names=frozenset({"3PE; ВУС"})),))
