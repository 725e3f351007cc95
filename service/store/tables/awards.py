"""Who won and what was signed, as stored, and what joins the records of one purchase."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from scrapers.records import AwardStatus, ContractStatus, Relation, Vat
from service.store.tables.naming import one_of


class AwardRow(SQLModel, table=True):
    """A decision who supplies; `supplier` is the first of several, `lots` their ids (JSON).

    The notice's record holds the whole; these columns are searched and sorted by.
    """

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("notice_id", "external_id"),
        one_of("status", AwardStatus, null=True),
        one_of("value_vat", Vat, null=True),
        CheckConstraint("(value_minor IS NULL) = (value_currency IS NULL)", name="value"),
    )

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE")
    external_id: str
    lots: str = "[]"
    supplier: str | None = None
    supplier_code: str | None = Field(default=None, index=True)
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_currency: str | None = None
    value_vat: str | None = None
    awarded_at: datetime | None = None
    status: str | None = None


class ContractRow(SQLModel, table=True):
    """A signed contract, like an award; `ends_at` is the end of its term."""

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("notice_id", "external_id"),
        one_of("status", ContractStatus, null=True),
        one_of("value_vat", Vat, null=True),
        CheckConstraint("(value_minor IS NULL) = (value_currency IS NULL)", name="value"),
    )

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE")
    external_id: str
    number: str | None = None
    lots: str = "[]"
    supplier: str | None = None
    supplier_code: str | None = Field(default=None, index=True)
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_currency: str | None = None
    value_vat: str | None = None
    signed_at: datetime | None = None
    ends_at: datetime | None = None
    status: str | None = None


class PurchaseLinkRow(SQLModel, table=True):
    """What a notice, or a lot of it (`lot`, "" for the notice), shares with others of its purchase:
    `code` is a plan point, announcement, contract or procedure of that portal. A notice's own id is
    no row here: it is the notice's key already."""

    __tablename__ = "purchase_link"
    __table_args__ = (
        UniqueConstraint("notice_id", "lot", "relation", "code"),
        Index(None, "portal", "relation", "code"),
        one_of("relation", Relation),
    )

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE")
    lot: str = ""
    portal: str
    relation: str
    code: str
