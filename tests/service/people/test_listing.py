"""The list of people: the configuration's rows until somebody edits them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.records import Catalogue, Plant, PlantId
from service.config import Config, Recipient
from service.people.listing import (
    copy_recipients,
    find_person,
    known_people,
    people,
    save_preferences,
)
from service.people.preferences import Preferences, dump_preferences, load_preferences
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.tables import PersonRow
from service.store.tables.naming import Origin, Role

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
ZONE = Recipient(name="Управление зоны", address="Zone@example.invalid", language="kk")
MILL = Recipient(
    name="Завод", address="mill@example.invalid", role="plant", plant="mill", families=["pipe"]
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'people.db'}") as opened:
        with opened.writing() as session:
            plants = Catalogue((Plant(PlantId("mill"), "Завод"),), ())
            save_catalogue(session, plants, Origin.BUNDLED, NOW)
        yield opened


def copied(store: Store, *recipients: Recipient, days: int = 0) -> None:
    with store.writing() as session:
        copy_recipients(session, Config(recipients=recipients), NOW + timedelta(days=days))


def test_the_recipients_of_the_configuration_become_people(store: Store) -> None:
    copied(store, ZONE, MILL)
    with store.reading() as session:
        zone, mill = people(session)
    assert (zone.address, zone.role, zone.plant) == ("zone@example.invalid", Role.OFFICIAL, None)
    assert zone.preferences == Preferences(language="kk")
    assert (mill.plant, mill.preferences.families) == (PlantId("mill"), ("pipe",))
    assert mill.gets_mail


def test_a_bundled_person_follows_the_file_and_an_edited_one_does_not(store: Store) -> None:
    copied(store, ZONE, MILL)
    with store.writing() as session:
        mill = find_person(session, "MILL@example.invalid")
        assert mill is not None
        save_preferences(session, mill.id, Preferences(hour=6, language="en"), NOW)
    renamed = [each.model_copy(update={"name": "Новое имя"}) for each in (ZONE, MILL)]
    copied(store, *renamed)
    with store.reading() as session:
        zone, mill_now = people(session)
    assert zone.name == "Новое имя"
    assert mill_now.name == "Завод"
    assert (mill_now.preferences.hour, mill_now.preferences.language) == (6, "en")


def test_who_left_the_file_is_disabled_and_comes_back_with_it(store: Store) -> None:
    copied(store, ZONE, MILL)
    copied(store, ZONE)
    with store.reading() as session:
        assert [each.gets_mail for each in people(session)] == [True, False]
    copied(store, ZONE, MILL)
    with store.reading() as session:
        assert [each.gets_mail for each in people(session)] == [True, True]


def test_copying_again_changes_nothing(store: Store) -> None:
    copied(store, ZONE, MILL)
    with store.reading() as session:
        before = people(session)
    copied(store, ZONE, MILL, days=1)
    with store.reading() as session:
        assert people(session) == before
        row = session.get(PersonRow, before[0].id)
        assert row is not None
        assert row.updated_at == NOW


def test_known_people_are_those_that_copying_would_leave(store: Store) -> None:
    config = Config(recipients=(ZONE, MILL))
    with store.reading() as session:
        assert [each.id for each in known_people(session, config)] == [0, 0]
    copied(store, ZONE, MILL)
    with store.writing() as session:
        row = session.get(PersonRow, 1)
        assert row is not None
        row.unsubscribed_at = NOW
        session.add(row)
    with store.reading() as session:
        assert known_people(session, config) == people(session)
        assert len(known_people(session, Config(recipients=(MILL,)))) == 1


def test_people_of_an_unknown_plant_see_no_plant_at_all(store: Store) -> None:
    copied(store, MILL.model_copy(update={"plant": "nowhere"}))
    with store.reading() as session:
        [person] = people(session)
    assert (person.role, person.plant) == (Role.PLANT, None)


def test_preferences_read_back_and_what_cannot_be_read_is_the_default() -> None:
    chosen = Preferences(hour=7, weekdays=(0, 2), countries=("KZ",), language="ru")
    assert load_preferences(dump_preferences(chosen), "ru") == chosen
    assert dump_preferences(Preferences()) == "{}"
    assert load_preferences('{"hour": 99}', None) == Preferences()
    assert load_preferences("{}", "xx").language is None
