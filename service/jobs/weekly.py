"""The mail of a week: for officials what was found and done at every plant, with charts as
pictures; for readers who chose silence a sign of life, where nothing else reached them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from service.clock import Clock
from service.config import Config
from service.desk.plants import plant_views
from service.desk.report import LISTS, plant_report, week_of
from service.desk.scope import Scope
from service.digest.composing import compose
from service.digest.weekly import Week, WeekRow, render_week
from service.jobs.drafting import Draft, recipient_of, wants_now
from service.jobs.freezing import freeze, freeze_digest, links_of, word_mail
from service.outbox.reading import find_delivery
from service.people.listing import Person, copy_recipients, people
from service.places import Places
from service.store import Store
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryKind, Role
from service.texts import language

_MONDAY = 0
_WEEK = timedelta(days=7)
_TOLD = frozenset({"found", "handed", "taken", "offered", "won", "lost", "declined", "unanswered"})


def write_weekly(store: Store, config: Config, places: Places, clock: Clock) -> int:
    """Freeze the mails of the week that ended, from Monday at each reader's hour on, and give how
    many. Raises DeliveryError where one cannot be written."""
    now = clock.now()
    local = now.astimezone(ZoneInfo(config.zone.timezone))
    if local.weekday() != _MONDAY:
        return 0
    with store.writing() as session:
        copy_recipients(session, config, now)
        readers = [each for each in people(session) if each.gets_mail and each.preferences.weekly]
    slot, count = f"{local:%G-W%V}", 0
    for person in readers:
        if local.hour < person.preferences.hour and not wants_now(person, config, now):
            continue
        with store.reading() as session:
            there = find_delivery(session, person.id, DeliveryKind.WEEKLY, slot)
            quiet = _nothing_for_a_week(session, person, now)
        if there is not None:
            continue
        if person.role is not Role.PLANT:
            _summary(store, person, slot, config, places, clock)
            count += 1
        elif quiet:
            _sign_of_life(store, person, slot, config, places, now)
            count += 1
    return count


def _nothing_for_a_week(session: Session, person: Person, now: datetime) -> bool:
    query = select(DeliveryRow.id).where(
        DeliveryRow.person_id == person.id, col(DeliveryRow.created_at) > now - _WEEK
    )
    return session.exec(query).first() is None


def _sign_of_life(
    store: Store, person: Person, slot: str, config: Config, places: Places, now: datetime
) -> None:
    recipient = recipient_of(person, config)
    day = now.astimezone(ZoneInfo(recipient.zone)).date()
    digest = compose(
        recipient,
        day,
        [],
        {},
        start=now - _WEEK,
        end=now,
        sample=places.mode == "sample",
        replay=places.mode == "replay",
        kind="weekly",
    )
    plan = Draft(digest, (), is_due=True)
    freeze_digest(store, person, plan, config, places, now, kind=DeliveryKind.WEEKLY, slot=slot)


def _summary(
    store: Store, person: Person, slot: str, config: Config, places: Places, clock: Clock
) -> None:
    now, zone = clock.now(), config.zone.timezone
    with store.reading() as session:
        week = _week(session, person, clock, zone)
    lang = language(person.preferences.language or config.digest.language)
    links = links_of(config, places, person)
    body, pictures = render_week(week, person.name, lang, links)
    mail = word_mail(
        person,
        DeliveryKind.WEEKLY,
        slot,
        body,
        config,
        places,
        now,
        unsubscribe=links.unsubscribe,
        sample=week.sample,
        attachments=pictures,
    )
    freeze(store, [mail])


def _week(session: Session, person: Person, clock: Clock, zone: str) -> Week:
    period = week_of(clock.now().astimezone(ZoneInfo(zone)).date() - timedelta(days=1))
    rows = []
    for view in plant_views(session, Scope(), clock):
        if person.plant is not None and view.plant.id != person.plant:
            continue
        report = plant_report(session, view.key, period, clock, zone)
        counts = {name: len(cards) for name, cards in report.lists if name in _TOLD}
        rows.append(WeekRow(view.plant.name, counts, view.filled, sample=view.plant.sample))
    assert set(LISTS) >= _TOLD  # noqa: S101 - the report's own names
    return Week(period.first, period.last, tuple(rows))
