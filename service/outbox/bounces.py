"""Mails that came back: read delivery status notifications (RFC 3464) and stop writing in vain.

A notification counts only when it quotes the Message-ID of a mail of ours to that very address:
anybody may send us a text that calls an address dead.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path
from typing import Literal

from sqlmodel import Session, select

from service.digest.messages import header_text
from service.errors import InputError
from service.store.journal import Values, record
from service.store.tables import DeliveryRow, JournalRow, PersonRow
from service.store.tables.naming import DeliveryState

MOST_BYTES = 10 * 1024 * 1024
# RFC 3463: a mailbox or domain that is not there (5.1.x), disabled (5.2.1) or moved, no route
# (5.4.4). A full box (5.2.2) or a refused content (5.6, 5.7) may be otherwise tomorrow.
_DEAD = re.compile(r"5\.(1\.\d{1,3}|2\.1|4\.4|0\.0)")
_RESUME = "resume"
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True, slots=True)
class Notification:
    """What a notification says of one recipient. `dead`: no mail can ever reach the address."""

    message_id: str
    address: str
    status: str
    dead: bool
    words: str


@dataclass(frozen=True, slots=True)
class Bounced:
    """What was done with one notification: the person was suppressed, the failure was noted, or it
    names no mail of ours."""

    address: str
    status: str
    done: Literal["suppressed", "noted", "not ours"]


def notifications(content: bytes) -> list[Notification]:
    """Read the failures a message reports; [] where it is no notification at all."""
    message = BytesParser(policy=policy.default).parsebytes(content[:MOST_BYTES])
    original = _original_id(message)
    return [] if original is None else list(_failures(message, original))


def take_bounces(session: Session, messages: Iterable[bytes], now: datetime) -> list[Bounced]:
    """Note every failure at its delivery; whose address is dead gets no more mail."""
    return [_take(session, each, now) for content in messages for each in notifications(content)]


def read_mails(path: Path) -> Iterator[bytes]:
    """Give the messages of an .eml file, or of a folder (a Maildir too). Raises InputError."""
    try:
        files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else []
        for file in files or [path]:
            with file.open("rb") as opened:
                yield opened.read(MOST_BYTES)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def _take(session: Session, said: Notification, now: datetime) -> Bounced:
    query = select(DeliveryRow).where(DeliveryRow.message_id == said.message_id)
    row = session.exec(query).first()
    if row is None or row.address.lower() != said.address:
        return Bounced(said.address, said.status, "not ours")
    if row.state == DeliveryState.SENT.value:
        row.state, row.state_at = DeliveryState.REFUSED.value, now
        row.reply = f"came back: {said.status} {said.words}".strip()
        session.add(row)
    person = session.get(PersonRow, row.person_id)
    if not said.dead or person is None or person.address != said.address:
        return Bounced(said.address, said.status, "noted")
    if person.suppressed_at is None:
        if _resumed_since(session, row.person_id, row.created_at):
            return Bounced(said.address, said.status, "noted")
        person.suppressed_at = person.updated_at = now
        person.suppressed_for = f"{said.status} {said.words}".strip()
        session.add(person)
        told: Values = {"status": said.status}
        record(session, now, "returned mail", "suppress", "person", row.person_id, new=told)
    return Bounced(said.address, said.status, "suppressed")


def resume_mail(
    session: Session, person_id: int, now: datetime, *, actor: str, actor_id: int | None = None
) -> bool:
    """Write again to an address whose mails came back, and note who said so; False where nothing
    had been stopped. What comes back of mails made before stops nothing a second time. Raises
    KeyError for nobody."""
    row = session.get(PersonRow, person_id, with_for_update=True)
    if row is None:
        raise KeyError(person_id)
    if row.suppressed_at is None:
        return False
    old: Values = {"status": row.suppressed_for}
    row.suppressed_at, row.suppressed_for, row.updated_at = None, "", now
    session.add(row)
    record(session, now, actor, _RESUME, "person", person_id, person_id=actor_id, old=old)
    return True


def _resumed_since(session: Session, person_id: int, moment: datetime) -> bool:
    """Whether somebody answered for the address after a mail was made: its return is no news."""
    query = select(JournalRow.id).where(
        JournalRow.subject == "person",
        JournalRow.subject_id == person_id,
        JournalRow.action == _RESUME,
        JournalRow.at >= moment,
    )
    return session.exec(query).first() is not None


def _original_id(message: EmailMessage | Message) -> str | None:
    """Find the Message-ID of the mail that came back, in the part that quotes it."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            quoted = str(inner[0]) if isinstance(inner, list) and inner else ""
        elif part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            quoted = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        else:
            continue
        head = re.split(r"\r?\n\r?\n", quoted, maxsplit=1)[0]
        found = re.search(r"(?im)^message-id:\s*(\S+)", head)
        if found and _MESSAGE_ID.fullmatch(found[1]):
            return found[1]
    return None


def _failures(message: EmailMessage | Message, original: str) -> Iterator[Notification]:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action = str(block.get("Action", "")).strip().lower()
            address = str(block.get("Final-Recipient", "")).partition(";")[2].strip().lower()
            status = str(block.get("Status", "")).strip()[:16]
            if action != "failed" or not address:
                continue
            words = header_text(str(block.get("Diagnostic-Code", "")).partition(";")[2])
            yield Notification(
                original, address, status, _DEAD.fullmatch(status) is not None, words
            )
