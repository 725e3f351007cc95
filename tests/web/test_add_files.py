"""A purchase that comes as a file: every row of its table is a good with its own quantity."""

import io

import pytest
from openpyxl import Workbook

from tests.web.seeding import PLANT, Seeded

ROWS = (
    ("№", "Наименование", "Ед.", "Кол-во"),
    (1, "Труба стальная 820х10 ГОСТ 10704-91 ст.20", "м", 1500),
    (2, "Труба стальная 1020х12 ГОСТ 10704-91", "м", 700),
    (3, "Отвод 90 820х10", "шт", 12),
)


def _book() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def test_rows_of_a_sent_table_are_goods_of_their_own_and_the_pipe_is_found(desk: Seeded) -> None:
    """Mass by ГОСТ 10704: 0.0246615 · s · (D - s) kg/m, so 299.64 t and 208.82 t."""
    browser = desk.browser("official")
    answer = browser.post("/add", files={"file": ("spec.xlsx", _book())})
    assert answer.status_code == 303
    told = browser.get(answer.headers["location"]).text
    assert "Наименование Ед." not in told
    assert "2 из 3" in told
    found = browser.get("/api/v1/leads", params={"portal": "entered", "plant": PLANT}).json()
    (lead,) = found["items"]
    assert lead["title"] == ROWS[1][1]
    assert lead["tonnes"] == pytest.approx(508.45, abs=0.01)
