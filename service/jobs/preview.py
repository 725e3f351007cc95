"""What the digest job would do now, without doing it: nothing is stored, written or sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlmodel import Session

from service.clock import Clock
from service.config import Config
from service.digest.records import Digest, PortalHealth
from service.jobs.drafting import draft, local_day
from service.outbox.reading import Delivery, find_delivery, waiting
from service.people.listing import Person, known_people
from service.places import Places
from service.store import Store
from service.store.tables.naming import DeliveryKind


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
