"""Put a mail into the outbox: from this commit on it leaves, or ends in a named state."""

import zlib
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col

from service.people.listing import Person
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryKind, DeliveryState

_MAIL = insert(DeliveryRow).returning(col(DeliveryRow.id))


def put(
    session: Session,
    person: Person,
    kind: DeliveryKind,
    slot: str,
    message: bytes,
    now: datetime,
    *,
    message_id: str,
    body_path: str = "",
) -> int:
    """Freeze a mail and give its id. The bytes are final: every attempt sends these.

    `slot` tells the mails of a kind to one person apart: a local day, a lead, a week. A second one
    breaks the unique key and, with the unit of work, stores nothing (IntegrityError).
    """
    values = {
        "person_id": person.id,
        "kind": kind.value,
        "slot": slot,
        "address": person.address,
        "message_id": message_id,
        "state": DeliveryState.FROZEN.value,
        "body": zlib.compress(message, 1),
        "body_path": body_path,
        "due_at": now,
        "created_at": now,
        "state_at": now,
    }
    id_: int = session.execute(_MAIL, values).scalar_one()
    return id_


def frozen_message(row: DeliveryRow) -> bytes | None:
    """Give the bytes as they were frozen, None where neither row nor file has them any more."""
    if row.body is not None:
        return zlib.decompress(row.body)
    return None
