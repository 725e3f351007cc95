"""A purchase that went to another: its winner is named where people look."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from matcher.records import NeedKind, Verdict
from scrapers.records import Award, AwardStatus, Code, Money, Notice, Party, Phase
from service.clock import FixedClock
from service.config import Config
from service.desk.leads import cards_of
from service.desk.report import Period, PlantReport, plant_report
from service.desk.winners import winners_of_cards
from service.jobs.match import match
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.leads import find_lead
from service.store.notices import save_page
from service.store.tables import LeadCardRow, LeadRow, MatchRow
from service.store.tables.naming import Origin
from service.web.api.leads import lead_of
from tests.service.notices import DEADLINE, NOON, pipe_notice
from tests.service.test_match_job import CATALOGUE

AFTER = FixedClock(DEADLINE + timedelta(days=1))
WEEK = Period((DEADLINE - timedelta(days=3)).date(), (DEADLINE + timedelta(days=3)).date())
OWN_BIN = "111111111111"


def awarded(number: str = "000000000022", phase: Phase = Phase.AWARDED) -> Notice:
    rival = Party("ТОО «Другой завод»", Code("KZ-BIN", number))
    award = Award("1", (), (rival,), Money(7_000_00, "KZT"), DEADLINE, AwardStatus.ACTIVE)
    return replace(pipe_notice(), phase=phase, awards=(award,))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A stated lead of an open purchase; the plant has a BIN."""
    plants = tuple(replace(plant, bin=OWN_BIN) for plant in CATALOGUE.plants)
    with open_store(store_url) as store:
        with store.writing() as session:
            save_catalogue(session, replace(CATALOGUE, plants=plants), Origin.BUNDLED, NOON)
            save_page(session, [pipe_notice()], NOON)
        clock = FixedClock(NOON)
        match(store, Config(), clock, wall=clock)
        yield store


def ended(store: Store, notice: Notice) -> None:
    with store.writing() as session:
        save_page(session, [notice], DEADLINE)
    match(store, Config(), AFTER, wall=AFTER)
    with store.writing() as session:  # what the notice leaves open decides nothing here
        for table in (MatchRow, LeadCardRow):
            session.execute(update(table).values(verdict=Verdict.CAN.value))


def report(store: Store) -> PlantReport:
    with store.reading() as session:
        plant = session.exec(select(LeadRow.plant_id)).first()
        assert plant is not None
        return plant_report(session, plant, WEEK, AFTER, "Asia/Almaty")


def test_a_lead_names_the_rival_who_won(store: Store) -> None:
    ended(store, awarded())
    with store.reading() as session:
        id_ = session.exec(select(LeadRow.id)).first()
        assert id_ is not None
        lead = find_lead(session, id_, AFTER)
        assert lead is not None
        assert lead.kind is NeedKind.STATED
        assert lead.winner is not None
        assert lead.winner.name == "ТОО «Другой завод»"
        assert not lead.is_open, "a rival has no need of the goods: nobody is to be called"
        cards = cards_of(session, [id_], AFTER)
        told = lead_of(cards[0], winners_of_cards(session, cards).get(id_)).winner
        assert told is not None
        assert (told.name, told.id) == ("ТОО «Другой завод»", "000000000022")
        assert told.value is not None
        assert told.value.minor == 7_000_00


@pytest.mark.parametrize("phase", [Phase.AWARDED, Phase.CLOSED])
def test_what_went_to_another_is_missed_and_the_report_says_to_whom(
    store: Store, phase: Phase
) -> None:
    assert report(store).missed == ()
    ended(store, awarded(phase=phase))
    made = report(store)
    assert [made.winners[card.id].name for card in made.missed] == ["ТОО «Другой завод»"]


def test_what_the_plant_won_itself_is_not_missed(store: Store) -> None:
    ended(store, awarded(OWN_BIN))
    assert report(store).missed == ()


def test_what_is_closed_and_nobody_is_named_for_is_not_missed_yet(store: Store) -> None:
    ended(store, replace(pipe_notice(), phase=Phase.CLOSED))
    assert report(store).missed == ()
