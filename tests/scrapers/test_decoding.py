"""Bytes become the right text or a named error, never replacement characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.decoding import decode
from scrapers.errors import SourceError, Truncated, WrongContentType

TENDER = "Тендер на трубы ПВХ 110 мм"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TENDER.encode(), ""),
        (TENDER.encode(), "text/html; charset=UTF-8"),
        (b"\xef\xbb\xbf" + TENDER.encode(), "text/html"),
        (TENDER.encode("cp1251"), "text/html; charset=windows-1251"),
        (TENDER.encode("cp1251"), 'text/html; charset="cp1251"'),
        (TENDER.encode("koi8-r"), "text/html; charset=koi8-r"),
        (TENDER.encode("utf-16"), "application/json"),
        (TENDER.encode(), "text/html; charset=windows-1251"),
    ],
    ids=["none", "utf8", "bom", "1251", "quoted", "koi8", "utf16", "lying-header"],
)
def test_text_is_read_whatever_says_its_charset(body: bytes, content_type: str) -> None:
    assert decode(body, content_type) == TENDER


def test_a_meta_tag_is_believed_when_the_header_is_silent() -> None:
    page = f'<html><head><meta charset="windows-1251"></head>{TENDER}'
    assert decode(page.encode("cp1251"), "text/html") == page


def test_a_meta_tag_is_believed_when_the_header_cannot_be_true() -> None:
    page = f'<html><head><meta charset="windows-1251"></head>{TENDER}'
    assert decode(page.encode("cp1251"), "text/html; charset=utf-8") == page


def test_an_xml_declaration_is_believed() -> None:
    page = f'<?xml version="1.0" encoding="windows-1251"?><a>{TENDER}</a>'
    assert decode(page.encode("cp1251"), "text/xml") == page


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (TENDER.encode("cp1251"), "text/html", WrongContentType),
        (TENDER.encode("cp1251"), "text/html; charset=iso-8859-1", WrongContentType),
        (TENDER.encode().decode("cp1251", "ignore").encode(), "", WrongContentType),
        (TENDER.encode().decode("latin-1").encode(), "", WrongContentType),
        (TENDER.encode(), "text/html; charset=zip", None),
        (b"abc", "text/html; charset=zip", WrongContentType),
        (b"%PDF\x00\x01", "", WrongContentType),
        ("�� ���".encode(), "", WrongContentType),
        ("мост".encode()[:-1], "", Truncated),
    ],
    ids=["1251-silent", "1251-as-latin", "doubled", "doubled-latin", "utf8-anyway", "codec-zip",
         "binary", "replaced", "cut"],
)  # fmt: skip
def test_wrong_text_is_an_error(
    body: bytes, content_type: str, error: type[SourceError] | None
) -> None:
    if error is None:
        assert decode(body, content_type) == TENDER
        return
    with pytest.raises(error):
        decode(body, content_type, portal="kz", url="https://kz.example/")


def test_one_broken_word_of_a_buyer_does_not_spoil_the_page() -> None:
    page = TENDER * 100 + "тру�а" + "РџРѕРє"
    assert decode(page.encode(), "") == page


@pytest.mark.parametrize(
    "words",
    ["Østfold fylkeskommune på æøå", "Größe Übergröße", "Іәңғүұқөһ РСФСР СССР", "ГОСТ Р С1"],
)
def test_honest_words_are_not_taken_for_mojibake(words: str) -> None:
    assert decode(words.encode(), "") == words


@given(st.binary(max_size=300), st.sampled_from(["", "text/html; charset=cp1251", "x; charset="]))
def test_any_bytes_give_text_or_a_named_error(body: bytes, content_type: str) -> None:
    try:
        decode(body, content_type)
    except SourceError:
        return
