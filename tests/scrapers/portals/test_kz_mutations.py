"""Spoilt pages of the Kazakh portals: true records or a named error, never a wrong record.

A page is cut at any byte, loses or doubles a row, a cell or a tag. Whatever is read from it must be
among the records of the whole page; all else must be a SourceError.
"""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.errors import SourceError
from scrapers.portal import Answer, Listing
from scrapers.portals import PORTALS
from scrapers.records import Notice
from tests.scrapers.portals.cases import FIXTURES, Case, load

PAGES = ("kz_ets_tender", "kz_goszakup", "kz_mitwork", "kz_national_bank")
ALL = (*PAGES, "kz_goszakup_api")
DETAILS = [
    ("kz_ets_tender", "ordinary", 1),
    ("kz_goszakup", "multi_lot", 1),
    ("kz_goszakup", "multi_lot", 3),
    ("kz_mitwork", "multi_lot", 1),
    ("kz_national_bank", "multi_lot", 1),
]
READ_SOME = settings(max_examples=60, deadline=None)


def ordinary(name: str) -> Case:
    return load(FIXTURES / name / "ordinary")


def with_body(answer: Answer, body: bytes) -> Answer:
    return replace(answer, body=body)


def listed(name: str, answer: Answer, case: Case) -> tuple[Notice, ...] | None:
    """The notices read, or None for a named error."""
    try:
        found: Listing = PORTALS[name].listing(answer, case.query)
    except SourceError:
        return None
    return found.notices


def poorer(true: tuple[Notice, ...]) -> set[Notice]:
    """The true records without an organisation, or one lot's code or sum: what is gone from the
    page is unknown, not wrong."""
    found = {replace(n, buyer=None, procuring_entity=None) for n in true}
    for notice in true:
        for at, lot in enumerate(notice.lots):
            uncoded = replace(lot, items=(replace(lot.items[0], codes=()),))
            for less in (uncoded, replace(lot, value=None)):
                lots = (*notice.lots[:at], less, *notice.lots[at + 1 :])
                found.add(replace(notice, lots=lots))
    return found


@pytest.mark.parametrize("name", ALL)
@READ_SOME
@given(data=st.data())
def test_a_listing_cut_at_any_byte_is_whole_or_an_error(name: str, data: st.DataObject) -> None:
    case = ordinary(name)
    answer = case.answers[0]
    true = listed(name, answer, case)
    cut = data.draw(st.integers(0, len(answer.body) - 1))
    found = listed(name, with_body(answer, answer.body[:cut]), case)
    assert found is None or found == true


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "tag", ["tr", "td", "th", "table", "thead", "tbody", "a", "div", "span", "small", "strong"]
)
@READ_SOME
@given(data=st.data())
def test_a_listing_that_lost_or_doubled_an_element_gives_no_wrong_record(
    name: str, tag: str, data: st.DataObject
) -> None:
    case = ordinary(name)
    answer = case.answers[0]
    true = listed(name, answer, case)
    assert true is not None
    text = answer.body.decode()
    elements = list(re.finditer(rf"<{tag}\b[^>]*>.*?</{tag}>", text, re.DOTALL))
    if not elements:
        return
    one = data.draw(st.sampled_from(elements))
    times = data.draw(st.sampled_from([0, 2]))
    spoilt = text[: one.start()] + one.group() * times + text[one.end() :]
    found = listed(name, with_body(answer, spoilt.encode()), case)
    assert found is None or set(found) <= set(true) | poorer(true)


@pytest.mark.parametrize("name", PAGES)
@READ_SOME
@given(data=st.data())
def test_a_listing_that_lost_or_doubled_one_tag_gives_no_wrong_record(
    name: str, data: st.DataObject
) -> None:
    case = ordinary(name)
    answer = case.answers[0]
    true = listed(name, answer, case)
    assert true is not None
    text = answer.body.decode()
    one = data.draw(st.sampled_from(list(re.finditer(r"</?\w[^>]*>", text))))
    times = data.draw(st.sampled_from([0, 2]))
    spoilt = text[: one.start()] + one.group() * times + text[one.end() :]
    found = listed(name, with_body(answer, spoilt.encode()), case)
    assert found is None or set(found) <= set(true) | poorer(true)


@pytest.mark.parametrize("name", ALL)
@READ_SOME
@given(data=st.data())
def test_bytes_overwritten_anywhere_raise_nothing_unnamed(name: str, data: st.DataObject) -> None:
    case = ordinary(name)
    answer = case.answers[0]
    at = data.draw(st.integers(0, len(answer.body) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=12))
    listed(name, with_body(answer, answer.body[:at] + junk + answer.body[at + len(junk) :]), case)


@pytest.mark.parametrize(("name", "case_name", "step"), DETAILS)
@READ_SOME
@given(data=st.data())
def test_a_detail_page_cut_at_any_byte_is_whole_or_an_error(
    name: str, case_name: str, step: int, data: st.DataObject
) -> None:
    portal = PORTALS[name]
    assert portal.detail is not None
    case = load(FIXTURES / name / case_name)
    notice = portal.listing(case.answers[0], case.query).notices[0]
    for answer in case.answers[1:step]:
        notice = portal.detail(notice, answer)
    answer = case.answers[step]
    true = portal.detail(notice, answer)
    cut = data.draw(st.integers(0, len(answer.body) - 1))
    try:
        found = portal.detail(notice, with_body(answer, answer.body[:cut]))
    except SourceError:
        return
    assert found == true


JUNK = {
    "empty": b"",
    "spaces": b" \n\t ",
    "json": b'{"error": "denied"}',
    "html without tables": b"<html><body><p>ok</p></body></html>",
    "captcha": b"<html><body><div class='g-recaptcha'></div></body></html>",
    "binary": bytes(range(256)) * 8,
    "deep": b"<div>" * 20000 + b"</html>",
    "wrong charset": "<html><body>Ничего не найдено</body></html>".encode("utf-16"),
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_listing_is_a_named_error(name: str, junk: str) -> None:
    case = ordinary(name)
    with pytest.raises(SourceError) as caught:
        PORTALS[name].listing(with_body(case.answers[0], JUNK[junk]), case.query)
    assert caught.value.portal == name
    if junk == "captcha":
        assert type(caught.value).__name__ == "Blocked"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_declared_in_a_wrong_charset_still_reads_true(name: str) -> None:
    case = ordinary(name)
    answer = case.answers[0]
    lying = replace(answer, headers={"content-type": "text/html; charset=windows-1251"})
    assert listed(name, lying, case) == listed(name, answer, case)
