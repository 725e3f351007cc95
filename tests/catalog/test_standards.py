"""Standards as price lists, portals and plants write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.standards import find_standards, parse_standards, years_differ


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ГОСТ 10704-91", ["ГОСТ 10704-91"]),
        ("ГОСТ10704-91,10705-80", ["ГОСТ 10704-91", "ГОСТ 10705-80"]),
        ("ГОСТ 10704, 10705-80", ["ГОСТ 10704", "ГОСТ 10705-80"]),
        ("ГОСТ2590,4543-2016", ["ГОСТ 2590", "ГОСТ 4543-2016"]),
        ("ГОСТ 2590-2006 535-2005 2ГП", ["ГОСТ 2590-2006", "ГОСТ 535-2005"]),
        ("ГОСТ2590,535/ТУ14-1-5228-93", ["ГОСТ 2590", "ГОСТ 535", "ТУ 14-1-5228-93"]),
        ("ТУ14-1-2118,2590,4543-16 3ГП", ["ТУ 14-1-2118", "ГОСТ 2590", "ГОСТ 4543-16"]),
        ("ТУ1373-002-40198874-2015", ["ТУ 1373-002-40198874-2015"]),
        ("ТУ 14-101-535-2004", ["ТУ 14-101-535-2004"]),
        ("МЕМСТ 10704-91 бойынша", ["ГОСТ 10704-91"]),
        ("GOST 8732-78", ["ГОСТ 8732-78"]),
        ("ГОСТ Р 58121.2-2018", ["ГОСТ Р 58121.2-2018"]),
        ("СТ РК ISO 4427-2-2014", ["СТ РК ISO 4427-2-2014"]),
        ("ҚР СТ 1234-2019", ["СТ РК 1234-2019"]),
        ("API 5L", ["API 5L"]),
        ("API Spec 5CT", ["API 5CT"]),
        ("DIN EN 12201:2011", ["DIN EN 12201-2011"]),
        ("O‘zDSt 2742:2013", ["O'zDSt 2742-2013"]),
        ("ГОСТ 3262-75*", ["ГОСТ 3262-75"]),
        ("ГОСТ 10704-91 и ГОСТ 20295-85", ["ГОСТ 10704-91", "ГОСТ 20295-85"]),
        ("соответствует ГОСТу 18599-2001", ["ГОСТ 18599-2001"]),
        ("по ГОСТ 10704-91, 820х10", ["ГОСТ 10704-91"]),
        ("ГОСТ 10704-91, 530 мм", ["ГОСТ 10704-91"]),
        ("ГОСТ 10704-91 12 м", ["ГОСТ 10704-91"]),
        ("СНиП 2.04.02-84 и СП 31.13330", []),
        ("мост 10 рост 15", []),
        ("гост", []),
        ("", []),
    ],
)
def test_standards_are_read_from_text(text: str, expected: list[str]) -> None:
    assert [str(s) for s in parse_standards(text)] == expected


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("ГОСТ 10704-91", "ГОСТ 10704-1991", False),
        ("ГОСТ 10704-91", "ГОСТ 10704", False),
        ("ГОСТ 4543-2016", "ГОСТ 4543-71", True),
        ("ГОСТ 2590-06", "ГОСТ 2590-2006", False),
    ],
)
def test_years_differ_only_where_both_state_one(one: str, other: str, differ: bool) -> None:
    (first,), (second,) = parse_standards(one), parse_standards(other)
    assert first.name == second.name
    assert years_differ(first, second) is differ


@given(st.text(alphabet="гостуGOST 0123456789-,/.№:р", max_size=60))
def test_every_standard_found_lies_inside_the_text(text: str) -> None:
    last = 0
    for found in find_standards(text):
        assert last <= found.start < found.end <= len(text)
        last = found.end


def test_a_numbered_paper_is_no_standard_and_no_error() -> None:
    assert parse_standards("Ref. no. 12, ГОСТ 10704-91") == parse_standards("ГОСТ 10704-91")
