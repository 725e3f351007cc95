"""Mails that are to leave, and the leads they tell of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.store.tables.naming import DeliveryKind, DeliveryState, one_of


class DeliveryRow(SQLModel, table=True):
    """A mail to one person; `(person_id, kind, slot)` is its key: a local day, a lead, a week.

    `body` holds the frozen message, compressed, until the mail has ended; `body_path` the file
    where people find it. `due_at` is when the next attempt may begin, None once nothing more will
    be tried. `handed_at` is when the text of the latest attempt was about to be handed over: an
    attempt that died after it is a doubt, one that died before is none. `fencing` grows with every
    claim, so that a holder whose lease lapsed cannot commit over its successor. `doubts` counts
    how often it may have arrived unseen.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "slot"),
        one_of("kind", DeliveryKind),
        one_of("state", DeliveryState),
        CheckConstraint("(state = 'sending') = (lease_owner IS NOT NULL)", name="lease"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    kind: str
    slot: str
    address: str
    message_id: str = Field(unique=True)
    state: str
    body: bytes | None = None
    body_path: str = ""
    attempts: int = 0
    doubts: int = 0
    fencing: int = 0
    due_at: datetime | None = Field(default=None, index=True)
    lease_owner: str | None = None
    lease_until: datetime | None = None
    handed_at: datetime | None = Field(default=None, index=True)
    code: int | None = None
    reply: str = ""
    created_at: datetime
    state_at: datetime


class DigestItemRow(SQLModel, table=True):
    """A lead that a mail tells a person of.

    `telling` is 1 when a person is first told of it and grows when a change is told; unique, so
    that nobody is told the same twice. `shown` is what was said (JSON), to tell a change by.
    """

    __tablename__ = "digest_item"
    __table_args__ = (UniqueConstraint("person_id", "lead_id", "telling"),)

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", ondelete="CASCADE", index=True)
    person_id: int = Field(foreign_key="person.id")
    lead_id: int = Field(foreign_key="lead.id", ondelete="CASCADE")
    telling: int = 1
    section: str = ""
    shown: str = ""
