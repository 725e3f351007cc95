"""Freeze a drafted digest: its files, then its row with everything it tells, in one transaction."""

from datetime import datetime

from service.config import Config
from service.digest.calendar import deadlines
from service.digest.rendering import render
from service.jobs.drafting import Draft
from service.outbox.addresses import addresses_for
from service.outbox.freezing import put
from service.outbox.letters import freeze_files, letter
from service.people.links import signing_key
from service.people.listing import Person
from service.places import Places
from service.store import Store
from service.store.digests import add_items
from service.store.tables.naming import DeliveryKind
from service.texts import language


def freeze_digest(
    store: Store, person: Person, plan: Draft, config: Config, places: Places, now: datetime
) -> int:
    """Freeze a person's digest of a day and give the id of its delivery. Raises DeliveryError."""
    digest = plan.digest
    key = signing_key(config, places.mode)
    links = addresses_for(config, key, person, (entry.lead.id for entry in digest.entries))
    rendered = render(digest, links)
    slot = digest.day.isoformat()
    calendar = deadlines(
        digest.entries,
        config.mail.sender.rpartition("@")[2],
        now,
        language(digest.recipient.language),
    )
    message, id_ = letter(
        config,
        person,
        DeliveryKind.DIGEST,
        slot,
        rendered,
        now,
        unsubscribe=links.unsubscribe,
        never_mail="sample" if digest.sample else "replay" if digest.replay else None,
        attachments=(calendar,) if calendar else (),
    )
    path = freeze_files(places, person, slot, message, rendered.html)
    with store.writing() as session:
        delivery = put(
            session,
            person,
            DeliveryKind.DIGEST,
            slot,
            message,
            now,
            message_id=id_,
            body_path=str(path),
        )
        add_items(session, delivery, person.id, plan.items)
    return delivery
