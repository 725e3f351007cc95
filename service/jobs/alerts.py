"""Mails between digests: what closes within two working days, and reminders of what was taken.

Each is told once: an urgent lead because it counts as told, a reminder because its slot names the
lead, the hours and the deadline, so that a deadline that moved is reminded of anew.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
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
from service.errors import DeliveryError
from service.jobs.digest import together
from service.jobs.drafting import Draft, OpenLeads, item, reading, recipient_of
from service.jobs.freezing import Worded, freeze, word_digest
from service.outbox.reading import find_delivery, last_made_at
from service.people.listing import Person, copy_recipients, people
from service.places import Places
from service.store import Store
from service.store.tables.naming import DeliveryKind, LeadState

REMIND_BEFORE = (24, 72)
"""Hours; the shorter first, so that a lead taken a day before its end is reminded of once."""
_TAKEN = frozenset({LeadState.LOOKING, LeadState.BIDDING})
_Mail = tuple[DeliveryKind, str, Draft]


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at the store, for some people together. `addresses` are those of the whole list."""

    session: Session
    config: Config
    places: Places
    shared: OpenLeads
    addresses: frozenset[str]

    @property
    def now(self) -> datetime:
        """The moment of the look."""
        return self.shared.now


def write_alerts(store: Store, config: Config, places: Places, clock: Clock) -> int:
    """Freeze the urgent mails and reminders that are due now, and give how many. The outbox sends
    them. Raises DeliveryError where one cannot be written, once the others are frozen."""
    with store.writing() as session:
        copy_recipients(session, config, clock.now())
        listed = people(session)
    addresses = frozenset(each.address for each in listed)
    count, failures = 0, list[DeliveryError]()
    for readers in together(each for each in listed if each.gets_mail):
        with store.reading() as session:
            look = _Look(session, config, places, OpenLeads(session, clock), addresses)
            mails = [mail for person in readers for mail in _worded(look, person, failures)]
        count += sum(id_ is not None for id_ in freeze(store, mails)) if mails else 0
    if failures:
        raise failures[0]
    return count


def _worded(look: _Look, person: Person, failures: list[DeliveryError]) -> Iterator[Worded]:
    """Word what is due to a person; what cannot be is added to `failures`."""
    for kind, slot, plan in _due(look, person):
        try:
            yield word_digest(
                person, plan, look.config, look.places, look.now, kind=kind, slot=slot
            )
        except DeliveryError as error:
            failures.append(error)


def _due(look: _Look, person: Person) -> Iterator[_Mail]:
    chosen = person.preferences
    start = last_made_at(look.session, person.id, DeliveryKind.DIGEST)
    if start is None or not (chosen.urgent or chosen.reminders):
        return  # the first digest tells everything there is
    by_id, said, _ = reading(look.session, person, look.shared)
    if chosen.urgent:
        # Also not what was told in vain: a server that refuses would be asked at every tick. The
        # next digest tells it.
        news = [
            each.line for each in by_id.values() if _urgent(each) and not said.keys() & each.group
        ]
        digest = _digest(look, person, news, start)
        if digest.entries:
            items = [item(each, by_id[each.lead.id].lead.id, said) for each in digest.entries]
            slot = f"{look.now:%Y-%m-%dT%H:%M}"
            plan = Draft(replace(digest, kind="urgent"), tuple(items), is_due=True)
            yield DeliveryKind.URGENT, slot, plan
    if chosen.reminders:
        yield from _reminders(look, person, by_id.values(), start)


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


def _digest(look: _Look, person: Person, found: list[LeadLine], start: datetime) -> Digest:
    recipient = recipient_of(person, look.config)
    return compose(
        recipient,
        look.now.astimezone(ZoneInfo(recipient.zone)).date(),
        found,
        {},
        start=start,
        end=look.now,
        most=look.config.digest.max_leads,
        sample=look.places.mode == "sample",
        replay=look.places.mode == "replay",
    )


def _reminders(
    look: _Look, person: Person, found: Iterable[Line], start: datetime
) -> Iterator[_Mail]:
    """Remind who took a lead; where that is nobody of the list, everybody who is told of it."""
    for line in found:
        lead, end = line.lead, line.line.deadline
        if lead.state not in _TAKEN or end is None or line.line.gone:
            continue
        if lead.owner in look.addresses and lead.owner != person.address:
            continue
        left = end - lead.as_of
        hours = next((each for each in REMIND_BEFORE if left <= timedelta(hours=each)), None)
        if hours is None or left <= timedelta():
            continue
        slot = f"{lead.id}-{hours}h-{end:%Y%m%d%H%M}"
        if find_delivery(look.session, person.id, DeliveryKind.REMINDER, slot) is None:
            empty = _digest(look, person, [], start)
            entry = Entry(line.line, Section.CLOSING)
            sample = empty.sample or line.line.sample
            told = replace(empty, entries=(entry,), kind="reminder", sample=sample)
            yield DeliveryKind.REMINDER, slot, Draft(told, (), is_due=True)
