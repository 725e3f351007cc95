"""What reading a document gives: its state, its pages with text and tables, its members."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

Table = tuple[tuple[str, ...], ...]
"""Rows of cells, each row as long as the widest; a merged cell holds its text once."""


class Kind(StrEnum):
    """What a file is by its first bytes."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    XLS = "xls"
    DOC = "doc"
    RTF = "rtf"
    HTML = "html"
    TEXT = "text"
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    IMAGE = "image"
    UNKNOWN = "unknown"


class State(StrEnum):
    """What became of a document. Only `read` and `partial` have text.

    `partial`: some pages or members were not read, the reason says which. `unread`: it holds
    text that nothing here can read (a scan without OCR, an old format without its converter).
    The last six are of fetching: `waiting` for its turn, `unreachable` and asked again later,
    `refused` by the portal or by our list of hosts, `gone` from the portal, `not_saved` in a
    replay.
    """

    READ = "read"
    PARTIAL = "partial"
    UNREAD = "unread"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    WRONG_TYPE = "wrong_type"
    BROKEN = "broken"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    WAITING = "waiting"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    GONE = "gone"
    NOT_SAVED = "not_saved"


WITH_TEXT = frozenset({State.READ, State.PARTIAL})


@dataclass(frozen=True, slots=True)
class Page:
    """A page, counted from 1 as people count; for a workbook a sheet, whose name is `label`."""

    number: int
    text: str
    tables: tuple[Table, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A document as far as it could be read. `name` is that of a member inside its archive, as
    written there and only ever shown; `reason` says why it is not whole, in plain words.
    `page_count` is what the file says of itself, which may be more than was read."""

    state: State
    kind: Kind = Kind.UNKNOWN
    reason: str = ""
    pages: tuple[Page, ...] = ()
    page_count: int = 0
    members: tuple["Read", ...] = ()
    name: str = ""

    def walk(self) -> Iterator["Read"]:
        """Yield this document and all inside it."""
        yield self
        for member in self.members:
            yield from member.walk()


class Unreadable(Exception):
    """Raised by a reader when a document ends in a named state; `read_document` returns it."""

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason
