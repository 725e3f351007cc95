"""Which notices a run looks through for documents, on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from scrapers.records import Document, Notice, Phase
from service.store import Store, open_store
from service.store.documents import Unconsidered, consider, unconsidered
from service.store.notices import save_page
from tests.service.notices import NOON, pipe_notice

FILE = Document("Спецификация", "https://files.suranys.example/a")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as opened:
        yield opened


def save(store: Store, *notices: Notice) -> None:
    with store.writing() as session:
        save_page(session, notices, NOON)


def open_ones(store: Store, *, after: int = 0, limit: int = 10) -> list[Unconsidered]:
    with store.reading() as session:
        return unconsidered(session, NOON, limit, after=after)


def look(store: Store, notice: Unconsidered, *files: Document, wanted: bool = True) -> int:
    with store.writing() as session:
        return consider(session, notice, [(None, one) for one in files], wanted=wanted, now=NOON)


def test_a_notice_is_looked_at_once_whether_or_not_it_has_documents(store: Store) -> None:
    save(store, pipe_notice("1"), replace(pipe_notice("2"), documents=(FILE,)))
    bare, filed = open_ones(store)
    assert look(store, bare) == 0
    assert look(store, filed, FILE) == 1
    assert open_ones(store) == []


def test_documents_that_come_later_are_looked_at_and_known_ones_not_put_down_twice(
    store: Store,
) -> None:
    save(store, pipe_notice("1"))
    look(store, open_ones(store)[0])
    save(store, replace(pipe_notice("1"), documents=(FILE,)))
    (changed,) = open_ones(store)
    assert changed.before
    assert look(store, changed, FILE) == 1
    second = replace(FILE, url="https://files.suranys.example/b")
    save(store, replace(pipe_notice("1"), documents=(FILE, second)))
    assert look(store, open_ones(store)[0], FILE, second) == 1


def test_what_is_over_is_not_looked_at(store: Store) -> None:
    save(store, replace(pipe_notice("1"), phase=Phase.CANCELLED), pipe_notice("2"))
    (still_open,) = open_ones(store)
    assert still_open.notice_id == 2
    with store.reading() as session:
        assert unconsidered(session, NOON + timedelta(days=3_000), 10) == []


def test_a_run_goes_on_behind_what_it_looked_at(store: Store) -> None:
    save(store, *(pipe_notice(str(number)) for number in range(1, 6)))
    first = open_ones(store, limit=3)
    assert [one.notice_id for one in first] == [1, 2, 3]
    assert [one.notice_id for one in open_ones(store, after=3)] == [4, 5]
