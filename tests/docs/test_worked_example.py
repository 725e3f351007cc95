"""The example of `docs/explanation/how-matching-works.md`, run from the page."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.family import load_families
from catalog.reading import read_catalogue
from matcher.explaining import explain
from matcher.matching import match_lots
from matcher.offers import Offers
from matcher.pipeline import STAGES
from matcher.records import LotText
from scrapers.notices_file import BrokenLine, read_notices
from service.matching.lots import lot_texts
from tests.docs.pages import DOCS, fenced, read, rows

PAGE = read(DOCS / "explanation" / "how-matching-works.md")


@pytest.fixture
def example(tmp_path: Path) -> tuple[LotText, Offers]:
    """The page's lot and the page's catalogue, through the readers of their files."""
    (table,), (notice,) = fenced(PAGE, "csv"), fenced(PAGE, "json")
    plant, notices = tmp_path / "plant.csv", tmp_path / "notices.jsonl"
    plant.write_text(table, encoding="utf-8")
    notices.write_text(notice, encoding="utf-8")
    families = load_families()
    reading = read_catalogue(plant, families)
    assert reading.faults == ()
    (read_notice,) = read_notices(notices)
    assert not isinstance(read_notice, BrokenLine)
    (lot,) = lot_texts(read_notice)
    return lot, Offers.build(reading.catalogue.products, families)


def test_the_pages_explanation_is_what_the_code_says(example: tuple[LotText, Offers]) -> None:
    said = [re.sub(r" \(близость .*\)", "", line) for line in explain(*example, 0)]
    (quoted,) = fenced(PAGE, "text")
    assert said[2:] == quoted.splitlines()


def test_the_pages_weight_is_what_the_code_says(example: tuple[LotText, Offers]) -> None:
    lot, offers = example
    (row,) = match_lots([lot], offers)
    # By hand: 0.0246615 · 8 · (530 − 8) = 102.9864 kg/m; times 1200 m.
    assert row.quantity.tonnes is not None
    assert abs(row.quantity.tonnes - Decimal("123.584")) < Decimal("0.001")
    assert row.quantity.estimated


def test_the_page_lists_the_stages_in_their_order() -> None:
    listed = [stage for stage, _ in rows(PAGE, 2) if stage.startswith("`")]
    expected = [f"`{stage.name}`{' (gate)' if stage.gate else ''}" for stage in STAGES]
    assert listed == expected
