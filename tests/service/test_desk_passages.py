"""Where a requirement was read: the very number, in the nearest text, with its page."""

import pytest

from service.desk.passages import Source, passage

TEXTS = (
    Source("lot", "Труба 1820х14 мм"),
    Source("item", "Труба стальная 820х10 мм, сталь 17Г1С, длина 11,5 м"),
    Source("file", "п. 4: ГОСТ 20295-85, диаметр 720", "ТЗ.pdf", 3),
)


@pytest.mark.parametrize(
    ("asked", "where", "hit"),
    [
        ("820 мм", "item", "820"),  # not the 820 in 1820
        ("11,5 м", "item", "11,5"),
        ("11.5 м", "item", "11,5"),
        ("17Г1С", "item", "17Г1С"),
        ("720 мм", "file", "720"),
    ],
)
def test_the_passage_states_the_very_number(asked: str, where: str, hit: str) -> None:
    found = passage(asked, TEXTS)
    assert found is not None
    assert (found.source.where, found.hit) == (where, hit)


def test_a_page_of_a_file_is_named() -> None:
    found = passage("720 мм", TEXTS)
    assert found is not None
    assert (found.source.name, found.source.page) == ("ТЗ.pdf", 3)


@pytest.mark.parametrize("asked", ["530 мм", "", None, "…"])
def test_what_no_text_states_has_no_passage(asked: str | None) -> None:
    assert passage(asked, TEXTS) is None
