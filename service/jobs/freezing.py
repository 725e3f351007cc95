"""Freeze a composed mail: its files, then its row with everything it tells, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.config import Config
from service.digest.calendar import deadlines
from service.digest.messages import Attachment
from service.digest.records import Addresses, Digest
from service.digest.rendering import Rendered, render
from service.jobs.drafting import Draft
from service.outbox.addresses import addresses_for
from service.outbox.freezing import put
from service.outbox.letters import freeze_files, letter
from service.people.links import signing_key
from service.people.listing import Person
from service.places import Places
from service.store import Store
from service.store.digests import NewItem, add_items
from service.store.tables.naming import DeliveryKind
from service.texts import language


@dataclass(frozen=True, slots=True)
class Worded:
    """A mail as it lies in its file, not yet in the outbox, with what it tells."""

    person: Person
    kind: DeliveryKind
    slot: str
    message: bytes
    message_id: str
    path: Path
    made_at: datetime
    items: Sequence[NewItem] = ()


def word_digest(
    person: Person,
    plan: Draft,
    config: Config,
    places: Places,
    now: datetime,
    *,
    kind: DeliveryKind = DeliveryKind.DIGEST,
    slot: str = "",
) -> Worded:
    """Word a person's mail of leads and put it into its file; `slot` is the day unless given.
    Raises DeliveryError."""
    digest = plan.digest
    links = links_of(config, places, person, digest)
    domain = config.mail.sender.rpartition("@")[2]
    calendar = deadlines(digest.entries, domain, now, language(digest.recipient.language))
    return word_mail(
        person,
        kind,
        slot or digest.day.isoformat(),
        render(digest, links),
        config,
        places,
        now,
        unsubscribe=links.unsubscribe,
        sample=digest.sample,
        attachments=(calendar,) if calendar else (),
        items=plan.items,
    )


def links_of(
    config: Config, places: Places, person: Person, digest: Digest | None = None
) -> Addresses:
    """Sign the links of a mail."""
    entries = digest.entries if digest is not None else ()
    key = signing_key(config, places.mode)
    return addresses_for(config, key, person, (entry.lead.id for entry in entries))


def word_mail(
    person: Person,
    kind: DeliveryKind,
    slot: str,
    body: Rendered,
    config: Config,
    places: Places,
    now: datetime,
    *,
    unsubscribe: str | None,
    sample: bool,
    attachments: tuple[Attachment, ...] = (),
    items: Sequence[NewItem] = (),
) -> Worded:
    """Build a mail and put it into its file. Raises DeliveryError."""
    message, id_ = letter(
        config,
        person,
        kind,
        slot,
        body,
        now,
        unsubscribe=unsubscribe,
        never_mail=_never_mail(places, sample=sample),
        attachments=attachments,
    )
    named = slot if kind is DeliveryKind.DIGEST else f"{kind.value}-{slot}"
    path = freeze_files(places, person, named, message, body.html)
    return Worded(person, kind, slot, message, id_, path, now, items)


def freeze(store: Store, mails: Sequence[Worded]) -> list[int | None]:
    """Put mails with what they tell into the outbox, all in one transaction, and give their ids.

    None for one that another process made, or whose leads it told, after this one was worded: the
    unique keys of mails and of what was told refuse it, and it is to be worded anew.
    """
    try:
        with store.writing() as session:
            return [_put(session, each) for each in mails]
    except IntegrityError:
        if len(mails) == 1:
            return [None]
        return [id_ for each in mails for id_ in freeze(store, [each])]


def _put(session: Session, mail: Worded) -> int:
    id_ = put(
        session,
        mail.person,
        mail.kind,
        mail.slot,
        mail.message,
        mail.made_at,
        message_id=mail.message_id,
        body_path=str(mail.path),
    )
    add_items(session, id_, mail.person.id, mail.items)
    return id_


def _never_mail(places: Places, *, sample: bool) -> Literal["sample", "replay"] | None:
    """Mark what is made up or of a past day: such a mail only ever reaches a file."""
    if sample or places.mode == "sample":
        return "sample"
    return "replay" if places.mode == "replay" else None
