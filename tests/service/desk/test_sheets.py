"""Exports carry scraped text into spreadsheets, where it must stay text."""

import csv
import io

import pytest
from openpyxl import load_workbook

from service.desk.sheets import Sheet, csv_of, xlsx_of

HOSTILE = (
    '=HYPERLINK("http://evil.invalid";"click")',
    "+7 777 000 00 00",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "\t=1+1",
    "  =1+1",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    sheet = Sheet("Заявки", ("текст", "число"), [(text, -5)])
    row = list(csv.reader(io.StringIO(csv_of(sheet).decode("utf-8-sig")), delimiter=";"))[1]
    assert row[0].startswith("'")
    assert row[1] == "-5"
    page = load_workbook(io.BytesIO(xlsx_of([sheet]))).active
    assert page is not None
    assert page["A2"].data_type == "s"
    assert page["B2"].value == -5


def test_what_a_workbook_refuses_is_left_out() -> None:
    sheet = Sheet("[Заявки]: все/любые", ("a",), [("строка\x00\x0b с мусором",), (None,)])
    page = load_workbook(io.BytesIO(xlsx_of([sheet]))).active
    assert page is not None
    assert page["A2"].value == "строка с мусором"
    assert page["A3"].value is None
