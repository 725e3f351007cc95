"""Search by any form of a Russian or Kazakh word, the same on both engines."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from scrapers.records import Lot
from service.desk.notices import NoticeFilters, find_notices
from service.store import Store, open_store, stems
from service.store.notices import save_page
from tests.service.notices import NOON, pipe_notice

TITLES = {
    "ru": "Поставка труб стальных электросварных",
    "kk": "Болат құбырларды жеткізу",
    "paint": "Краска фасадная белая 25 кг",
}


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        with store.writing() as session:
            page = [
                replace(pipe_notice(id_, lots=()), title=title, buyer=None)
                for id_, title in TITLES.items()
            ]
            save_page(session, page, NOON)
        yield store


def found(store: Store, text: str) -> set[str]:
    with store.reading() as session:
        lines, _ = find_notices(session, NoticeFilters(text=text), None, 50)
    return {line.id for line in lines}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("трубы", {"ru"}),
        ("ТРУБАМИ стальными", {"ru"}),
        ("құбыр", {"kk"}),
        ("құбырлардың", {"kk"}),
        ("кубыр", {"kk"}),  # typed without a Kazakh keyboard
        ("фасадной краски", {"paint"}),
        ("краска 25", {"paint"}),
        ("краска труба", set()),  # every word must be there
        ("кабель", set()),
    ],
)
def test_a_notice_is_found_by_any_form_of_its_words(
    store: Store, asked: str, expected: set[str]
) -> None:
    assert found(store, asked) == expected


@pytest.mark.parametrize(
    "asked", ["'", '"', "труба OR краска", "NEAR(", "* & | !", "'; DROP TABLE notice; --", "\0"]
)
def test_marks_of_a_query_language_mean_nothing(store: Store, asked: str) -> None:
    assert found(store, asked) == set()  # no notice has each of these words, OR and NEAR too
    assert found(store, "трубы") == {"ru"}


def test_a_changed_notice_is_found_by_its_new_words_only(store: Store) -> None:
    changed = replace(pipe_notice("paint", lots=()), title="Окна пластиковые", buyer=None)
    with store.writing() as session:
        save_page(session, [changed], NOON)
    assert found(store, "окно") == {"paint"}
    assert found(store, "краска") == set()


def test_words_of_lots_are_found(store: Store) -> None:
    lot = Lot("1", "Насосы скважинные")
    with store.writing() as session:
        save_page(session, [replace(pipe_notice("pump", lots=(lot,)))], NOON)
    assert found(store, "насосов") == {"pump"}


def test_an_index_made_anew_finds_the_same(store: Store) -> None:
    with store.writing() as session:
        stems.clear(session)
    assert found(store, "трубы") == set()
    with store.writing() as session:
        assert stems.reindex(session) is not None
    assert found(store, "трубы") == {"ru"}
