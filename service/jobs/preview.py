"""What the digest job would do now, without doing it: nothing is stored, written or sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlmodel import Session

from service import config as settings
from service.clock import Clock
from service.config import Config
from service.digest.records import Digest, PortalHealth
from service.jobs.drafting import Draft, local_day, person, todays
from service.places import Places
from service.store import Store
from service.store.digests import Frozen, waiting_digests
from service.store.tables.naming import DigestState


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
    """Give for every recipient, in the order of the job, what it would do now."""
    with store.reading() as session:
        return [
            preview
            for setting in config.recipients
            for preview in _previews(session, setting, config, places, clock, portals)
        ]


def _previews(
    session: Session,
    setting: settings.Recipient,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth],
) -> Iterator[Preview]:
    who = person(setting, config)
    day = local_day(who, clock.now())
    for late in waiting_digests(session, who.id, before=day):
        yield _stored(who.name, who.address, late)
    found = todays(session, setting, config=config, places=places, clock=clock, portals=portals)
    if found is None:
        yield Preview(who.name, who.address, day, "silent")
    elif isinstance(found, Draft):
        yield Preview(who.name, who.address, day, "due", digest=found.digest)
    else:
        yield _stored(who.name, who.address, found)


def _stored(name: str, address: str, frozen: Frozen) -> Preview:
    waits = frozen.state is DigestState.FROZEN
    action: Literal["waiting", "already"] = "waiting" if waits else "already"
    return Preview(name, address, frozen.day, action, path=Path(frozen.body_path))
