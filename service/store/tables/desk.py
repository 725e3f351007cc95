"""The desk as stored: who is signed in, what people wrote about leads, and the journal of it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class WebSessionRow(SQLModel, table=True):
    """A signed-in browser. Only the hash of the cookie is stored, so that a copy of the database
    signs nobody in. `seen_at` is renewed now and then; `expires_at` is the absolute limit."""

    __tablename__ = "web_session"

    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class LoginLinkRow(SQLModel, table=True):
    """A one-time sign-in link. `used_at` spends it."""

    __tablename__ = "login_link"

    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class SignInAttemptRow(SQLModel, table=True):
    """An attempt to sign in, to be counted by account and by network. `account` is a hash: people
    mistype, and an address book of strangers is nothing to keep."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account_at", "account", "at"),
        Index("ix_sign_in_attempt_network_at", "network", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account: str
    network: str
    at: datetime


class ApiTokenRow(SQLModel, table=True):
    """A key of an API client. It sees what its person sees; `rights` (blank-separated) says what
    it may do. Only its hash is stored."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    name: str
    rights: str
    created_at: datetime
    used_at: datetime | None = None
    expires_at: datetime
    revoked_at: datetime | None = None


class LeadNoteRow(SQLModel, table=True):
    """A note on a lead. Seen by the lead's plant and by officials."""

    __tablename__ = "lead_note"

    id: int | None = Field(default=None, primary_key=True)
    lead_id: int = Field(foreign_key="lead.id", ondelete="CASCADE", index=True)
    person_id: int = Field(foreign_key="person.id")
    text: str
    created_at: datetime


class LeadResultRow(SQLModel, table=True):
    """How a bid ended: contract, quantity (exact decimal text in `unit`) and sum, where told."""

    __tablename__ = "lead_result"
    __table_args__ = (
        CheckConstraint("(value_minor IS NULL) = (value_currency IS NULL)", name="value"),
        CheckConstraint("(quantity IS NULL) = (unit IS NULL)", name="quantity"),
    )

    lead_id: int = Field(foreign_key="lead.id", ondelete="CASCADE", primary_key=True)
    contract: str = ""
    quantity: str | None = None
    unit: str | None = None
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_currency: str | None = None
    recorded_at: datetime


class TaskRow(SQLModel, table=True):
    """Something a department is to do by a day. `outcome` tells how it ended."""

    __tablename__ = "task"

    id: int | None = Field(default=None, primary_key=True)
    title: str
    department: str
    due: date | None = None
    plant_id: int | None = Field(default=None, foreign_key="plant.id", index=True)
    lead_id: int | None = Field(default=None, foreign_key="lead.id", ondelete="CASCADE", index=True)
    author_id: int = Field(foreign_key="person.id")
    created_at: datetime
    done_at: datetime | None = None
    outcome: str = ""


class SavedSearchRow(SQLModel, table=True):
    """A search somebody kept: the query part of the address of the leads page."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    name: str
    query: str
    created_at: datetime


class JournalRow(SQLModel, table=True):
    """Who changed what. Rows are only ever added.

    `subject` and `subject_id` name the record (`lead` 17). `actor` is the person's address, or how
    it was done without one (`link`, `command line`). `old` and `new` are JSON.
    """

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_subject_subject_id", "subject", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    actor: str
    action: str
    subject: str
    subject_id: int | None = None
    old: str = "null"
    new: str = "null"
