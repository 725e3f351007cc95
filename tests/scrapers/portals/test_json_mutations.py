"""Spoilt answers of the JSON portals: true records, poorer ones or a named error, nothing else.

An answer is cut at any byte, loses, doubles or reorders rows, or has any value replaced by another.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.canonical import dump_notice
from scrapers.errors import SourceError
from scrapers.portal import Answer, Query
from scrapers.portals import PORTALS
from scrapers.records import Notice
from tests.scrapers.portals.cases import FIXTURES, NOW, load

LISTINGS = {
    "az_etender": ("items",),
    "kz_samruk": (),
    "ua_prozorro": ("data",),
    "uz_etender": (),
    "uz_xt_xarid": ("result",),
    "worldbank": ("procnotices",),
}
OPENED = ("az_etender", "kz_samruk", "ua_prozorro", "uz_etender")
MANY = settings(max_examples=200, deadline=None)
JUNK: list[object] = [
    None, True, "", " ", "труба", "\ud800", "2026-13-45T99:00:00", "9" * 40, 0, -1, 1e308, 10**400,
    float("nan"), [], {}, [[]], [None], [{}], {"id": {"id": []}}, "[{]", "[1]", "\x00",
]  # fmt: skip


def read(name: str, answers: tuple[Answer, ...]) -> tuple[Notice, ...] | None:
    """All notices of a listing, the first deepened by the other answers; None for a named error."""
    portal = PORTALS[name]
    try:
        notices = portal.listing(answers[0], Query(NOW)).notices
        for answer in answers[1:]:
            assert portal.detail is not None
            notices = (portal.detail(notices[0], answer), *notices[1:])
    except SourceError as error:
        if error.portal != name:
            raise
        return None
    for notice in notices:
        dump_notice(notice).encode()
    return notices


def with_body(answer: Answer, value: object) -> Answer:
    return replace(answer, body=json.dumps(value).encode())


def listing_of(name: str) -> Answer:
    return load(FIXTURES / name / "ordinary").answers[0]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside, texts of JSON excepted."""
    if path:
        yield path
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, part in inside:
        yield from places(part, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: object) -> Any:
    spoilt = copy.deepcopy(value)
    inner = spoilt
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return spoilt


@pytest.mark.parametrize("name", LISTINGS)
@MANY
@given(data=st.data())
def test_rows_lost_doubled_or_moved_give_true_records_only(name: str, data: st.DataObject) -> None:
    answer = listing_of(name)
    true = set(read(name, (answer,)) or ())
    body = json.loads(answer.body)
    rows = body[LISTINGS[name][0]] if LISTINGS[name] else body
    drawn = data.draw(st.lists(st.sampled_from(rows), max_size=8))
    spoilt = {**body, LISTINGS[name][0]: drawn} if LISTINGS[name] else drawn
    found = read(name, (with_body(answer, spoilt),))
    assert found is None or set(found) <= true


@pytest.mark.parametrize("name", LISTINGS)
@MANY
@given(data=st.data())
def test_a_listing_cut_at_any_byte_is_an_error(name: str, data: st.DataObject) -> None:
    answer = listing_of(name)
    whole = answer.body.rstrip()
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert read(name, (replace(answer, body=whole[:cut]),)) is None


@pytest.mark.parametrize("name", LISTINGS)
@MANY
@given(data=st.data())
def test_any_value_replaced_in_a_listing_raises_nothing_unnamed(
    name: str, data: st.DataObject
) -> None:
    answer = listing_of(name)
    body = json.loads(answer.body)
    path = data.draw(st.sampled_from(list(places(body))))
    read(name, (with_body(answer, put(body, path, data.draw(st.sampled_from(JUNK)))),))


@pytest.mark.parametrize("name", OPENED)
@MANY
@given(data=st.data())
def test_any_value_replaced_in_a_detail_raises_nothing_unnamed(
    name: str, data: st.DataObject
) -> None:
    answers = load(FIXTURES / name / "multi_lot").answers
    at = data.draw(st.integers(1, len(answers) - 1))
    body = json.loads(answers[at].body)
    path = data.draw(st.sampled_from(list(places(body))))
    spoilt = with_body(answers[at], put(body, path, data.draw(st.sampled_from(JUNK))))
    read(name, (*answers[:at], spoilt, *answers[at + 1 :]))


@MANY
@given(data=st.data())
def test_any_value_replaced_in_the_json_inside_a_text_raises_nothing_unnamed(
    data: st.DataObject,
) -> None:
    answers = load(FIXTURES / "uz_etender" / "multi_lot").answers
    body = json.loads(answers[1].body)
    field = data.draw(st.sampled_from(["budget_products", "fields", "qualification_fields"]))
    inside = json.loads(body[field])
    path = data.draw(st.sampled_from(list(places(inside))))
    body[field] = json.dumps(put(inside, path, data.draw(st.sampled_from(JUNK))))
    read("uz_etender", (answers[0], with_body(answers[1], body)))
