"""Spoilt answers of the EIS: true records, poorer ones or a named error, never a wrong record.

An answer is cut at any byte, or loses or doubles any element.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from scrapers.canonical import dump_notice
from scrapers.errors import SourceError
from scrapers.portal import Answer
from scrapers.portals import PORTALS
from scrapers.records import Notice
from tests.scrapers.portals.cases import FIXTURES, load

NAME = "ru_eis"
XML = ("feed", "notice_44", "multi_lot", "plan")
MANY = settings(max_examples=200, deadline=None)


def answer_of(case: str) -> Answer:
    return load(FIXTURES / NAME / case).answers[-1]


def read(answer: Answer) -> tuple[Notice, ...] | None:
    """The notices, or None for a named error."""
    portal, case = PORTALS[NAME], load(FIXTURES / NAME / "ordinary")
    try:
        if answer.request.kind == "listing":
            found = portal.listing(answer, case.query).notices
        else:
            assert portal.detail is not None
            found = (portal.detail(None, answer),)
    except SourceError as error:
        if error.portal != NAME:
            raise
        return None
    for notice in found:
        dump_notice(notice).encode()
    return found


def facts(notices: tuple[Notice, ...]) -> Iterator[tuple[str, object]]:
    """Whatever must be said of the right thing: sums, times, quantities with their owner's id."""
    for one in notices:
        yield one.id, one.value
        yield one.id, one.period and one.period.end
        yield one.id, one.published_at
        for lot in one.lots:
            yield lot.id, (one.id, lot.title)
            yield lot.id, lot.value
            for item in lot.items:
                yield lot.id, (item.title, item.quantity)
                yield lot.id, (item.title, item.value, item.unit_price)
                yield lot.id, (item.title, item.unit and item.unit.name)


def unknown(fact: object) -> bool:
    return fact is None or (isinstance(fact, tuple) and None in fact[-2:])


@pytest.mark.parametrize("case", [*XML, "ordinary", "notices_json"])
@MANY
@given(data=st.data())
def test_an_answer_cut_at_any_byte_is_an_error(case: str, data: st.DataObject) -> None:
    answer = answer_of(case)
    whole = answer.body.rstrip()
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert read(replace(answer, body=whole[:cut])) is None


@pytest.mark.parametrize("case", XML)
@MANY
@given(data=st.data())
def test_an_element_lost_or_doubled_gives_no_wrong_sum_time_or_quantity(
    case: str, data: st.DataObject
) -> None:
    answer = answer_of(case)
    true = read(answer)
    assert true
    root = etree.fromstring(answer.body)
    chosen = data.draw(st.sampled_from(list(root.iter())[1:]))
    parent = chosen.getparent()
    assert parent is not None
    # Names and ids may be lost: then another text or a number of the place stands for them.
    label = etree.QName(chosen).localname
    if data.draw(st.booleans()):
        parent.remove(chosen)
    else:
        parent.insert(parent.index(chosen), etree.fromstring(etree.tostring(chosen)))
    found = read(replace(answer, body=etree.tostring(root, encoding="utf-8")))
    if found is None or label in {"guid", "sid", "name", "additionalInfo", "okpd2", "url"}:
        return
    for one in found:
        assert len({lot.id for lot in one.lots}) == len(one.lots)
        items = [item.id for lot in one.lots for item in lot.items]
        assert len(set(items)) == len(items)
    known = set(facts(true))
    wrong = {fact for fact in facts(found) if fact not in known and not unknown(fact[1])}
    assert not wrong, label


@MANY
@given(data=st.data())
def test_a_card_that_lost_or_doubled_a_tag_gives_no_wrong_sum_or_time(data: st.DataObject) -> None:
    answer = answer_of("ordinary")
    true = read(answer)
    assert true
    text = answer.body.decode()
    tag = data.draw(st.sampled_from(list(re.finditer(r"<[^>]+>", text))))
    middle = "" if data.draw(st.booleans()) else tag[0] * 2
    spoilt = text[: tag.start()] + middle + text[tag.end() :]
    found = read(replace(answer, body=spoilt.encode()))
    known = {(one.id, fact) for one in true for fact in card(one)}
    assert found is None or {(one.id, fact) for one in found for fact in card(one)} <= known


def card(one: Notice) -> Iterator[object]:
    yield from (
        fact for fact in (one.value, one.published_at, one.period, one.title, one.status) if fact
    )
