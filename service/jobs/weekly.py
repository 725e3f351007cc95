"""The mail of a week: for officials what was found and done at every plant, with charts as
pictures; for readers who chose silence a sign of life, where nothing else reached them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from catalog.records import PlantId
from service.clock import Clock
from service.config import Config
from service.desk.plants import plant_views
from service.desk.report import LISTS, plant_report, week_of
from service.desk.scope import Scope
from service.digest.composing import compose
from service.digest.weekly import Week, WeekRow, render_week
from service.errors import DeliveryError
from service.jobs.drafting import Draft, recipient_of
from service.jobs.freezing import Worded, freeze, links_of, word_digest, word_mail
from service.outbox.reading import people_with
from service.people.listing import Person, copy_recipients, people
from service.places import Places
from service.store import Store
from service.store.digests import NEVER_ARRIVED
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryKind, Role
from service.texts import language

_MONDAY = 0
_WEEK = timedelta(days=7)
_TOLD = frozenset({"found", "handed", "taken", "offered", "won", "lost", "declined", "unanswered"})


def write_weekly(store: Store, config: Config, places: Places, clock: Clock) -> int:
    """Freeze the mails of the week that ended, from Monday at each reader's hour on, and give how
    many. Raises DeliveryError where one cannot be written, once the others are frozen."""
    now = clock.now()
    local = now.astimezone(ZoneInfo(config.zone.timezone))
    if local.weekday() != _MONDAY:
        return 0
    slot = f"{local:%G-W%V}"
    with store.writing() as session:
        copy_recipients(session, config, now)
        readers = _due(session, slot, local.hour, now)
    weeks: dict[PlantId | None, Week] = {}
    count, failures = 0, list[DeliveryError]()
    for person in readers:
        try:
            if person.role is Role.PLANT:
                mail = _sign_of_life(person, slot, config, places, now)
            else:
                if person.plant not in weeks:
                    with store.reading() as session:
                        weeks[person.plant] = _week(session, person.plant, clock, config)
                mail = _summary(person, slot, weeks[person.plant], config, places, now)
            count += freeze(store, [mail]) != [None]
        except DeliveryError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return count


def _due(session: Session, slot: str, hour: int, now: datetime) -> list[Person]:
    """Give whose hour has come and who has no mail of this week yet: officials, and of a plant's
    people those whom nothing else reached."""
    there = people_with(session, DeliveryKind.WEEKLY, slot)
    query = select(DeliveryRow.person_id).where(
        col(DeliveryRow.created_at) > now - _WEEK, ~NEVER_ARRIVED
    )
    reached = frozenset(session.exec(query.distinct()))
    return [
        each
        for each in people(session)
        if each.gets_mail and each.preferences.weekly and each.preferences.hour <= hour
        if each.id not in there and (each.role is not Role.PLANT or each.id not in reached)
    ]


def _sign_of_life(
    person: Person, slot: str, config: Config, places: Places, now: datetime
) -> Worded:
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
    return word_digest(person, plan, config, places, now, kind=DeliveryKind.WEEKLY, slot=slot)


def _summary(
    person: Person, slot: str, week: Week, config: Config, places: Places, now: datetime
) -> Worded:
    lang = language(person.preferences.language or config.digest.language)
    links = links_of(config, places, person)
    body, pictures = render_week(week, person.name, lang, links)
    return word_mail(
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


def _week(session: Session, plant: PlantId | None, clock: Clock, config: Config) -> Week:
    """Look at the week that ended, of one plant or (None) of all."""
    zone = config.zone.timezone
    period = week_of(clock.now().astimezone(ZoneInfo(zone)).date() - timedelta(days=1))
    rows = []
    for view in plant_views(session, Scope(), clock):
        if plant is not None and view.plant.id != plant:
            continue
        report = plant_report(session, view.key, period, clock, zone)
        counts = {name: len(cards) for name, cards in report.lists if name in _TOLD}
        rows.append(WeekRow(view.plant.name, counts, view.filled, sample=view.plant.sample))
    assert set(LISTS) >= _TOLD  # noqa: S101 - the report's own names
    return Week(period.first, period.last, tuple(rows))
