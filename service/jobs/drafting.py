"""Draft a recipient's digest from what is stored and how the portals were read. Reads only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlmodel import Session

from catalog.family import load_families
from catalog.records import PlantId
from matcher.records import NeedKind
from scrapers.portals import PORTALS
from scrapers.records import Phase
from service.clock import Clock
from service.config import Config
from service.digest.composing import compose, is_due, shown
from service.digest.lines import Line, last_said, lines
from service.digest.ordering import in_order
from service.digest.records import Audience, Digest, Entry, PortalHealth, Recipient, Shown
from service.jobs.collect import PortalResult
from service.jobs.runs import NO_TOKEN, Report
from service.outbox.reading import last_made_at
from service.people.listing import Person
from service.people.preferences import Preferences
from service.places import Places
from service.store.digests import NewItem, Said, told
from service.store.leads import Lead, leads_for
from service.store.rates import stored_rates
from service.store.tables.naming import DeliveryKind, Outcome, Role
from service.store.waiting import waiting_counts

_SHOWN: TypeAdapter[Shown] = TypeAdapter(Shown)
_OUTCOMES: dict[Outcome, Literal["ok", "partial", "failed"]] = {
    Outcome.OK: "ok",
    Outcome.PARTIAL: "partial",
    Outcome.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest composed and not yet frozen, with what freezing needs. `is_due` False: there is
    nothing to tell."""

    digest: Digest
    items: tuple[NewItem, ...]
    is_due: bool


class OpenLeads:
    """Leads as they are read for one person after another: those of one plant share them, and what
    is said of them. `now` is the moment they were read, the same for all."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session, self._clock = session, clock
        self.now = clock.now()
        self._rates = stored_rates(session)
        self._read: dict[PlantId | None, tuple[frozenset[int], list[Lead]]] = {}
        self._lines: dict[tuple[int, ...], Line] = {}

    def of(self, person: Person, *, also: Collection[int] = ()) -> list[Lead]:
        """Give the leads a person may be told of, and those of `also`. People of a plant that is
        not known see nothing."""
        if person.role is Role.PLANT and person.plant is None:
            return []
        told_of, leads = self._read.get(person.plant, (None, []))
        if told_of is None or not told_of.issuperset(also):
            told_of = (told_of or frozenset()).union(also)
            leads = leads_for(self._session, person.plant, self._clock, also=told_of)
            self._read[person.plant] = told_of, leads
            self._lines.clear()  # of these leads as they were read before
        return [lead for lead in leads if lead.is_open or lead.id in also]

    def lines(self, person: Person, *, also: Collection[int] = ()) -> list[Line]:
        """Give the same as lines of a digest."""
        return lines(self.of(person, also=also), self._rates, self._lines)


def recipient_of(person: Person, config: Config) -> Recipient:
    """Say whom a digest is written to. The address is the id."""
    return Recipient(
        id=person.address,
        name=person.name,
        address=person.address,
        audience=Audience.PLANT if person.role is Role.PLANT else Audience.OFFICIAL,
        language=person.preferences.language or config.digest.language,
        zone=config.zone.timezone,
    )


def local_day(config: Config, now: datetime) -> str:
    """Give the calendar day of the zone: `2026-11-23`."""
    return now.astimezone(ZoneInfo(config.zone.timezone)).date().isoformat()


def wants_now(person: Person, config: Config, now: datetime) -> bool:
    """Say whether a person's hour of today has come, on a weekday they chose."""
    local = now.astimezone(ZoneInfo(config.zone.timezone))
    chosen = person.preferences
    return local.weekday() in chosen.weekdays and local.hour >= chosen.hour


