"""What is due, what ran, and where each portal's reading stands."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.store.tables.naming import Outcome, RunState, one_of


class RunRow(SQLModel, table=True):
    """One run of a job in a slot (a local calendar day). `fencing` grows with every claim, so that
    a holder whose lease lapsed cannot commit over its successor. `fault` is the name of the error
    that ended it (`Blocked`, `LayoutChanged`…)."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        one_of("state", RunState),
        one_of("outcome", Outcome, null=True),
        CheckConstraint("(state = 'ended') = (outcome IS NOT NULL)", name="ended"),
    )

    id: int | None = Field(default=None, primary_key=True)
    job: str
    slot: str
    state: str
    outcome: str | None = None
    fault: str | None = None
    reason: str = ""
    advice: str = ""
    read: int = 0
    new: int = 0
    changed: int = 0
    failed: int = 0
    total: int | None = None
    started_at: datetime
    ended_at: datetime | None = None
    attempt: int
    fencing: int
    lease_owner: str
    lease_until: datetime


class CursorRow(SQLModel, table=True):
    """Where a portal's reading stands.

    `since` is the start of the last complete reading, None before it. `resume` is the request
    (JSON) with which a reading that stopped half-way goes on. `settings` is the query it belongs
    to: another query is another listing.
    """

    __tablename__ = "portal_cursor"

    portal: str = Field(primary_key=True)
    since: datetime | None = None
    resume: str | None = None
    settings: str = "{}"
    updated_at: datetime
