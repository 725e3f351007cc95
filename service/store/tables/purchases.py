"""What waits to be opened, how much of a day's requests a portal has used, which notices are one
purchase, and the tenge's rates."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel


class WaitingRow(SQLModel, table=True):
    """A notice known from a listing whose own pages are worth opening and are not opened yet.

    `reader` is the portal module that will open it, `mark` the fingerprint of the listing row it
    waits under, `since` when it began to wait, `tried` how often its pages failed.
    """

    __tablename__ = "waiting"

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE", unique=True)
    reader: str = Field(index=True)
    mark: str
    ends_at: datetime | None = None
    since: datetime
    tried: int = 0


class PortalDayRow(SQLModel, table=True):
    """How many requests a portal was sent on its latest local day, and by which families (`basis`)
    the notices stored of it were last sifted for what is worth opening."""

    __tablename__ = "portal_day"

    portal: str = Field(primary_key=True)
    day: str
    requests: int = 0
    basis: str = ""


class SameNoticeRow(SQLModel, table=True):
    """A notice that is the same purchase as another one, which is the one shown. `because` names
    the rule that joined them."""

    __tablename__ = "same_notice"
    __table_args__ = (CheckConstraint("notice_id <> same_as", name="another"),)

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE", unique=True)
    same_as: int = Field(foreign_key="notice.id", ondelete="CASCADE", index=True)
    because: str
    found_at: datetime


class RateRow(SQLModel, table=True):
    """What `quantity` units of a currency cost in tenge on a day (`2026-11-22`), as published.
    `tenge` is exact decimal text."""

    __tablename__ = "rate"
    __table_args__ = (UniqueConstraint("currency", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    currency: str
    day: str
    quantity: int
    tenge: str
    source: str
    fetched_at: datetime
