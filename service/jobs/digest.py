"""The digest job: for each recipient and local day, choose, freeze, then deliver.

The order is the guarantee: the message is safe on disk, then the digest and its items are stored
in one transaction, only then does anything leave. Killed anywhere, the next run goes on from what
is stored: it makes no second digest of the day and delivers the frozen bytes, not new ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlmodel import Session

from catalog.records import PlantId
from service import config as settings
from service.clock import Clock
from service.config import Config
from service.digest.composing import compose, is_due, shown
from service.digest.delivering import (
    Delivery,
    NeverMailed,
    Outcome,
    Server,
    file_stem,
    send,
    write_files,
)
from service.digest.lines import last_said, lines
from service.digest.messages import Envelope, build_message, message_id
from service.digest.records import Audience, Digest, Entry, PortalHealth, Recipient, Shown
from service.digest.rendering import render
from service.errors import DeliveryError
from service.places import Places
from service.store import Store
from service.store.digests import (
    Frozen,
    NewItem,
    Said,
    find_digest,
    freeze,
    last_digest_at,
    mark_digest,
    told,
)
from service.store.leads import Lead, leads_for
from service.store.tables.naming import DigestState

Action = Literal["written", "sent", "waiting", "refused", "unknown", "already", "silent", "failed"]
_SHOWN: TypeAdapter[Shown] = TypeAdapter(Shown)
_STATES = {
    Outcome.SENT: DigestState.SENT,
    Outcome.PERMANENT: DigestState.REFUSED,
    Outcome.UNKNOWN: DigestState.UNKNOWN,
    Outcome.TEMPORARY: DigestState.FROZEN,
    Outcome.WRITTEN: DigestState.WRITTEN,
}
_ACTIONS: dict[Outcome, Action] = {
    Outcome.SENT: "sent",
    Outcome.PERMANENT: "refused",
    Outcome.UNKNOWN: "unknown",
    Outcome.TEMPORARY: "waiting",
    Outcome.WRITTEN: "written",
}


@dataclass(frozen=True, slots=True)
class DigestResult:
    """What became of one recipient's digest of the day.

    `already`: it was made and delivered by an earlier run; `silent`: nothing to tell a plant;
    `waiting`: frozen, a later run tries again. `path` is the .eml.
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
    by_id = {line.line.id: line for line in lines(found)}
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
    items = [_item(entry, by_id[entry.lead.id].lead_id, said) for entry in digest.entries]
    return Draft(digest, tuple(items))


def _item(entry: Entry, lead_id: int, said: Mapping[int, Said]) -> NewItem:
    before = said.get(lead_id)
    return NewItem(
        lead_id=lead_id,
        telling=before.telling + 1 if before else 1,
        section=entry.section.value,
        shown=_SHOWN.dump_json(shown(entry.lead)).decode(),
    )


def write_digests(
    store: Store,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth] = (),
) -> list[DigestResult]:
    """Do the job once for every recipient. One recipient's failure is told and stops no other."""
    results = []
    for setting in config.recipients:
        try:
            results.append(
                _one(store, setting, config=config, places=places, clock=clock, portals=portals)
            )
        except DeliveryError as error:
            who = person(setting, config)
            day = local_day(who, clock.now())
            results.append(DigestResult(who.name, who.address, day, "failed", reason=str(error)))
    return results


def preview_digests(
    store: Store,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth] = (),
) -> list[Digest]:
    """Compose every recipient's digest as it stands, store nothing and write nothing."""
    with store.reading() as session:
        return [
            draft(
                session, setting, config=config, places=places, clock=clock, portals=portals
            ).digest
            for setting in config.recipients
        ]


def _one(
    store: Store,
    setting: settings.Recipient,
    *,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth],
) -> DigestResult:
    who, now = person(setting, config), clock.now()
    nothing = DigestResult(who.name, who.address, local_day(who, now), "silent")
    with store.reading() as session:
        frozen = find_digest(session, who.id, nothing.day)
        plan = (
            None
            if frozen
            else draft(session, setting, config=config, places=places, clock=clock, portals=portals)
        )
    if plan is not None:
        if not is_due(plan.digest):
            return nothing
        frozen = _freeze(store, plan, config, places, now)
    assert frozen is not None  # noqa: S101 - it was stored by an earlier run, or just now
    path = Path(frozen.body_path)
    if frozen.state is not DigestState.FROZEN:
        return replace(nothing, action="already", path=path)
    delivery = _deliver(path, who, config)
    with store.writing() as session:
        mark_digest(session, frozen.id, _STATES[delivery.outcome], now, delivery.reply)
    return replace(
        nothing,
        action=_ACTIONS[delivery.outcome],
        path=path,
        leads=len(plan.items) if plan else 0,
        beyond=plan.digest.beyond if plan else 0,
        sample=plan.digest.sample if plan else False,
        reason=delivery.reply,
    )


def _freeze(store: Store, plan: Draft, config: Config, places: Places, now: datetime) -> Frozen:
    """Put the message on disk, then store the digest. The file of a run killed in between belongs
    to no digest and is replaced by the next run."""
    digest, who = plan.digest, plan.digest.recipient
    rendered = render(digest)
    id_ = message_id(who.id, digest.day, config.mail.sender.rpartition("@")[2])
    envelope = Envelope(
        sender=config.mail.sender,
        sender_name=config.mail.sender_name,
        recipient=who.address,
        recipient_name=who.name,
        sent_at=now,
        message_id=id_,
        language=who.language,
        never_mail="sample" if digest.sample else "replay" if digest.replay else None,
    )
    message = build_message(envelope, rendered)
    eml, _page = write_files(places.digests, file_stem(who.id, digest.day), message, rendered.html)
    with store.writing() as session:
        return freeze(
            session,
            who.id,
            digest.day.isoformat(),
            message_id=id_,
            body_path=str(eml),
            items=plan.items,
            now=now,
        )


def _deliver(path: Path, who: Recipient, config: Config) -> Delivery:
    """Let the frozen bytes leave. What may not be mailed stays in its file, and the reason says so.

    Raises DeliveryError where the file is gone.
    """
    try:
        message = path.read_bytes()
    except OSError as error:
        raise DeliveryError(f"the frozen digest {path} cannot be read: {error.strerror}") from error
    if config.mail.mode == "files":
        return Delivery(Outcome.WRITTEN, str(path))
    try:
        return send(_server(config), config.mail.sender, who.address, message)
    except NeverMailed as error:
        return Delivery(Outcome.WRITTEN, str(path), reply=str(error))


def _server(config: Config) -> Server:
    mail, password = config.mail, config.secrets.smtp_password
    return Server(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        username=mail.username,
        password=password.get_secret_value() if password else "",
        connect_seconds=mail.timeout_seconds,
    )


def _wanted(lead: Lead, setting: settings.Recipient) -> bool:
    return not setting.families or lead.product.family in setting.families