def draft(
    session: Session,
    person: Person,
    *,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth] = (),
    shared: OpenLeads | None = None,
) -> Draft:
    """Compose a person's digest as it stands now. Reads only. `shared` holds what was read for
    others in this session."""
    shared = shared or OpenLeads(session, clock)
    recipient, now = recipient_of(person, config), shared.now
    by_id, said, earlier = reading(session, person, shared)
    digest = compose(
        recipient,
        now.astimezone(ZoneInfo(recipient.zone)).date(),
        [line.line for line in by_id.values()],
        earlier,
        start=last_made_at(session, person.id, DeliveryKind.DIGEST),
        end=now,
        portals=portals,
        most=config.digest.max_leads,
        sample=places.mode == "sample",
        replay=places.mode == "replay",
    )
    items = [item(entry, by_id[entry.lead.id].lead.id, said) for entry in told_in(digest)]
    return Draft(digest, tuple(items), is_due(digest, silent=person.preferences.silent_on_empty))


def reading(
    session: Session, person: Person, shared: OpenLeads
) -> tuple[dict[str, Line], dict[int, Said], dict[str, Shown]]:
    """Give what a person may be told of, in the digest's order and by the lines' ids; what was said
    of each lead last; and of each line, where anything of it arrived."""
    said = told(session, person.id)
    earlier = {
        id_: (each.delivery_id, _SHOWN.validate_json(each.shown))
        for id_, each in said.items()
        if each.shown is not None
    }
    found = shared.lines(person, also=said.keys())
    chosen = [line for line in found if wanted(line, person.preferences)]
    ranked = in_order(chosen, load_families(), zone=person.plant is None)
    by_id = {line.line.id: line for line in ranked}
    last = {id_: last_said(line, earlier) for id_, line in by_id.items()}
    return by_id, said, {id_: each for id_, each in last.items() if each is not None}


def item(entry: Entry, lead_id: int, said: Mapping[int, Said]) -> NewItem:
    """Say what of an entry is kept, to tell a change by."""
    before = said.get(lead_id)
    return NewItem(
        lead_id=lead_id,
        telling=before.telling + 1 if before else 1,
        section=entry.section.value,
        shown=_SHOWN.dump_json(shown(entry.lead)).decode(),
    )


def told_in(digest: Digest) -> tuple[Entry, ...]:
    """Give everything a digest tells, also by its number alone."""
    return digest.entries + tuple(entry for each in digest.counted for entry in each.entries)


def wanted(line: Line, chosen: Preferences) -> bool:
    """Say whether a lead is among what a person chose to hear of. What is not known of it (its
    region, its quantity) never shuts it out."""
    lead, shown = line.lead, line.line
    kind = NeedKind.PLAN if shown.phase is Phase.PLAN else shown.kind
    enough = (
        chosen.least_quantity is None
        or shown.quantity is None
        or shown.idle_per_year is None
        or shown.quantity >= chosen.least_quantity
    )
    return (
        enough
        and _among(lead.product.family, chosen.families, unknown=False)
        and _among(kind, chosen.kinds)
        and _among(shown.country, chosen.countries)
        and _among(shown.region, chosen.regions)
    )


def _among(value: str | None, chosen: Sequence[str], *, unknown: bool = True) -> bool:
    if not chosen:
        return True
    return unknown if value is None else value in chosen


def portals_health(results: Iterable[PortalResult]) -> tuple[PortalHealth, ...]:
    """Say of each portal's reading what a digest tells of it. One that was read earlier today is
    not blind."""
    return tuple(_health(result.title, result.report) for result in results)


def _health(title: str, report: Report) -> PortalHealth:
    if report.outcome is not Outcome.SKIPPED:
        outcome = _OUTCOMES[report.outcome]
        return PortalHealth(title, outcome, report.read, report.fault)
    if report.fault == NO_TOKEN:
        return PortalHealth(title, "skipped", fault=NO_TOKEN)
    return PortalHealth(title, "ok")


def with_waiting(
    session: Session, portals: Iterable[PortalHealth], clock: Clock
) -> tuple[PortalHealth, ...]:
    """Add how many purchases of each portal wait to be read whole."""
    waits = {
        PORTALS[reader].title if reader in PORTALS else reader: found.count
        for reader, found in waiting_counts(session, clock.now).items()
    }
    return tuple(replace(each, waiting=waits.get(each.title, 0)) for each in portals)
