"""The city's own buyers: a list of BINs in the configuration, a filter and a mark."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import select

from service.config import Desk
from service.store import open_store
from service.store.tables import LeadCardRow
from service.web.app import create_app
from tests.web.seeding import CLOCK, Seeded, settings

BIN = "990140000017"  # made up: 9*1 + 9*2 + 1*4 + 4*5 + 1*11 = 62, and 62 mod 11 = 7


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> Iterator[tuple[Seeded, int]]:
    """A desk that knows one own buyer, and a lead of theirs."""
    path = Path(shutil.copy(filled, tmp_path / "sample.db"))
    config = settings(tmp_path)
    config = config.model_copy(update={"desk": Desk(own_buyers=(BIN,))})
    with open_store(f"sqlite:///{path}") as store:
        with store.writing() as session:
            query = select(LeadCardRow).where(LeadCardRow.best)
            card = session.exec(query.order_by("lead_id")).first()
            assert card is not None
            card.buyer_id, lead = BIN, card.lead_id
            session.add(card)
        app = create_app(config, store, clock=CLOCK, mode="sample", guest=False)
        yield Seeded(app, store, config), lead


def test_the_filter_shows_own_buyers_alone_and_marks_them(city: tuple[Seeded, int]) -> None:
    desk, lead = city
    browser = desk.browser("official")
    page = browser.get("/leads", params={"own": "1", "closed": "1"}).text
    assert page.count('<li class="lead') == page.count("свой заказчик<") == 1
    assert f'href="/leads/{lead}"' in page
    found = browser.get("/api/v1/leads", params={"own": "1", "closed": "1"}).json()
    assert [each["id"] for each in found["items"]] == [lead]


def test_the_filter_is_not_offered_where_no_buyer_is_named(desk: Seeded) -> None:
    assert 'name="own"' not in desk.browser("official").get("/leads").text


def test_an_admin_sees_the_list_and_how_to_fill_it(city: tuple[Seeded, int]) -> None:
    page = city[0].browser("admin").get("/people").text
    assert f"buyers={BIN}" in page
    assert "own_buyers = " in page


def test_a_wrong_bin_is_refused_with_the_digits() -> None:
    with pytest.raises(ValidationError, match="990140000014"):
        Desk(own_buyers=("990140000014",))
