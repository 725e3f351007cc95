"""Saving notices: the same page twice changes nothing, listings never overwrite details."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, select

from scrapers.records import Depth, Item, Lot, Money, Notice, Phase
from service.store import Store, open_store
from service.store.notices import (
    PageCounts,
    mark_gone,
    note_rows,
    save_page,
)
from service.store.tables import ChangeRow, ItemRow, LotRow, NoticeRow
from tests.service.notices import DEADLINE, NOON, notices, pipe_lot, pipe_notice, stored_notices

LATER = NOON + timedelta(days=1)
INGEST = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        yield store


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writing() as session:
        yield session


def content(session: Session) -> dict[str, object]:
    """Everything a reader could see of the notices, but not keys and times of seeing."""
    shown: dict[str, object] = {}
    for row in session.exec(select(NoticeRow)):
        lots = session.exec(select(LotRow).where(LotRow.notice_id == row.id)).all()
        parts = {}
        for lot in lots:
            items = session.exec(select(ItemRow).where(ItemRow.lot_id == lot.id)).all()
            parts[lot.external_id] = (
                lot.gone_at is None,
                lot.title,
                sorted((item.external_id, item.title, item.quantity) for item in items),
            )
        shown[row.external_id] = (row.record, row.content_hash, row.folded, row.phase, parts)
    return shown


def ingest(store: Store, *pages: list[Notice]) -> dict[str, object]:
    """Save pages into an emptied store and give what it then shows."""
    with store.writing() as session:
        session.execute(text("DELETE FROM notice"))
        for page in pages:
            save_page(session, page, NOON)
        return content(session)


@INGEST
@given(page=st.lists(notices, max_size=6))
def test_the_same_page_twice_is_the_same_as_once(store: Store, page: list[Notice]) -> None:
    once = ingest(store, page)
    with store.writing() as session:
        counts = save_page(session, page, LATER)
        ids = {notice.id for notice in page}
        if len(ids) == len(page):
            assert counts == PageCounts(same=len(page))
            assert session.exec(select(ChangeRow)).all() == []
    assert ingest(store, page) == once or len(ids) < len(page)


@INGEST
@given(data=st.data(), page=st.lists(notices, max_size=6, unique_by=lambda each: each.id))
def test_the_order_of_different_notices_says_nothing(
    store: Store, data: st.DataObject, page: list[Notice]
) -> None:
    shuffled = data.draw(st.permutations(page))
    cut = data.draw(st.integers(0, len(page)))
    assert ingest(store, page) == ingest(store, shuffled[:cut], shuffled[cut:])


@INGEST
@given(first=st.sets(st.integers(1, 12)), second=st.sets(st.integers(1, 12)))
def test_lots_seen_on_two_pages_of_a_listing_are_united_in_any_order(
    store: Store, first: set[int], second: set[int]
) -> None:
    def page(ids: set[int]) -> list[Notice]:
        lots = tuple(pipe_lot(str(number)) for number in ids)
        return [pipe_notice(depth=Depth.LISTING, lots=lots)]

    together = ingest(store, page(first), page(second))
    assert together == ingest(store, page(second), page(first))
    assert together == ingest(store, page(first | second))


def test_a_new_notice_is_stored_whole(session: Session) -> None:
    notice = pipe_notice()
    assert save_page(session, [notice], NOON) == PageCounts(new=1)
    assert list(stored_notices(session)) == [notice]
    row = session.exec(select(NoticeRow)).one()
    assert (row.value_minor, row.value_currency, row.ends_at) == (4_800_000_000, "KZT", DEADLINE)
    item = session.exec(select(ItemRow)).one()
    assert (item.quantity, item.unit, item.value_vat) == ("120", "Тонна", "excluded")


def test_a_changed_quantity_is_recorded_with_old_and_new(session: Session) -> None:
    save_page(session, [pipe_notice()], NOON)
    counts = save_page(session, [pipe_notice(lots=(pipe_lot(quantity="125.5"),))], LATER)
    assert counts == PageCounts(changed=1)
    change = session.exec(select(ChangeRow)).one()
    assert (change.field, change.old, change.new) == (
        "lots[1].items[1].quantity",
        '"120"',
        '"125.5"',
    )
    assert session.exec(select(ItemRow)).one().quantity == "125.5"
    assert session.exec(select(NoticeRow)).one().changed_at == LATER


def test_a_new_time_stamp_alone_is_no_change(session: Session) -> None:
    save_page(session, [pipe_notice()], NOON)
    assert save_page(session, [replace(pipe_notice(), amended_at=LATER)], LATER) == PageCounts(
        same=1
    )
    row = session.exec(select(NoticeRow)).one()
    assert (row.changed_at, row.last_seen_at, row.amended_at) == (NOON, LATER, LATER)


def test_a_listing_never_overwrites_what_a_detail_page_said(session: Session) -> None:
    detail = pipe_notice()
    save_page(session, [detail], NOON)
    listing = pipe_notice(depth=Depth.LISTING, title="Трубы для тепл…", lots=())
    assert save_page(session, [replace(listing, value=Money(1, "KZT"))], LATER) == PageCounts(
        same=1
    )
    assert list(stored_notices(session)) == [detail]


def test_a_listing_may_say_that_a_notice_was_cancelled(session: Session) -> None:
    save_page(session, [pipe_notice()], NOON)
    cancelled = pipe_notice(depth=Depth.LISTING, phase=Phase.CANCELLED, lots=())
    assert save_page(session, [cancelled], LATER) == PageCounts(changed=1)
    assert session.exec(select(NoticeRow)).one().phase == "cancelled"
    reopened = pipe_notice(depth=Depth.LISTING, phase=Phase.OPEN, lots=())
    assert save_page(session, [reopened], LATER) == PageCounts(same=1)


def test_reading_deeper_is_no_change_of_the_purchase(session: Session) -> None:
    lot = replace(pipe_lot(), items=())
    save_page(session, [pipe_notice(depth=Depth.LISTING, lots=(lot,))], NOON)
    assert save_page(session, [pipe_notice()], LATER) == PageCounts(deepened=1)
    assert session.exec(select(ItemRow)).one().quantity == "120"
    assert session.exec(select(ChangeRow)).all() == []


def test_a_lot_that_vanished_is_marked_gone_and_keeps_its_key(session: Session) -> None:
    save_page(session, [pipe_notice(lots=(pipe_lot("1"), pipe_lot("2")))], NOON)
    before = {row.external_id: row.id for row in session.exec(select(LotRow))}
    save_page(session, [pipe_notice(lots=(pipe_lot("2"),))], LATER)
    rows = {row.external_id: row for row in session.exec(select(LotRow))}
    assert (rows["1"].gone_at, rows["2"].gone_at) == (LATER, None)
    save_page(session, [pipe_notice(lots=(pipe_lot("1"), pipe_lot("2")))], LATER)
    after = session.exec(select(LotRow)).all()
    assert {row.external_id: row.id for row in after} == before
    assert all(row.gone_at is None for row in after)


def seen(session: Session, *ids: str, at: datetime = NOON) -> None:
    note_rows(session, "testportal", ids, {}, reader="testportal", now=at)


def test_a_vanished_notice_is_marked_gone_and_comes_back(session: Session) -> None:
    save_page(session, [pipe_notice("a"), pipe_notice("b"), pipe_notice("c")], NOON)
    seen(session, "a", "b", "c")
    save_page(session, [pipe_notice("a")], LATER)
    seen(session, "a", at=LATER)
    gone = mark_gone(session, "testportal", began_at=LATER, since=None, now=LATER)
    assert gone == 2
    assert len(list(stored_notices(session))) == 3
    save_page(session, [pipe_notice("b")], LATER)
    rows = session.exec(select(NoticeRow)).all()
    assert {row.external_id: row.gone_at for row in rows} == {"a": None, "b": None, "c": LATER}


def test_what_a_reading_could_not_show_is_not_gone(session: Session) -> None:
    past = replace(pipe_notice("past"), period=None)
    closed = pipe_notice("closed", phase=Phase.CLOSED)
    other = pipe_notice("other", portal="otherportal")
    save_page(session, [past, closed, other], NOON)
    seen(session, "past", "closed")
    after_publication = NOON + timedelta(hours=1)
    assert not mark_gone(session, "testportal", began_at=LATER, since=after_publication, now=LATER)
    after_deadline = DEADLINE + timedelta(days=1)
    save_page(session, [pipe_notice("ended")], NOON)
    seen(session, "ended")
    assert mark_gone(session, "testportal", began_at=LATER, since=None, now=after_deadline) == 1


def test_what_another_reader_of_the_portal_saw_is_not_gone(session: Session) -> None:
    save_page(session, [pipe_notice("a")], NOON)
    note_rows(session, "testportal", ["a"], {}, reader="testportal_api", now=NOON)
    assert not mark_gone(session, "testportal", began_at=LATER, since=None, now=LATER)
    assert mark_gone(session, "testportal_api", began_at=LATER, since=None, now=LATER) == 1


def test_texts_no_database_takes_are_made_storable(session: Session) -> None:
    hostile = pipe_notice(title="Труба\x00 \ud83d 820")
    save_page(session, [hostile], NOON)
    row = session.exec(select(NoticeRow)).one()
    assert row.title == "Труба\ufffd \ufffd 820"
    assert save_page(session, [hostile], LATER) == PageCounts(same=1)


def test_two_lots_of_one_id_are_both_kept(session: Session) -> None:
    lots = (pipe_lot("1"), pipe_lot("1", quantity="7"), pipe_lot("1"))
    for seen_at in (NOON, LATER):
        save_page(session, [pipe_notice(lots=lots)], seen_at)
    assert [row.external_id for row in session.exec(select(LotRow))] == ["1", "1#2"]


def test_money_larger_than_four_bytes_survives(session: Session) -> None:
    item = Item("1", "Работы", value=Money(9_000_000_000_000_001, "KZT"), quantity=Decimal("0.10"))
    save_page(session, [pipe_notice(lots=(Lot("1", "Работы", items=(item,)),))], NOON)
    stored = session.exec(select(ItemRow)).one()
    assert (stored.value_minor, stored.quantity) == (9_000_000_000_000_001, "0.10")


def test_more_notices_than_a_statement_takes_variables_are_saved(session: Session) -> None:
    page = [pipe_notice(str(number), lots=()) for number in range(1203)]
    assert save_page(session, page, NOON) == PageCounts(new=1203)
    assert save_page(session, page, LATER) == PageCounts(same=1203)
