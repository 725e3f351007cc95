"""Fixtures grown to full listing pages are pages their parsers accept."""

import pytest

from service.bench.pages import RECIPES, Page, grown
from service.bench.parse import figures_of, parse

PAGES = list(grown())


@pytest.mark.parametrize("page", PAGES, ids=[page.portal.name for page in PAGES])
def test_a_grown_page_holds_fifty_different_records(page: Page) -> None:
    notices = page.portal.listing(page.answer, page.query).notices
    lots = [(notice.id, lot.id) for notice in notices for lot in notice.lots]
    ids = [notice.id for notice in notices]
    assert len(set(ids)) == len(ids)
    assert len(set(lots)) == len(lots)
    # eu_ted and kz_mitwork list procedures, not lots
    assert 50 in {len(lots), len(ids)} or page.portal.name == "ocds"


def test_every_portal_with_a_listing_of_its_own_is_measured() -> None:
    assert {page.portal.name for page in PAGES} == RECIPES.keys()


def test_a_parser_is_timed_beside_the_bare_reading() -> None:
    ours, ratio = figures_of(PAGES[0], "", 0.01)
    assert ours.value > 0
    assert ratio.value == pytest.approx(ours.value / ours.beside["bare"])


def test_the_report_says_that_real_pages_were_not_there() -> None:
    report = parse(None, lambda *_: None, seconds=0.001)
    assert any("REAL PAGES NOT MEASURED" in note for note in report.notes)
    assert all(figure.value > 0 for figure in report.figures)
