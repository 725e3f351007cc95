"""Draft a recipient's digest from what is stored and how the portals were read. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlmodel import Session

from catalog.family import load_families
from catalog.records import PlantId
from service import config as settings
from service.clock import Clock
from service.config import Config
from service.digest.composing import compose, is_due, shown
from service.digest.lines import last_said, lines
from service.digest.ordering import in_order
from service.digest.records import Audience, Digest, Entry, PortalHealth, Recipient, Shown
from service.jobs.collect import PortalResult
from service.jobs.runs import NO_TOKEN, Report
from service.places import Places
from service.store.digests import Frozen, NewItem, Said, find_digest, last_digest_at, told
from service.store.leads import Lead, leads_for
from service.store.tables.naming import Outcome

_SHOWN: TypeAdapter[Shown] = TypeAdapter(Shown)
_OUTCOMES: dict[Outcome, Literal["ok", "partial", "failed"]] = {
    Outcome.OK: "ok",
    Outcome.PARTIAL: "partial",
    Outcome.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest composed and not yet frozen, with what freezing needs."""

    digest: Digest
    items: tuple[NewItem, ...]


def person(setting: settings.Recipient, config: Config) -> Recipient:
    """Make of a row of the configuration whom a digest is written to. The address is the id."""
    return Recipient(
        id=setting.address.lower(),
        name=setting.name,
        address=setting.address,
        audience=Audience(setting.role),
        language=setting.language or config.digest.language,
        zone=config.zone.timezone,
    )


def local_day(recipient: Recipient, now: datetime) -> str:
    """Give the recipient's calendar day: `2026-11-23`."""
    return now.astimezone(ZoneInfo(recipient.zone)).date().isoformat()


def draft(
    session: Session,
    setting: settings.Recipient,
    *,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth] = (),
) -> Draft:
    """Compose a recipient's digest as it stands now. Reads only."""
    recipient, now = person(setting, config), clock.now()
    said = told(session, recipient.id)
    plant = PlantId(setting.plant) if setting.plant is not None else None
    found = [
        lead
        for lead in leads_for(session, plant, clock, also=said.keys())
        if _wanted(lead, setting)
    ]
    earlier = {
        id_: (each.digest_id, _SHOWN.validate_json(each.shown)) for id_, each in said.items()
    }
    ranked = in_order(lines(found), load_families(), zone=plant is None)
    by_id = {line.line.id: line for line in ranked}
    digest = compose(
        recipient,
        now.astimezone(ZoneInfo(recipient.zone)).date(),
        [line.line for line in by_id.values()],
        {
            id_: last
            for id_, line in by_id.items()
            if (last := last_said(line, earlier)) is not None
        },
        start=last_digest_at(session, recipient.id),
        end=now,
        portals=portals,
        most=config.digest.max_leads,
        sample=places.mode == "sample",
        replay=places.mode == "replay",
    )
    items = [_item(entry, by_id[entry.lead.id].lead.id, said) for entry in digest.entries]
    return Draft(digest, tuple(items))


def todays(
    session: Session,
    setting: settings.Recipient,
    *,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth] = (),
) -> Frozen | Draft | None:
    """Give a recipient's digest of today: as it was frozen, or drafted now, or None where there is
    nothing to tell. Reads only."""
    recipient = person(setting, config)
    frozen = find_digest(session, recipient.id, local_day(recipient, clock.now()))
    if frozen is not None:
        return frozen
    plan = draft(session, setting, config=config, places=places, clock=clock, portals=portals)
    return plan if is_due(plan.digest) else None


def _item(entry: Entry, lead_id: int, said: Mapping[int, Said]) -> NewItem:
    before = said.get(lead_id)
    return NewItem(
        lead_id=lead_id,
        telling=before.telling + 1 if before else 1,
        section=entry.section.value,
        shown=_SHOWN.dump_json(shown(entry.lead)).decode(),
    )


def _wanted(lead: Lead, setting: settings.Recipient) -> bool:
    return not setting.families or lead.product.family in setting.families


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
