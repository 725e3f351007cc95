"""Old XLS: its sheets read as those of an XLSX, and wrong ones in named states."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.documents import Kind, Limits, Read, State, items_of, read_document
from scrapers.documents.records import WITH_TEXT
from tests.scrapers.documents import making, making_old

BOOK = making_old.xls(Смета=making.ROWS, Сроки=[["Срок", date(2026, 11, 27)], [None, 12.5, 3.0]])


def read(body: bytes, **limits: int) -> Read:
    return read_document(body, replace(Limits(), **limits))


def test_sheets_are_pages_with_their_values_as_people_write_them() -> None:
    done = read(BOOK)
    assert (done.state, done.kind, done.page_count) == (State.READ, Kind.XLS, 2)
    assert [page.label for page in done.pages] == ["Смета", "Сроки"]
    assert done.pages[0].tables == (making.ROWS,)
    assert done.pages[1].tables == ((("Срок", "2026-11-27", ""), ("", "12.5", "3")),)


def test_a_bill_in_an_old_workbook_gives_its_items() -> None:
    items = [found.item for found in items_of(read(BOOK))]
    assert [(item.title, str(item.quantity)) for item in items] == [
        ("Труба стальная 530х8 ГОСТ 10704-91", "120.5"),
        ("Эмаль ПФ-115 серая", "1250"),
    ]


def test_an_old_workbook_in_an_archive_is_read() -> None:
    done = read(making.zipped({"смета.xls": BOOK}))
    assert (done.state, done.members[0].kind) == (State.READ, Kind.XLS)


def test_a_long_sheet_is_cut_and_says_so() -> None:
    body = making_old.xls(Смета=[["Труба", number] for number in range(500)])
    done = read(body, rows=100)
    assert (done.state, done.reason) == (State.PARTIAL, "sheet 1: the first 100 rows read")
    assert read(body, characters=50).state is State.PARTIAL


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (making_old.xls(locked=True, Смета=making.ROWS), State.ENCRYPTED),
        (making_old.xls(Пусто=[[]]), State.UNREAD),
        (making_old.compound(b"rubbish" * 100), State.BROKEN),
        (BOOK[:2500], State.BROKEN),
    ],
)
def test_a_wrong_workbook_ends_in_a_named_state(body: bytes, state: State) -> None:
    assert read(body).state is state


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(BOOK) - 1), st.integers(0, 255), st.integers(0, len(BOOK)))
def test_no_damage_raises(at: int, byte: int, end: int) -> None:
    body = bytearray(BOOK)
    body[at] = byte
    done = read(bytes(body[:end]))
    assert done.pages or done.state not in WITH_TEXT
