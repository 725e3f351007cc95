"""Writing digests in parts that several processes share: some people each, those of one plant
together. A part freezes; the outbox delivers."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from service.clock import Clock
from service.config import Config
from service.jobs.digest import by_plant, freeze_all, readers_of
from service.jobs.drafting import local_day, wants_now
from service.jobs.health import stored_health
from service.jobs.parts import Taker, carry_part
from service.jobs.runs import Claim, Report
from service.outbox.reading import people_with
from service.people.listing import people
from service.places import Places
from service.store import Store
from service.store.tables.naming import DeliveryKind, Outcome

JOB = "digest part"
SIZE = 200
"""People of a part: some seconds of work, so that little is done again after a kill."""


@dataclass(frozen=True, slots=True)
class Part:
    """The digests of these people, by their ids, of one local day."""

    day: str
    people: tuple[int, ...]

    @property
    def name(self) -> str:
        """Tell parts apart; the same people on the same day are the same part."""
        digest = hashlib.sha256(repr(self.people).encode()).hexdigest()[:12]
        return f"{self.day}:{self.people[0]}+{len(self.people)}-{digest}"


def parts(store: Store, config: Config, clock: Clock, size: int = SIZE) -> list[Part]:
    """Divide those whose hour has come and who have no digest of today yet."""
    readers = readers_of(store, config, clock, at_their_hour=True)
    day = local_day(config, clock.now())
    with store.reading() as session:
        there = people_with(session, DeliveryKind.DIGEST, day)
    ids = [each.id for each in by_plant(readers) if each.id not in there]
    return [Part(day, tuple(ids[at : at + size])) for at in range(0, len(ids), size)]


def write_part(
    taker: Taker, config: Config, places: Places, clock: Clock, part: Part
) -> Report | None:
    """Freeze the digests of one part. None where another process is at it.

    A part that waited past midnight is of a day that is over: the new day asks for its own.
    """

    def do(_held: Claim) -> Report:
        now = clock.now()
        if part.day != local_day(config, now):
            return Report(Outcome.SKIPPED, f"{part.day} is over")
        with taker.store.reading() as session:
            found = people(session, part.people)
        readers = [each for each in found if each.gets_mail and wants_now(each, config, now)]
        health = stored_health(taker.store)
        made = freeze_all(taker.store, readers, config, places, clock, health)
        return told(each.today.reason for each in made.values() if each.today.action == "failed")

    def told(failures: Iterable[str]) -> Report:
        reasons = list(failures)
        if reasons:
            return Report(Outcome.FAILED, reasons[0], read=len(part.people), failed=len(reasons))
        return Report(Outcome.OK, read=len(part.people))

    return carry_part(taker, JOB, part.name, do)
