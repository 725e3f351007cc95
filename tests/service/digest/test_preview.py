"""A preview agrees with what the job then does, and leaves no trace."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.clock import FixedClock
from service.config import Config, Mail
from service.jobs.digest import write_digests
from service.jobs.preview import MonthPreview, Preview, month_preview, preview_digests
from service.people.listing import find_person
from service.people.preferences import Preferences
from service.places import Places, places
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.tables import DeliveryRow
from service.store.tables.naming import Origin
from tests.service.digest.samples import NOW
from tests.service.digest.test_job import CATALOGUE, MILL, PORTALS, ZONE, count, open_notice, save


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(folder=tmp_path, recipients=(ZONE, MILL))


@pytest.fixture
def live(config: Config) -> Places:
    return places(config)


@pytest.fixture
def store(live: Places) -> Iterator[Store]:
    with open_store(live.database_url) as opened:
        with opened.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
        yield opened


def preview(store: Store, config: Config, live: Places, days: int = 0) -> list[Preview]:
    return preview_digests(store, config, live, FixedClock(NOW + timedelta(days=days)), PORTALS)


def actions(previews: list[Preview]) -> list[tuple[str, str]]:
    return [(each.address.partition("@")[0], each.action) for each in previews]


def test_a_preview_shows_what_is_due_and_leaves_no_trace(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1"), "p1")
    seen = preview(store, config, live)
    assert actions(seen) == [("zone", "due"), ("mill", "due")]
    assert [len(each.digest.entries) for each in seen if each.digest] == [1, 1]
    assert count(store, DeliveryRow) == 0
    assert not live.digests.exists()


def test_a_plant_without_news_is_shown_no_mail(store: Store, config: Config, live: Places) -> None:
    seen = preview(store, config, live)
    assert actions(seen) == [("zone", "due"), ("mill", "silent")]
    assert seen[1].digest is None
    done = write_digests(store, config, live, FixedClock(NOW), PORTALS)
    assert [each.action for each in done] == ["written", "silent"]


def test_what_was_delivered_today_is_not_shown_again(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1"), "p1")
    done = write_digests(store, config, live, FixedClock(NOW), PORTALS)
    seen = preview(store, config, live)
    assert [each.action for each in seen] == ["already", "already"]
    assert [each.path for each in seen] == [each.path for each in done]


def test_what_waits_since_yesterday_is_named_before_today(
    store: Store, config: Config, live: Places
) -> None:
    # Nobody listens on port 1.
    mail = Mail(mode="smtp", host="127.0.0.1", port=1, security="none", timeout_seconds=1)
    mill = MILL.model_copy(update={"address": "mill@works.example"})
    away = config.model_copy(update={"recipients": (mill,), "mail": mail})
    save(store, open_notice("1"), "p1")
    write_digests(store, away, live, FixedClock(NOW), PORTALS)
    seen = preview(store, away, live, days=1)
    assert [(each.day, each.action) for each in seen] == [
        ("2026-11-23", "waiting"),
        ("2026-11-24", "silent"),
    ]
    save(store, open_notice("2"), "p1")
    assert [each.action for each in preview(store, away, live, days=1)] == ["waiting", "due"]


def test_another_choice_is_shown_as_the_mails_it_would_have_been(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1"), "p1")
    save(store, open_notice("2"), "p2")
    clock = FixedClock(NOW + timedelta(days=3))
    write_digests(store, config, live, clock)
    with store.reading() as session:
        mill = find_person(session, MILL.address)
        assert mill is not None

        def shown(**chosen: object) -> MonthPreview:
            wish = Preferences.model_validate(chosen)
            return month_preview(session, mill, wish, config, clock)

        # Both leads were found on Monday at 08:00, the hour of the digest: Tuesday tells them.
        assert shown() == MonthPreview(mails=1, leads=2)
        assert shown(families=["pipe"]) == MonthPreview(mails=1, leads=1)
        assert shown(least_quantity=121) == MonthPreview(mails=0, leads=0)
        assert shown(weekdays=[0]) == MonthPreview(mails=0, leads=0)
        assert shown(silent_on_empty=False).mails == 30
        assert shown(silent_on_empty=False, weekdays=[1]).mails in {4, 5}
