"""The digest job: for each recipient and local day, choose, freeze, then deliver.

The order is the guarantee: the message is safe on disk, then the digest and its items are stored
in one transaction, only then does anything leave. Killed anywhere, the next run goes on from what
is stored: it makes no second digest of the day and delivers the frozen bytes, not new ones. What
an earlier day froze and could not deliver leaves first, since its leads count as told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from service import config as settings
from service.clock import Clock
from service.config import Config
from service.digest.delivering import (
    Delivery,
    NeverMailed,
    Outcome,
    Server,
    file_stem,
    send,
    write_files,
)
from service.digest.messages import Envelope, build_message, message_id
from service.digest.records import PortalHealth, Recipient
from service.digest.rendering import render
from service.errors import DeliveryError
from service.jobs.drafting import Draft, local_day, person, todays
from service.places import Places
from service.store import Store
from service.store.digests import (
    Frozen,
    count_items,
    freeze,
    mark_digest,
    waiting_digests,
)
from service.store.tables.naming import DigestState

Action = Literal["written", "sent", "waiting", "refused", "unknown", "already", "silent", "failed"]
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
    """What became of one recipient's digest of one day.

    `already`: it was made and delivered by an earlier run; `silent`: nothing to tell a plant;
    `waiting`: frozen, a later run tries again. `late` is that of an earlier day, put off until
    now. `path` is the .eml.
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


def write_digests(
    store: Store,
    config: Config,
    places: Places,
    clock: Clock,
    portals: Sequence[PortalHealth] = (),
) -> list[DigestResult]:
    """Do the job once for every recipient: digests put off on earlier days, then today's.

    One failure is told and stops neither another recipient nor another day.
    """
    results: list[DigestResult] = []
    for setting in config.recipients:
        who, now = person(setting, config), clock.now()
        today = DigestResult(who.name, who.address, local_day(who, now), "silent")
        results.extend(_late(store, who, today, config, now))
        try:
            results.append(
                _one(store, setting, config=config, places=places, clock=clock, portals=portals)
            )
        except DeliveryError as error:
            results.append(replace(today, action="failed", reason=str(error)))
    return results


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
        found = todays(session, setting, config=config, places=places, clock=clock, portals=portals)
    if found is None:
        return nothing
    plan = found if isinstance(found, Draft) else None
    frozen = _freeze(store, found, config, places, now) if isinstance(found, Draft) else found
    if frozen.state is not DigestState.FROZEN:
        return replace(nothing, action="already", path=Path(frozen.body_path))
    done = _hand_over(store, frozen, who, nothing, config, now)
    if plan is None:
        return done
    return replace(done, beyond=plan.digest.beyond, sample=plan.digest.sample)


def _late(
    store: Store, who: Recipient, today: DigestResult, config: Config, now: datetime
) -> Iterator[DigestResult]:
    """Deliver what earlier days left frozen, oldest first, so that a change never arrives before
    what it changes. Each is tried: a server may put off one message and take the next."""
    with store.reading() as session:
        waiting = waiting_digests(session, who.id, before=today.day)
    for frozen in waiting:
        result = replace(today, day=frozen.day, late=True)
        try:
            yield _hand_over(store, frozen, who, result, config, now)
        except DeliveryError as error:
            yield replace(result, action="failed", reason=str(error))


def _hand_over(
    store: Store,
    frozen: Frozen,
    who: Recipient,
    result: DigestResult,
    config: Config,
    now: datetime,
) -> DigestResult:
    """Deliver one frozen digest, note how it ended, and complete its result."""
    path = Path(frozen.body_path)
    delivery = _deliver(path, who, config)
    with store.writing() as session:
        mark_digest(session, frozen.id, _STATES[delivery.outcome], now, delivery.reply)
        leads = count_items(session, frozen.id)
    return replace(
        result,
        action=_ACTIONS[delivery.outcome],
        path=path,
        leads=leads,
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
