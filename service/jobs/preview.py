"""What the digest job would do now, without doing it: nothing is stored, written or sent."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from service.clock import Clock
from service.config import Config
from service.digest.lines import lines
from service.digest.records import Digest, PortalHealth
from service.jobs.drafting import OpenLeads, draft, local_day, wanted
from service.outbox.reading import Delivery, find_delivery, waiting
from service.people.listing import Person, known_people
from service.people.preferences import Preferences
from service.places import Places
from service.store import Store
from service.store.digests import lead_ids_since
from service.store.tables.naming import DeliveryKind, Role

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the job would do for a recipient and day.

    `due`: make and deliver `digest`; `waiting`: deliver what was frozen and lies in `path`;
    `already`: nothing, it was delivered; `silent`: nothing, a plant has no news.
    """

    recipient: str
    address: str
    day: str
    action: Literal["due", "waiting", "already", "silent"]
    digest: Digest | None = None
    path: Path | None = None


def preview_digests(
    store: Store,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth] = (),
) -> list[Preview]:
    """Give for everybody who gets mail, in the order of the job, what it would do now."""
    with store.reading() as session:
        return [
            preview
            for person in known_people(session, config)
            if person.gets_mail
            for preview in _previews(session, person, config, places, clock, portals)
        ]


@dataclass(frozen=True, slots=True)
class MonthPreview:
    """What a choice would have meant in the last 30 days: mails, and the leads in them."""

    mails: int
    leads: int


def month_preview(
    session: Session, person: Person, chosen: Preferences, config: Config, clock: Clock
) -> MonthPreview:
    """Say how many digests a person would have got in the last 30 days by other preferences.

    A lead falls into the next digest after it was found. Changes told again are not counted.
    """
    zone, now = ZoneInfo(config.zone.timezone), clock.now()
    found = lead_ids_since(session, person.plant, now - MONTH)
    wanted_lines = [
        line
        for line in lines(OpenLeads(session, clock).of(person, also=found))
        if line.lead.created_at > now - MONTH and wanted(line, chosen)
    ]
    days = [(now - timedelta(days=back)).astimezone(zone).date() for back in range(30)]
    chosen_days = sorted(day for day in days if day.weekday() in chosen.weekdays)
    told: Counter[date] = Counter()
    for line in wanted_lines:
        made = line.lead.created_at.astimezone(zone)
        late = made.hour >= chosen.hour
        first = made.date() + timedelta(days=int(late))
        day = next((each for each in chosen_days if each >= first), None)
        if day is not None:
            told[day] += 1
    silent = chosen.silent_on_empty
    if silent is None:
        silent = person.role is Role.PLANT
    return MonthPreview(len(told) if silent else len(chosen_days), told.total())


def _previews(
    session: Session,
    person: Person,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth],
) -> Iterator[Preview]:
    day = local_day(config, clock.now())
    for late in waiting(session, person.id, DeliveryKind.DIGEST, before=day):
        yield _stored(person, late)
    there = find_delivery(session, person.id, DeliveryKind.DIGEST, day)
    if there is not None:
        yield _stored(person, there)
        return
    plan = draft(session, person, config=config, places=places, clock=clock, portals=portals)
    if plan.is_due:
        yield Preview(person.name, person.address, day, "due", digest=plan.digest)
    else:
        yield Preview(person.name, person.address, day, "silent")


def _stored(person: Person, there: Delivery) -> Preview:
    action: Literal["waiting", "already"] = "waiting" if there.waits else "already"
    path = Path(there.body_path) if there.body_path else None
    return Preview(person.name, person.address, there.slot, action, path=path)
