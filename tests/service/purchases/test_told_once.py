"""A purchase seen on two portals is offered to a plant once."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from scrapers.records import Notice, Phase
from service.config import Config
from service.jobs.match import match
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.leads import leads_for
from service.store.notices import save_page
from service.store.same import link_same
from service.store.tables.naming import Origin
from tests.service.notices import NOON
from tests.service.purchases.test_same import notice
from tests.service.test_match_job import CATALOGUE, CLOCK, lot


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        with store.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOON)
        yield store


def offered(store: Store, *notices: Notice) -> list[str]:
    with store.writing() as session:
        save_page(session, notices, NOON)
        link_same(session, NOON)
    match(store, Config(), CLOCK)
    with store.reading() as session:
        return [
            f"{lead.notice.portal}/{lead.notice.id}" for lead in leads_for(session, None, CLOCK)
        ]


def test_one_purchase_on_two_portals_is_one_lead(store: Store) -> None:
    one = replace(notice(), lots=(lot(),))
    other = replace(notice("x", portal="ocds"), lots=(lot(),))
    assert offered(store, one, other) == ["kz_goszakup/1"]
    assert offered(store, replace(one, phase=Phase.CANCELLED)) == ["ocds/x"]


def test_two_purchases_that_look_alike_are_two_leads(store: Store) -> None:
    one = replace(notice(), lots=(lot(),))
    other = replace(notice("2", number="17013628-1"), lots=(lot(),))
    assert offered(store, one, other) == ["kz_goszakup/1", "kz_goszakup/2"]
