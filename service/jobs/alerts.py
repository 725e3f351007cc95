"""Mails between digests: what closes within two working days, and reminders of what was taken.

Each is told once: an urgent lead because it counts as told, a reminder because its slot names the
lead, the hours and the deadline, so that a deadline that moved is reminded of anew.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.clock import Clock
from service.config import Config
from service.digest.composing import SOON_WORKING_DAYS, compose
from service.digest.lines import Line
from service.digest.records import Digest, Entry, LeadLine, Section
from service.digest.workdays import working_days_left
from service.jobs.drafting import Draft, item, reading, recipient_of
from service.jobs.freezing import freeze_digest
from service.outbox.reading import find_delivery, last_made_at
from service.people.listing import Person, copy_recipients, people
from service.places import Places
from service.store import Store
from service.store.tables.naming import DeliveryKind, LeadState

REMIND_BEFORE = (24, 72)
"""Hours; the shorter first, so that a lead taken a day before its end is reminded of once."""
_TAKEN = frozenset({LeadState.LOOKING, LeadState.BIDDING})
_Mail = tuple[DeliveryKind, str, Draft]


def write_alerts(store: Store, config: Config, places: Places, clock: Clock) -> int:
    """Freeze the urgent mails and reminders that are due now, and give how many. The outbox sends
    them. Raises DeliveryError where one cannot be written."""
    with store.writing() as session:
        copy_recipients(session, config, clock.now())
        readers = [each for each in people(session) if each.gets_mail]
    count = 0
    for person in readers:
        with store.reading() as session:
            mails = list(_due(session, person, config, places, clock))
        for kind, slot, plan in mails:
            frozen = freeze_digest(
                store, person, plan, config, places, clock.now(), kind=kind, slot=slot
            )
            count += frozen is not None
    return count


def _due(
    session: Session, person: Person, config: Config, places: Places, clock: Clock
) -> Iterator[_Mail]:
    chosen = person.preferences
    start = last_made_at(session, person.id, DeliveryKind.DIGEST)
    if start is None or not (chosen.urgent or chosen.reminders):
        return  # the first digest tells everything there is
    by_id, said, earlier = reading(session, person, clock)
    if chosen.urgent:
        news = [line.line for id_, line in by_id.items() if id_ not in earlier and _urgent(line)]
        digest = _digest(person, config, places, clock, news, start)
        if digest.entries:
            items = [item(each, by_id[each.lead.id].lead.id, said) for each in digest.entries]
            slot = f"{clock.now():%Y-%m-%dT%H:%M}"
            plan = Draft(replace(digest, kind="urgent"), tuple(items), is_due=True)
            yield DeliveryKind.URGENT, slot, plan
    if chosen.reminders:
        yield from _reminders(session, person, config, places, clock, by_id.values(), start)


def _urgent(line: Line) -> bool:
    lead = line.line
    now = line.lead.as_of
    return (
        lead.verdict is Verdict.CAN
        and lead.kind is NeedKind.STATED
        and lead.phase is Phase.OPEN
        and not lead.gone
        and lead.deadline is not None
        and lead.deadline > now
        and working_days_left(now, lead.deadline, lead.zone, lead.country) <= SOON_WORKING_DAYS
    )


def _digest(
    person: Person,
    config: Config,
    places: Places,
    clock: Clock,
    found: list[LeadLine],
    start: datetime,
) -> Digest:
    now, recipient = clock.now(), recipient_of(person, config)
    return compose(
        recipient,
        now.astimezone(ZoneInfo(recipient.zone)).date(),
        found,
        {},
        start=start,
        end=now,
        most=config.digest.max_leads,
        sample=places.mode == "sample",
        replay=places.mode == "replay",
    )


def _reminders(
    session: Session,
    person: Person,
    config: Config,
    places: Places,
    clock: Clock,
    found: Iterable[Line],
    start: datetime,
) -> Iterator[_Mail]:
    """Remind who took a lead; where that is nobody of the list, everybody who is told of it."""
    known = {each.address for each in people(session)}
    for line in found:
        lead, end = line.lead, line.line.deadline
        if lead.state not in _TAKEN or end is None or line.line.gone:
            continue
        if lead.owner in known and lead.owner != person.address:
            continue
        left = end - lead.as_of
        hours = next((each for each in REMIND_BEFORE if left <= timedelta(hours=each)), None)
        if hours is None or left <= timedelta():
            continue
        slot = f"{lead.id}-{hours}h-{end:%Y%m%d%H%M}"
        if find_delivery(session, person.id, DeliveryKind.REMINDER, slot) is None:
            empty = _digest(person, config, places, clock, [], start)
            entry = Entry(line.line, Section.CLOSING)
            sample = empty.sample or line.line.sample
            told = replace(empty, entries=(entry,), kind="reminder", sample=sample)
            yield DeliveryKind.REMINDER, slot, Draft(told, (), is_due=True)
