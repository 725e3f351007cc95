"""Mails between digests: urgent leads, reminders of taken ones, the week."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from scrapers.records import Notice, Period
from service.clock import FixedClock
from service.config import Config
from service.errors import DeliveryError
from service.jobs.alerts import write_alerts
from service.jobs.digest import write_digests
from service.jobs.weekly import write_weekly
from service.people.listing import find_person, save_preferences
from service.people.preferences import Preferences
from service.places import Places, places
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.tables import DeliveryRow, LeadRow
from service.store.tables.naming import DeliveryState, LeadState, Origin
from tests.service.digest.samples import NOW
from tests.service.digest.test_job import CATALOGUE, MILL, ZONE, open_notice, save

HOUR = timedelta(hours=1)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(folder=tmp_path, recipients=(ZONE, MILL))


@pytest.fixture
def live(config: Config) -> Places:
    return places(config)


@pytest.fixture
def store(live: Places, config: Config) -> Iterator[Store]:
    """A store whose readers have had their first digest."""
    with open_store(live.database_url) as opened:
        with opened.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
        save(opened, closing("first", NOW + timedelta(days=17)), "p1")
        write_digests(opened, config, live, FixedClock(NOW))
        yield opened


def closing(id_: str, end: datetime) -> Notice:
    return open_notice(id_, period=Period(None, end, "Asia/Almaty"))


def mails(store: Store) -> list[tuple[str, str]]:
    """Kind and reader of every mail but the digests."""
    with store.reading() as session:
        rows = session.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all()
        return [(row.kind, row.address.partition("@")[0]) for row in rows if row.kind != "digest"]


def last(store: Store) -> EmailMessage:
    with store.reading() as session:
        row = session.exec(select(DeliveryRow).order_by(col(DeliveryRow.id).desc())).first()
        assert row is not None
        content = Path(row.body_path).read_bytes()
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


def alert(store: Store, config: Config, live: Places, after: timedelta) -> int:
    return write_alerts(store, config, live, FixedClock(NOW + after))


def take(store: Store, id_: int, owner: str | None) -> None:
    with store.writing() as session:
        row = session.get(LeadRow, id_)
        assert row is not None
        row.state, row.owner = LeadState.LOOKING.value, owner
        session.add(row)


def test_a_lead_that_closes_in_two_working_days_is_mailed_once_and_not_told_again(
    store: Store, config: Config, live: Places
) -> None:
    save(store, closing("soon", NOW + timedelta(days=2)), "p1")
    save(store, closing("later", NOW + timedelta(days=9)), "p1")
    assert alert(store, config, live, HOUR) == 2
    assert mails(store) == [("urgent", "zone"), ("urgent", "mill")]
    assert str(last(store)["Subject"]).startswith("Сұраныс: Срочно: скоро закрывается 1 закупка")
    assert alert(store, config, live, 2 * HOUR) == 0
    [_, mill] = write_digests(store, config, live, FixedClock(NOW + timedelta(days=1)))
    assert mill.leads == 1


def test_an_urgent_mail_that_was_refused_waits_for_the_digest(
    store: Store, config: Config, live: Places
) -> None:
    save(store, closing("soon", NOW + timedelta(days=2)), "p1")
    assert alert(store, config, live, HOUR) == 2
    with store.writing() as session:
        for row in session.exec(select(DeliveryRow).where(DeliveryRow.kind == "urgent")):
            row.state, row.due_at = "refused", None
            session.add(row)
    # Not at every tick: a server that refuses would be asked for ever.
    assert alert(store, config, live, 2 * HOUR) == 0
    results = write_digests(store, config, live, FixedClock(NOW + timedelta(days=1)))
    assert [each.leads for each in results] == [1, 1]


def test_only_what_surely_fits_is_urgent_and_who_chose_so_is_left_alone(
    store: Store, config: Config, live: Places
) -> None:
    with store.writing() as session:
        mill = find_person(session, MILL.address)
        assert mill is not None
        save_preferences(session, mill.id, Preferences(urgent=False), NOW)
    save(store, closing("soon", NOW + timedelta(days=2)), "p1")
    assert alert(store, config, live, HOUR) == 1
    assert mails(store) == [("urgent", "zone")]


def test_nobody_is_alerted_before_the_first_digest(config: Config, live: Places) -> None:
    with open_store(live.database_url) as store:
        with store.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
        save(store, closing("soon", NOW + timedelta(days=2)), "p1")
        assert alert(store, config, live, HOUR) == 0


def test_who_took_a_lead_is_reminded_72_and_24_hours_before_its_end(
    store: Store, config: Config, live: Places
) -> None:
    take(store, 1, MILL.address)
    end = timedelta(days=17)
    assert alert(store, config, live, end - 73 * HOUR) == 0
    assert alert(store, config, live, end - 72 * HOUR) == 1
    assert alert(store, config, live, end - 71 * HOUR) == 0
    assert alert(store, config, live, end - 24 * HOUR) == 1
    assert alert(store, config, live, end - HOUR) == 0
    assert alert(store, config, live, end + HOUR) == 0
    assert mails(store) == [("reminder", "mill")] * 2


def test_a_lead_taken_on_its_last_day_is_reminded_of_once(
    store: Store, config: Config, live: Places
) -> None:
    take(store, 1, None)
    assert alert(store, config, live, timedelta(days=17) - 5 * HOUR) == 2
    assert mails(store) == [("reminder", "zone"), ("reminder", "mill")]
    calendar = [part for part in last(store).walk() if part.get_content_type() == "text/calendar"]
    assert len(calendar) == 1
    assert b"DTSTART:20261210T030000Z" in calendar[0].get_payload(decode=True)


def test_people_share_what_is_read_of_leads_for_urgent_mails_reminders_and_the_week(
    tmp_path: Path,
) -> None:
    """Ten thousand people must not mean ten thousand readings of every lead."""
    read = []
    for count in (1, 9):
        readers = [
            each.model_copy(update={"address": f"desk{n}.{each.address}"})
            for each in (ZONE, MILL)
            for n in range(count)
        ]
        config = Config(folder=tmp_path / f"{count}", recipients=tuple(readers))
        live = places(config)
        with open_store(live.database_url) as store:
            with store.writing() as session:
                save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
            save(store, closing("first", NOW + timedelta(days=17)), "p1")
            write_digests(store, config, live, FixedClock(NOW))
            take(store, 1, None)
            save(store, closing("soon", NOW + timedelta(days=16)), "p1")
            asked: list[str] = []
            event.listen(store.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))  # noqa: B023 - of this engine alone
            assert alert(store, config, live, timedelta(days=15)) == 4 * count
            assert write_weekly(store, config, live, FixedClock(NOW + timedelta(days=14))) == count
        read.append(sum("FROM lead" in each or "FROM product" in each for each in asked))
    assert read[0] == read[1] > 0


def test_a_mail_that_cannot_be_written_keeps_nobody_else_from_theirs(
    store: Store, config: Config, live: Places
) -> None:
    in_the_way = live.digests / f"zone-example-invalid-urgent-{NOW + HOUR:%Y-%m-%dT%H-%M}.eml"
    (in_the_way / "full").mkdir(parents=True)
    save(store, closing("soon", NOW + timedelta(days=2)), "p1")
    with pytest.raises(DeliveryError, match="cannot write"):
        alert(store, config, live, HOUR)
    assert mails(store) == [("urgent", "mill")]
    assert alert(store, config, live, 2 * HOUR) == 1
    assert mails(store) == [("urgent", "mill"), ("urgent", "zone")]


def test_the_week_goes_to_officials_with_pictures_and_as_a_sign_of_life_to_silent_plants(
    store: Store, config: Config, live: Places
) -> None:
    monday = datetime(2026, 12, 7, 3, tzinfo=UTC)  # 08:00 in Almaty
    assert write_weekly(store, config, live, FixedClock(monday - HOUR)) == 0
    assert write_weekly(store, config, live, FixedClock(monday)) == 2
    assert write_weekly(store, config, live, FixedClock(monday + 5 * HOUR)) == 0
    assert mails(store) == [("weekly", "zone"), ("weekly", "mill")]
    assert "на этой неделе новых закупок нет" in str(last(store)["Subject"])


def test_a_plant_whose_only_mail_was_refused_gets_its_sign_of_life(
    store: Store, config: Config, live: Places
) -> None:
    monday = datetime(2026, 12, 7, 3, tzinfo=UTC)
    save(store, closing("new", monday + timedelta(days=20)), "p1")
    write_digests(store, config, live, FixedClock(monday - timedelta(days=3)))
    with store.writing() as session:
        mill = find_person(session, MILL.address)
        assert mill is not None
        sent = session.exec(select(DeliveryRow).where(col(DeliveryRow.person_id) == mill.id)).all()
        assert sent
        for delivery in sent:
            delivery.state = DeliveryState.REFUSED
    assert write_weekly(store, config, live, FixedClock(monday)) == 2


def test_a_summary_shows_its_charts_inline(store: Store, config: Config, live: Places) -> None:
    only = config.model_copy(update={"recipients": (ZONE,)})
    write_weekly(store, only, live, FixedClock(datetime(2026, 11, 30, 3, tzinfo=UTC)))
    message = last(store)
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds[:2] == ["text/plain", "text/html"]
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    page = message.get_body(("html",))
    assert page is not None
    for picture in pictures:
        assert f"cid:{str(picture['Content-ID']).strip('<>')}" in page.get_content()
        assert picture.get_content().startswith(b"\x89PNG")
