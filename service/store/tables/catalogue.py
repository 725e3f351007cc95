"""Plants and products as stored."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from service.store.tables.naming import Origin, one_of


class PlantRow(SQLModel, table=True):
    """A plant; `code` is its PlantId, `record` the Plant as JSON."""

    __tablename__ = "plant"
    __table_args__ = (one_of("origin", Origin),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    bin: str | None = Field(default=None, index=True)
    zone: str | None = None
    sample: bool = False
    origin: str
    record: str
    updated_at: datetime


class ProductRow(SQLModel, table=True):
    """A product; `record` is the Product as JSON, capabilities with their sources included.
    A product no longer offered is retired, not deleted: leads point at it."""

    __tablename__ = "product"
    __table_args__ = (one_of("origin", Origin),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    plant_id: int | None = Field(default=None, foreign_key="plant.id", index=True)
    position: int
    name: str
    family: str | None = Field(default=None, index=True)
    origin: str
    record: str
    updated_at: datetime
    retired_at: datetime | None = None
