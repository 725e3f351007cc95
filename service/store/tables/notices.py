"""Notices, lots and items as stored, and what changed in them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from scrapers.records import Depth, Phase, Vat
from service.store.tables.naming import one_of


class NoticeRow(SQLModel, table=True):
    """A notice; `(portal, external_id)` is its key, `record` the whole Notice as canonical JSON.

    `content_hash` decides whether it changed. `folded` is its text folded for search, because
    SQLite's LIKE and lower() know ASCII only. `listed` holds the marks of the listing rows that
    belong to this content (JSON), so that an unchanged row is not opened again. `reader` is the
    portal module that saw it last: two may read one portal, each its own part of it. `matched_key`
    says with which content and which matching (`MatchingRow.serial`) it was last matched.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("portal", "external_id"),
        Index("ix_notice_portal_gone_at", "portal", "gone_at"),
        Index("ix_notice_reader_first_seen_at", "reader", "first_seen_at"),
        one_of("phase", Phase),
        one_of("depth", Depth),
        one_of("value_vat", Vat, null=True),
        CheckConstraint("(value_minor IS NULL) = (value_currency IS NULL)", name="value"),
    )

    id: int | None = Field(default=None, primary_key=True)
    portal: str
    external_id: str
    number: str | None = None
    url: str
    title: str
    phase: str = Field(index=True)
    depth: str
    category: str | None = None
    country: str | None = None
    buyer: str | None = None
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_currency: str | None = None
    value_vat: str | None = None
    published_at: datetime | None = None
    amended_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = Field(default=None, index=True)
    zone: str | None = None
    sample: bool = False
    record: str
    content_hash: str
    folded: str
    listed: str = "[]"
    first_seen_at: datetime
    last_seen_at: datetime
    reader: str = ""
    changed_at: datetime
    gone_at: datetime | None = None
    matched_key: str | None = None


class LotRow(SQLModel, table=True):
    """A lot of a notice. `gone_at` marks one that a complete reading no longer shows.
    `closed_by` names the gate that closed it when no product fits. `families` are those its needs
    may be of (`matcher.affecting.kin_of`), apart by blanks; None before it was matched."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("notice_id", "external_id"),
        one_of("value_vat", Vat, null=True),
        CheckConstraint("(value_minor IS NULL) = (value_currency IS NULL)", name="value"),
    )

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE")
    external_id: str
    position: int
    number: str | None = None
    title: str
    description: str
    status: str | None = None
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_currency: str | None = None
    value_vat: str | None = None
    ends_at: datetime | None = None
    gone_at: datetime | None = None
    closed_by: str | None = None
    families: str | None = None


class ItemRow(SQLModel, table=True):
    """A line of a lot. `quantity` is exact decimal text in `unit` as the portal names it."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("lot_id", "position"),
        one_of("value_vat", Vat, null=True),
        CheckConstraint(
            "value_currency IS NOT NULL OR (value_minor IS NULL AND unit_price_minor IS NULL)",
            name="value",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    lot_id: int = Field(foreign_key="lot.id", ondelete="CASCADE")
    external_id: str
    position: int
    title: str
    description: str
    quantity: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    unit_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_currency: str | None = None
    value_vat: str | None = None
    codes: str


class ChangeRow(SQLModel, table=True):
    """One field of a notice that changed: `lots[3].items[1].quantity`, old and new as JSON."""

    __tablename__ = "notice_change"

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE", index=True)
    field: str
    old: str
    new: str
    seen_at: datetime
