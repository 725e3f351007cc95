"""The page on portals' fields says what the parsers really find in the saved pages."""

import re
from pathlib import Path

import pytest

from tests.scrapers.portals.payload_fields import FOLDER, Counts, counted

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "portal-fields.md"

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(
        not (FOLDER / "goszakup_kz").is_dir(),
        reason=f"SKIPPED: no saved portal answers in {FOLDER}",
    ),
]

Cell = tuple[int, int, int]


def table() -> dict[str, dict[str, Cell]]:
    """Known, absent, not read by page and field; `none` is three zeros."""
    found: dict[str, dict[str, Cell]] = {}
    columns: list[str] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "field":
            columns = cells[1:]
        elif line.startswith("|") and ":" in cells[0]:
            for column, cell in zip(columns, cells[1:], strict=True):
                found.setdefault(column, {})[cells[0]] = _cell(cell)
    return found


def _cell(text: str) -> Cell:
    if text == "none":
        return 0, 0, 0
    match = re.fullmatch(r"(\d+) / (\d+) / (\d+)", text)
    assert match, text
    return int(match[1]), int(match[2]), int(match[3])


@pytest.fixture(scope="module")
def real() -> dict[str, Counts]:
    return counted()


def test_the_page_has_every_saved_page_and_every_field(real: dict[str, Counts]) -> None:
    assert {page: list(fields) for page, fields in table().items()} == {
        page: list(fields) for page, fields in real.items()
    }


def test_known_absent_and_not_read_are_as_the_page_says(real: dict[str, Counts]) -> None:
    said = {
        (page, field): (known, known + absent + unread)
        for page, fields in table().items()
        for field, (known, absent, unread) in fields.items()
    }
    found = {(page, field): pair for page, fields in real.items() for field, pair in fields.items()}
    assert said == found


def test_what_is_on_a_page_and_not_read_is_explained_below_the_table() -> None:
    reasons = PAGE.read_text(encoding="utf-8").partition("## Not read, and why")[2]
    unread = {
        (page, count)
        for page, fields in table().items()
        for _, _, count in fields.values()
        if count
    }
    for page, count in unread:
        assert re.search(rf"\*\*{re.escape(page)}[^\n]*\({count}\)", reasons), (page, count)
