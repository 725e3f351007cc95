"""Folding and stemming: written forms of one word meet, and hostile text costs little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.words import fold, stem, stems, uzbek_cyrillic


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Труба  159х4,5", "труба 159×4,5"),
        ("труба 159x4,5", "труба 159×4,5"),
        ("ТРУБА 159 * 4,5", "труба 159×4,5"),
        ("Труба 57 Х 3,5", "труба 57×3,5"),
        ("Круг Ст40Х 125мм", "круг ст40х 125мм"),
        ("Тёплый пол – ёмкость", "теплый пол - емкость"),
        ("cталь 09Г2C", "сталь 09г2с"),
        ("SDR11, СDR", "sdr11, cdr"),
        ("100 м²", "100 м2"),
        ("oʻlchov oʼlchov o’lchov", "o'lchov o'lchov o'lchov"),
        ("тру\u00adба", "труба"),
        ("⌀ 325", "ø 325"),
    ],
)
def test_written_forms_fold_to_one(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize("around", ["{}", "т{}", "t{}", "5{}5", "т{}5t"])
def test_plain_words_fold_as_words_of_odd_characters_do(around: str) -> None:
    unseen = "\u200b"  # no letter, and enough for a word to be folded the long way
    plain = [chr(code) for code in (*range(0x21, 0x7F), *range(0x400, 0x530), *range(0xA1, 0x100))]
    written = [around.format(each) for each in plain]
    assert list(map(fold, written)) == [fold(unseen + each) for each in written]


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="хx*× 0123456789,.-абeEcС'ʻ’ёøé\u0301\u0306", max_size=40))
def test_folding_twice_changes_nothing_in_sizes(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "forms",
    [
        "труба трубы труб трубами трубу",
        "құбыр құбырлар құбырлардың құбырларды қубыр кубыр кубырлар құбырдың құбырға",
        "стальная стальной стальных",
        "quvur quvurlar quvurlari quvurlarning",
        "pipe pipes",
        "терезе терезелер терезенің терезелерді",
    ],
)
def test_inflected_forms_share_a_stem(forms: str) -> None:
    assert len(set(stems(forms))) == 1


def test_uzbek_latin_and_cyrillic_meet() -> None:
    assert uzbek_cyrillic("po'lat quvur") == "пўлат қувур"
    assert stem(uzbek_cyrillic("g'isht")) == stem(fold("ғишт"))


@pytest.mark.parametrize("text", ["", " ", "'", "...", "🚀", "\u0301"])
def test_text_without_words_has_no_stems(text: str) -> None:
    assert stems(text) == ()
