"""Fields of JSON objects: absent is unknown, a wrong type is a new layout that names its path."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from scrapers.errors import LayoutChanged
from scrapers.parsing.objects import Fields, objects
from scrapers.records import Money, Vat

ROW = Fields(
    {
        "id": 7,
        "name": "  Труба\u00a0 стальная \n",
        "sum": Decimal("10.505"),
        "at": "2026-05-12T09:30:00",
        "seat": {"town": "Алматы"},
        "rows": [{"id": "007"}],
        "inside": '[{"id": 1, "price": 0.1}]',
    },
    "$[3]",
    "kz_made_up",
    "https://kz.example/",
)


def test_what_is_there_is_read() -> None:
    assert ROW.ident("id") == "7"
    assert ROW.parts("rows")[0].ident("id") == "007"
    assert ROW.text("name") == "Труба стальная"
    assert ROW.money("sum", "KZT", Vat.EXCLUDED) == Money(1050, "KZT", Vat.EXCLUDED)
    assert ROW.moment("at", "Asia/Tashkent") == datetime(2026, 5, 12, 4, 30, tzinfo=UTC)
    assert ROW.part("seat").text("town") == "Алматы"
    assert ROW.embedded("inside")[0].number("price") == Decimal("0.1")


def test_what_is_absent_is_unknown() -> None:
    assert (ROW.text("no"), ROW.number("no"), ROW.moment("no", "UTC")) == ("", None, None)
    assert (ROW.parts("no"), ROW.embedded("no")) == ([], [])
    assert ROW.part("no").part("deeper").text("name") == ""


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (lambda: ROW.ident("name"), "$[3].name"),
        (lambda: ROW.ident("no"), "$[3].no"),
        (lambda: ROW.text("id"), "$[3].id"),
        (lambda: ROW.number("name"), "$[3].name"),
        (lambda: ROW.moment("name", "UTC"), "$[3].name"),
        (lambda: ROW.part("rows"), "$[3].rows"),
        (lambda: ROW.parts("seat"), "$[3].seat"),
        (lambda: ROW.embedded("rows"), "$[3].rows"),
        (lambda: ROW.embedded("name"), "$[3].name"),
        (lambda: ROW.part("seat").number("town"), "$[3].seat.town"),
        (lambda: ROW.parts("rows")[0].part("id"), "$[3].rows[0].id"),
        (lambda: objects({"rows": []}, "$", "kz_made_up", ""), "$"),
    ],
)
def test_a_wrong_type_names_its_path(read: Callable[[], object], path: str) -> None:
    with pytest.raises(LayoutChanged) as caught:
        read()
    assert (caught.value.selector, caught.value.portal) == (path, "kz_made_up")


@pytest.mark.parametrize("value", [-1, True, "1", float("inf"), 10**15, 10**400])
def test_a_number_that_no_purchase_has_is_refused(value: object) -> None:
    with pytest.raises(LayoutChanged):
        Fields({"sum": value}, "$", "kz_made_up", "").number("sum")


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"a": ' + "9" * 5000 + "}]", "{}", "[1]", "[{"])
def test_hostile_json_in_a_text_is_refused(text: str) -> None:
    with pytest.raises(LayoutChanged):
        Fields({"inside": text}, "$", "kz_made_up", "").embedded("inside")
