"""What lists and search need of leads and notices, kept beside them so that no list reads JSON.

Both tables are derived: `suranys db reindex` makes them anew from the records.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Float, Index
from sqlmodel import Field, SQLModel

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase, Vat
from service.store.tables.naming import one_of


class LeadCardRow(SQLModel, table=True):
    """One lead as a list shows, filters and sorts it; its state and owner stay in `lead`.

    `kind` is `plan` for every lead of a plan. `best` marks the lead that stands for its lot and
    plant, `also` counts the others. `gone_at` is when notice, lot or match vanished. The columns
    ending in `_key` are what lists are sorted by: ascending, never null, so that a page can begin
    after any row. `band` is the rank of `matcher.ranking.Band` on the day the card was made;
    a deadline that passes later is seen by `ends_key`, which counts seconds since 1970.
    """

    __tablename__ = "lead_card"
    __table_args__ = (
        one_of("verdict", Verdict),
        one_of("kind", NeedKind),
        one_of("phase", Phase),
        one_of("value_vat", Vat, null=True),
        CheckConstraint("(value_minor IS NULL) = (value_currency IS NULL)", name="value"),
        Index("ix_lead_card_best", "best", "gone_at", "band", "outside_key", "share_key"),
        Index("ix_lead_card_choices", "best", "family", "country", "region", "portal", "plant_id"),
        Index("ix_lead_card_removed", "best", "gone_at", "outside_key", "removed_key"),
        # Holds all that counting a list asks for, so that no row is opened to be counted.
        Index(
            *("ix_lead_card_open", "best", "gone_at", "ends_key"),
            *("verdict", "phase", "plant_id", "notice_id"),
        ),
    )

    lead_id: int = Field(primary_key=True, foreign_key="lead.id", ondelete="CASCADE")
    plant_id: int = Field(foreign_key="plant.id", index=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE", index=True)
    best: bool
    also: int = 0
    gone_at: datetime | None = None
    family: str | None = None
    verdict: str
    kind: str
    phase: str
    score: float
    portal: str
    number: str | None = None
    title: str
    url: str
    buyer: str | None = None
    buyer_id: str | None = None
    country: str | None = None
    region: str | None = None
    place: str | None = None
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_currency: str | None = None
    value_vat: str | None = None
    quantity: str | None = None
    unit: str | None = None
    estimated: bool = False
    tonnes: float | None = Field(default=None, sa_type=Float(53))
    share: float | None = Field(default=None, sa_type=Float(53))
    guessed: bool = False
    published_at: datetime | None = None
    ends_at: datetime | None = None
    zone: str
    sample: bool = False
    band: int
    outside_key: int
    share_key: float = Field(sa_type=Float(53))
    removed_key: float = Field(sa_type=Float(53))
    due_key: int = Field(sa_type=BigInteger)
    ends_key: int = Field(sa_type=BigInteger)
    sum_key: int = Field(sa_type=BigInteger)


class NoticeSearchRow(SQLModel, table=True):
    """The stems of a notice's words, each once, apart by blanks. Triggers (SQLite) and an index
    over an expression (PostgreSQL) make it searchable; see `service/desk/search.py`."""

    __tablename__ = "notice_search"

    notice_id: int = Field(primary_key=True, foreign_key="notice.id", ondelete="CASCADE")
    stems: str
