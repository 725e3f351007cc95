"""The letters of a paint's mark are no word of another language."""

import pytest

from catalog.family import load_families
from matcher.reading import read_text

FAMILIES = load_families()


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("Эмаль АК-511 для дорожной разметки, 500 кг", None),
        ("Краска фасадная ВД-АК-101, 1500 кг", None),
        ("Эмаль АК-1511 желтая", "желтый"),
        ("Ақ бояу, 500 кг", "белый"),
        ("Эмаль ПФ-115 ақ түсті, 40 кг", "белый"),
    ],
)
def test_the_mark_of_an_acrylic_paint_is_not_the_kazakh_word_for_white(
    text: str, color: str | None
) -> None:
    said = read_text(text, FAMILIES).attributes.get("color", ())
    assert said == (() if color is None else (color,))
