"""Matches and leads as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from matcher.records import NeedKind, Verdict
from service.store.tables.naming import DeclineReason, LeadState, one_of


class MatchRow(SQLModel, table=True):
    """The verdict on a lot and a product. `evidence` and `quantity` are JSON as the matcher gave
    them. `gone_at` marks a pair that the latest matching no longer gives."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("lot_id", "product_id"),
        one_of("verdict", Verdict),
        one_of("kind", NeedKind),
        CheckConstraint("score >= 0 AND score <= 1", name="score"),
    )

    id: int | None = Field(default=None, primary_key=True)
    lot_id: int = Field(foreign_key="lot.id", ondelete="CASCADE")
    product_id: int = Field(foreign_key="product.id", index=True)
    rank: int
    verdict: str
    score: float
    kind: str
    evidence: str
    quantity: str
    matcher_version: str
    matched_at: datetime
    gone_at: datetime | None = None


class MatchingRow(SQLModel, table=True):
    """What stored matches rest on; one row. `serial` counts full matchings, `rules` fingerprints
    matcher and settings, `catalogue` the products. The row is locked by who changes any of it, and
    shared by who stores matches."""

    __tablename__ = "matching"

    id: int | None = Field(default=None, primary_key=True)
    serial: int
    rules: str
    catalogue: str


class MatchedProductRow(SQLModel, table=True):
    """A product as it was when notices were last matched with it (`matched`), and as it was when
    the weights of words were learned (`learned`), both as JSON; None where it was not offered."""

    __tablename__ = "matched_product"

    product_id: int = Field(primary_key=True, foreign_key="product.id")
    matched: str | None = None
    learned: str | None = None


class LeadRow(SQLModel, table=True):
    """A can or check match offered to a plant. It outlives a changed verdict, with its state.

    `owner` is the address of the person who deals with it. `reason` says why it was declined,
    `remark` adds words. `version` grows with every change by a person, so that the second of two
    who edit at once is told.
    """

    __tablename__ = "lead"
    __table_args__ = (
        one_of("state", LeadState),
        one_of("reason", DeclineReason, null=True),
        CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name="declined"),
    )

    id: int | None = Field(default=None, primary_key=True)
    match_id: int = Field(foreign_key="match.id", ondelete="CASCADE", unique=True)
    plant_id: int = Field(foreign_key="plant.id", index=True)
    state: str
    owner: str | None = Field(default=None, index=True)
    reason: str | None = None
    remark: str = ""
    version: int = 1
    created_at: datetime
    state_at: datetime
