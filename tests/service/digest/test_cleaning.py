import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.digest.cleaning import clean, cut, safe_link

HOSTS = frozenset({"portal.example"})


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("диаметр \u202e028\u202c мм", "диаметр 028 мм"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("две\r\nстроки\u2028и ещё\u2029одна", "две строки и ещё одна"),
        ("  много \t\u00a0 места ", "много места"),
        ("мя\u00adгкий пере\u200bнос", "мягкий перенос"),
        ("и\u0306", "й"),
        ("Z" + "\u0300" * 40, "Z\u0300\u0300"),
    ],
)
def test_what_is_not_text_is_dropped(raw: str, plain: str) -> None:
    assert clean(raw) == plain


@given(st.text())
def test_cleaning_leaves_no_control_or_direction_character_and_is_idempotent(text: str) -> None:
    once = clean(text)
    assert not {unicodedata.category(char) for char in once} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert clean(once) == once


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_a_cut_text_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit


def test_a_cut_falls_between_words_and_is_marked() -> None:
    assert cut("Труба стальная электросварная", 20) == "Труба стальная…"
    assert cut("Труба стальная", 14) == "Труба стальная"


def test_a_cut_does_not_part_a_letter_from_its_mark() -> None:
    # ң + combining dot below has no composed form: it must stay whole or go whole.
    word = "б" * 8 + "q\u0323" + "в" * 8
    assert cut(word, 10) == "б" * 8 + "…"


@pytest.mark.parametrize(
    "url",
    [
        "https://portal.example/announce/1?tab=lots#2",
        "http://portal.example",
        "https://PORTAL.example/a%20b",
        "https://portal.example:8443/x",
    ],
)
def test_an_address_of_the_portal_is_a_link(url: str) -> None:
    assert safe_link(url, HOSTS) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://portal.example/%0aalert(1)",
        "data:text/html,x",
        "ftp://portal.example/x",
        "//portal.example/x",
        "https://evil.example/portal.example",
        "https://portal.example@evil.example/",
        "https://portal.example.evil.example/",
        "https://evil.example\\@portal.example/",
        'https://portal.example/"onmouseover="x',
        "https://portal.example/ x",
        "https://portal.example/\r\nBcc: x@y",
        "https://portal.example/" + "a" * 3000,
        "https://",
        "",
    ],
)
def test_any_other_address_is_no_link(url: str) -> None:
    assert safe_link(url, HOSTS) is None
