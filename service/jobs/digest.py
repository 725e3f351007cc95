"""The digest job: for each person and local day, choose, freeze, then deliver.

The order is the guarantee: the message is safe on disk, then the mail and what it tells are stored
in one transaction, only then does anything leave. Killed anywhere, the next run goes on from what
is stored: it makes no second digest of the day and delivers the frozen bytes, not new ones. What
an earlier day froze and could not deliver leaves first, since its leads count as told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sqlmodel import Session

from service.clock import Clock
from service.config import Config
from service.digest.records import PortalHealth
from service.errors import DeliveryError
from service.jobs.drafting import OpenLeads, draft, local_day, wants_now, with_waiting
from service.jobs.freezing import Worded, freeze, word_digest
from service.outbox.delivering import deliver_due, way_of
from service.outbox.reading import find_delivery, result_of, waiting
from service.people.listing import Person, copy_recipients, people
from service.places import Places
from service.store import Store
from service.store.digests import count_items
from service.store.tables.naming import DeliveryKind, DeliveryState

_AT_ONCE = 50
"""People whose mails are worded and frozen together: one look at the store, one commit."""
_TRIES = 3
"""How often a mail is worded for whom another process tells something at the same moment."""

Action = Literal[
    "written",
    "sent",
    "waiting",
    "refused",
    "unknown",
    "suppressed",
    "already",
    "silent",
    "failed",
]
_ACTIONS: Mapping[DeliveryState, Action] = {
    DeliveryState.FROZEN: "waiting",
    DeliveryState.SENDING: "waiting",
    DeliveryState.RETRY: "waiting",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.SENT: "sent",
    DeliveryState.WRITTEN: "written",
    DeliveryState.REFUSED: "refused",
    DeliveryState.SUPPRESSED: "suppressed",
}


@dataclass(frozen=True, slots=True)
class DigestResult:
    """What became of one person's digest of one day.

    `already`: it was made and delivered by an earlier run; `silent`: nothing to tell a plant;
    `waiting`: frozen, a later run tries again; `suppressed`: its reader wants or can have no mail.
    `late` is that of an earlier day, put off until now. `path` is the .eml.
    """

    recipient: str
    address: str
    day: str
    action: Action
    path: Path | None = None
    leads: int = 0
    beyond: int = 0
    sample: bool = False
    reason: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What a run has of a person's mails: the ids of late ones and of today's, and how today's
    stands already, where nothing is left to deliver. `counted` leads of today's are told by their
    number alone."""

    today: DigestResult
    late: tuple[int, ...] = ()
    delivery: int | None = None
    counted: int = 0
    mail: Worded | None = None
    """Today's, worded and not frozen yet."""


def write_digests(
    store: Store,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth] = (),
    *,
    at_their_hour: bool = False,
) -> list[DigestResult]:
    """Do the job once for everybody who gets mail: freeze what is to be told today, then let what
    is due leave, oldest first. `at_their_hour` keeps to the hour and weekdays each has chosen.

    One failure is told and stops neither another person nor another day.
    """
    readers = readers_of(store, config, clock, at_their_hour=at_their_hour)
    made = freeze_all(store, readers, config, places, clock, portals)
    for _ in deliver_due(store, way_of(config, places.digests), clock):
        pass  # how each stands is asked below, by person
    with store.reading() as session:
        return [result for each in readers for result in _results(session, made[each.id])]


def readers_of(
    store: Store, config: Config, clock: Clock, *, at_their_hour: bool = False
) -> list[Person]:
    """Give everybody who gets digests, those of the configuration copied into the store first;
    `at_their_hour` only whose hour of today has come."""
    with store.writing() as session:
        copy_recipients(session, config, clock.now())
        readers = [each for each in people(session) if each.gets_mail]
    if at_their_hour:
        readers = [each for each in readers if wants_now(each, config, clock.now())]
    return readers


def by_plant(readers: Iterable[Person]) -> list[Person]:
    """Put people of one plant side by side: they share its leads while they are read."""
    return sorted(readers, key=lambda person: (person.plant or "", person.id))


def together(readers: Iterable[Person]) -> Iterator[list[Person]]:
    """Give those whose mails are worded and frozen together, people of one plant side by side."""
    ordered = by_plant(readers)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def freeze_all(
    store: Store,
    readers: Iterable[Person],
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth],
) -> dict[int, Made]:
    """Freeze what these people are to be told today; what this has of each, by person."""
    with store.reading() as session:
        portals = with_waiting(session, portals, clock)
    made: dict[int, Made] = {}
    for group in together(readers):
        left = group
        for _ in range(_TRIES):
            done = _freeze_part(store, left, config, places, clock, portals)
            made |= done
            left = [each for each in left if each.id not in done]
        for each in left:
            lost = "other processes wrote to this person each time"
            day = local_day(config, clock.now())
            told = DigestResult(each.name, each.address, day, "failed", reason=lost)
            made[each.id] = Made(told)
    return made


def _freeze_part(
    store: Store,
    readers: Sequence[Person],
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth],
) -> dict[int, Made]:
    """Word what these people are to be told today, and freeze it in one transaction. Whom another
    process told something meanwhile is left out."""
    if not readers:
        return {}
    with store.reading() as session:
        shared = OpenLeads(session, clock)
        made = {
            each.id: _look(session, each, config, places, clock, portals, shared)
            for each in readers
        }
    worded = {id_: each.mail for id_, each in made.items() if each.mail is not None}
    frozen = freeze(store, list(worded.values())) if worded else []
    for person_id, delivery in zip(worded, frozen, strict=True):
        if delivery is None:
            del made[person_id]
        else:
            made[person_id] = replace(made[person_id], delivery=delivery, mail=None)
    return made


def _look(
    session: Session,
    person: Person,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth],
    shared: OpenLeads,
) -> Made:
    """Say what a person's mails of today and before are, and word today's where there is none."""
    now = shared.now
    day = local_day(config, now)
    nothing = DigestResult(person.name, person.address, day, "silent")
    late = tuple(each.id for each in waiting(session, person.id, DeliveryKind.DIGEST, before=day))
    there = find_delivery(session, person.id, DeliveryKind.DIGEST, day)
    if there is not None and not there.waits:
        path = Path(there.body_path) if there.body_path else None
        return Made(replace(nothing, action="already", path=path), late)
    if there is not None:
        return Made(nothing, late, there.id)
    plan = draft(
        session, person, config=config, places=places, clock=clock, portals=portals, shared=shared
    )
    if not plan.is_due:
        return Made(nothing, late)
    try:
        mail = word_digest(person, plan, config, places, now)
    except DeliveryError as error:
        return Made(replace(nothing, action="failed", reason=str(error)), late)
    counted = sum(len(each.entries) for each in plan.digest.counted)
    beyond = plan.digest.beyond + counted
    told = replace(nothing, beyond=beyond, sample=plan.digest.sample)
    return Made(told, late, counted=counted, mail=mail)


def _results(session: Session, made: Made) -> list[DigestResult]:
    """Say how a person's mails stand after the round: late ones, then today's."""
    found = []
    for id_ in (*made.late, *([made.delivery] if made.delivery is not None else [])):
        mail = result_of(session, id_)
        found.append(
            replace(
                made.today,
                day=mail.slot,
                action=_ACTIONS[mail.state],
                path=mail.path,
                leads=count_items(session, id_) - (made.counted if id_ == made.delivery else 0),
                reason=mail.reply,
                late=id_ != made.delivery,
            )
        )
    return found if made.delivery is not None else [*found, made.today]
