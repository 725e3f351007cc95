"""Hostile texts cost no more than their length: twice the text, about twice the steps.

Steps are counted as executed lines, not seconds: a loaded machine must not fail this.
"""

import sys
from types import FrameType
from typing import Any

import pytest

from catalog.family import load_families
from matcher.reading import read_lot, read_text
from matcher.records import LotText

FAMILIES = load_families()
PIECES = ["1", "х", "1х", "((", "1 ", "ГОСТ 1-1,", "1-", "от 1 до ", "820х10 ", "d=820 ", "труба "]
PIECES += [
    "4-4-4 ",
    "Ду ",
    "для ",
    "для : ",
    "трубы краски ",
    '1/2" ',
    "ст.",
    "09г2с ",
    "219х6/315 ",
]
PIECES += ["құбыр ы", "на трубы ", "1 000 ", "пф-115 "]


def steps(text: str) -> int:
    """Count the lines executed while reading a text."""
    count = 0

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read_text(text, FAMILIES)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", PIECES)
def test_twice_the_text_costs_at_most_about_twice(piece: str) -> None:
    read_text(piece, FAMILIES)
    small, large = steps(piece * 400), steps(piece * 800)
    assert large <= small * 2.6 + 2000


@pytest.mark.parametrize("text", ["1" * 1_000_000, "х" * 10_000, "(" * 50_000 + ")" * 50_000])
def test_a_hostile_lot_is_read_without_fault(text: str) -> None:
    assert len(read_lot(LotText("n", "1", text, texts=(text,)), FAMILIES)) == 1
