"""People and mails for the tests of the outbox."""

from datetime import UTC, datetime
from pathlib import Path

from service.config import Config, Recipient
from service.outbox.delivering import Way
from service.outbox.freezing import put
from service.outbox.records import Brakes
from service.outbox.smtp import Server
from service.people.listing import Person, copy_recipients, people
from service.store import Store
from service.store.tables.naming import DeliveryKind

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SENDER = "suranys@zone.example"


def readers(store: Store, count: int) -> list[Person]:
    """Put so many people into the store."""
    rows = tuple(
        Recipient(name=f"Читатель {number}", address=f"reader{number}@works.example")
        for number in range(count)
    )
    with store.writing() as session:
        copy_recipients(session, Config(recipients=rows), NOW)
        return people(session)


def way(port: int, folder: Path, a_day: int = 10**6, a_person: int = 10**6) -> Way:
    server = Server("127.0.0.1", port, security="none", connect_seconds=10, answer_seconds=10)
    return Way(SENDER, folder, server, Brakes(a_day, a_person))


def message_id(person: Person, slot: str) -> str:
    return f"<{person.id}.{slot}@zone.example>"


def freeze(
    store: Store,
    person: Person,
    slot: str,
    now: datetime = NOW,
    kind: DeliveryKind = DeliveryKind.DIGEST,
) -> int:
    """Put a short mail into the outbox."""
    id_ = message_id(person, slot)
    text = (
        f"From: {SENDER}\r\nTo: {person.address}\r\nMessage-ID: {id_}\r\nSubject: {slot}\r\n"
        "\r\n.a line that begins with a dot\r\n"
    )
    with store.writing() as session:
        return put(session, person, kind, slot, text.encode(), now, message_id=id_)
