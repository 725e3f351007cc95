"""People as stored: who signs in, who gets mail."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from service.store.tables.naming import Origin, Role, one_of


class PersonRow(SQLModel, table=True):
    """A person. `address` is the mail address in lower case and names them in digests.

    `plant_id` is set for people of a plant, who see nothing of another. `preferences` is JSON:
    what they want to be told, and when. `unsubscribed_at` is their own wish, `suppressed_at` ours
    after mail bounced (`suppressed_for` says how). `disabled_at` ends sign-in and mail; the row
    stays because leads and the journal name it. `origin` tells a row of the configuration that
    nobody has edited since.
    """

    __tablename__ = "person"
    __table_args__ = (one_of("role", Role), one_of("origin", Origin))

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    name: str
    role: str
    plant_id: int | None = Field(default=None, foreign_key="plant.id", index=True)
    department: str | None = None
    language: str | None = None
    preferences: str = "{}"
    password_hash: str | None = None
    origin: str
    created_at: datetime
    updated_at: datetime
    unsubscribed_at: datetime | None = None
    suppressed_at: datetime | None = None
    suppressed_for: str = ""
    disabled_at: datetime | None = None
