"""Attached files as stored: what became of each, and the text of each distinct content."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from scrapers.documents import Kind, State
from service.store.tables.naming import one_of


class DocumentRow(SQLModel, table=True):
    """A file attached to a notice, or to the lot named by its id in the notice.

    `sha256` names its content, in the archive and in `document_text`. `next_at` is when it is to
    be fetched or read next, None when nothing more is to be done; `tries` counts failures in a
    row. `reason` says why it has no text, or not all of it.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("notice_id", "url"), one_of("state", State))

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE")
    lot: str | None = None
    url: str
    title: str
    kind: str | None = None
    state: str
    reason: str = ""
    pages: int = 0
    sha256: str | None = Field(default=None, index=True)
    tries: int = 0
    created_at: datetime
    read_at: datetime | None = None
    next_at: datetime | None = Field(default=None, index=True)


class DocumentTextRow(SQLModel, table=True):
    """What a content says, kept once however many notices attach it.

    `content` is the pages and items as compressed JSON, a third of the bytes of plain text. It
    lies in the database and not in files of its own because it is read together with its notice,
    is written in one unit of work with the row that points at it, and is backed up with it.
    `reader` is the version of the reader and the programs it had: what could not be read is tried
    again with another.
    """

    __tablename__ = "document_text"
    __table_args__ = (one_of("state", State), one_of("file_kind", Kind))

    sha256: str = Field(primary_key=True)
    reader: str
    state: str
    file_kind: str
    reason: str = ""
    pages: int
    content: bytes
    read_at: datetime


class DocumentCheckRow(SQLModel, table=True):
    """That the documents of a notice were considered, with which content of it, and whether they
    are worth reading (true where there are none): so that a run looks only at what is new."""

    __tablename__ = "document_check"

    notice_id: int = Field(foreign_key="notice.id", ondelete="CASCADE", primary_key=True)
    content_hash: str
    wanted: bool
