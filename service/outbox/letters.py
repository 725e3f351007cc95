"""Make a mail of what was worded, and put it into the outbox: the one way any mail is made."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlmodel import Session

from service.config import Config
from service.digest.messages import Attachment, Envelope, build_message, message_id
from service.digest.rendering import Rendered
from service.outbox.files import file_stem, write_files
from service.outbox.freezing import put
from service.people.links import SigningKey
from service.people.listing import Person
from service.places import Places
from service.store.tables.naming import DeliveryKind

UNSUBSCRIBE = "unsubscribe"
"""The purpose of the links in List-Unsubscribe: `{address}/u/{token}`."""


def unsubscribe_link(config: Config, key: SigningKey, person: Person) -> str | None:
    """Give the address that ends a person's mails, None where there are no pages or no id yet.
    It never expires: an old mail must still be able to end the flow."""
    if not config.desk.address or not person.id:
        return None
    return f"{config.desk.address}/u/{key.sign(UNSUBSCRIBE, person.id)}"


def letter(
    config: Config,
    person: Person,
    kind: DeliveryKind,
    slot: str,
    body: Rendered,
    now: datetime,
    *,
    unsubscribe: str | None = None,
    never_mail: Literal["sample", "replay"] | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> tuple[bytes, str]:
    """Build the bytes of a mail and its Message-ID, both the same for the same input.

    Raises DeliveryError where an address is none, or a header would not arrive as meant.
    """
    mail = config.mail
    id_ = message_id(person.address, f"{kind.value} {slot}", mail.sender.rpartition("@")[2])
    envelope = Envelope(
        sender=mail.sender,
        sender_name=mail.sender_name,
        recipient=person.address,
        recipient_name=person.name,
        sent_at=now,
        message_id=id_,
        language=person.preferences.language or config.digest.language,
        # Receivers act on https only (RFC 8058); a link of another kind stands in the text.
        unsubscribe=unsubscribe if unsubscribe and unsubscribe.startswith("https:") else None,
        never_mail=never_mail,
    )
    return build_message(envelope, body, attachments), id_


def put_letter(
    session: Session,
    config: Config,
    person: Person,
    kind: DeliveryKind,
    slot: str,
    body: Rendered,
    now: datetime,
) -> int:
    """Put a mail that answers what somebody just did (a sign-in, an invitation) into the outbox.

    Its text may hold a key: it is kept in the database until it left, and goes into a file only
    where no mail server is configured.
    """
    message, id_ = letter(config, person, kind, slot, body, now)
    return put(session, person, kind, slot, message, now, message_id=id_)


def freeze_files(places: Places, person: Person, slot: str, message: bytes, html: str) -> Path:
    """Put a mail where people look at it, before its row is stored, and give the .eml. The files of
    a run killed in between belong to no mail and are replaced by the next run."""
    return write_files(places.digests, file_stem(person.address, slot), message, html)[0]
