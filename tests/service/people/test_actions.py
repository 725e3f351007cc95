"""What a reader does by a link of a mail."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from service.config import Config
from service.people.actions import NoSuchLead, Taken, act, subscribe, unsubscribe
from service.people.links import Link
from service.people.listing import copy_recipients, people
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.tables import JournalRow, LeadRow
from service.store.tables.naming import DeclineReason, LeadState, Origin
from tests.service.digest.samples import NOW
from tests.service.digest.test_job import CATALOGUE, MILL, ZONE, open_notice, save

OTHER = MILL.model_copy(update={"address": "other@example.invalid", "plant": "other"})
ZONE_ID, MILL_ID, OTHER_ID = 1, 2, 3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Lead 1 is the mill's."""
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        with opened.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
            copy_recipients(session, Config(recipients=(ZONE, MILL, OTHER)), NOW)
        save(opened, open_notice("1"), "p1")
        yield opened


def do(
    store: Store, person: int, action: str, reason: DeclineReason | None = None, lead: int = 1
) -> LeadState:
    with store.writing() as session:
        return act(session, Link("lead", person, (lead,)), action, NOW, reason=reason)


def lead(store: Store) -> LeadRow:
    with store.reading() as session:
        return session.exec(select(LeadRow)).one()


def journal(store: Store) -> list[tuple[str, int | None]]:
    with store.reading() as session:
        rows = session.exec(select(JournalRow).order_by(col(JournalRow.id)))
        return [(row.action, row.person_id) for row in rows]


def test_taking_twice_is_taking_once(store: Store) -> None:
    assert do(store, MILL_ID, "take") is LeadState.LOOKING
    version = lead(store).version
    assert do(store, MILL_ID, "take") is LeadState.LOOKING
    assert (lead(store).owner, lead(store).version) == (MILL.address, version)
    assert journal(store) == [("take", MILL_ID)]


def test_what_somebody_else_took_is_not_taken_away(store: Store) -> None:
    do(store, MILL_ID, "take")
    with pytest.raises(Taken, match=MILL.address):
        do(store, ZONE_ID, "take")
    with pytest.raises(Taken, match=MILL.address):
        do(store, ZONE_ID, "decline", DeclineReason.PRICE)
    assert (lead(store).owner, lead(store).state) == (MILL.address, "looking")


def test_a_decline_says_why_and_may_be_taken_back_by_taking(store: Store) -> None:
    with pytest.raises(ValueError, match="says why"):
        do(store, MILL_ID, "decline")
    assert do(store, MILL_ID, "decline", DeclineReason.PRICE) is LeadState.DECLINED
    assert lead(store).reason == "price"
    assert do(store, MILL_ID, "take") is LeadState.LOOKING
    assert lead(store).reason is None


def test_nobody_acts_on_a_lead_of_another_plant(store: Store) -> None:
    for action in ("take", "makes"):
        with pytest.raises(NoSuchLead):
            do(store, OTHER_ID, action)
    with pytest.raises(NoSuchLead):
        do(store, MILL_ID, "take", lead=99)
    assert (lead(store).state, journal(store)) == ("new", [])


def test_what_a_plant_makes_is_noted_and_changes_no_state(store: Store) -> None:
    assert do(store, MILL_ID, "makes_not") is LeadState.NEW
    assert journal(store) == [("makes_not", MILL_ID)]


def test_an_unknown_action_does_nothing(store: Store) -> None:
    with pytest.raises(ValueError, match="no such action"):
        do(store, MILL_ID, "delete")
    assert journal(store) == []


def test_unsubscribing_twice_is_once_and_nobody_is_told_of_strangers(store: Store) -> None:
    for hours in (0, 1):
        with store.writing() as session:
            assert unsubscribe(session, MILL_ID, NOW + timedelta(hours=hours))
            assert not unsubscribe(session, 99, NOW)
    with store.reading() as session:
        assert [each.unsubscribed_at for each in people(session)][1] == NOW
    with store.writing() as session:
        subscribe(session, MILL_ID, NOW)
    with store.reading() as session:
        assert people(session)[1].gets_mail
    assert journal(store) == [("unsubscribe", MILL_ID), ("subscribe", MILL_ID)]
