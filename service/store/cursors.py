"""Where the reading of each portal stands. Moved only in the unit of work that stores a page."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from scrapers.portal import Request
from service.store.tables import CursorRow


@dataclass(frozen=True, slots=True)
class Cursor:
    """`since`: start of the last complete reading. `resume`: requests with which a reading that
    was cut short goes on, and `began_at` when it began."""

    since: datetime | None = None
    resume: tuple[Request, ...] = ()
    began_at: datetime | None = None


def read_cursor(session: Session, portal: str, settings: str = "{}") -> Cursor:
    """Give the cursor of a portal; a fresh one if it was read with other settings."""
    row = session.get(CursorRow, portal)
    if row is None or row.settings != settings:
        return Cursor()
    return Cursor(row.since, _requests(row.resume), row.began_at)


def save_cursor(
    session: Session, portal: str, cursor: Cursor, now: datetime, settings: str = "{}"
) -> None:
    """Store the cursor of a portal."""
    row = session.get(CursorRow, portal) or CursorRow(portal=portal, updated_at=now)
    row.since, row.began_at, row.updated_at = cursor.since, cursor.began_at, now
    row.resume = _text(cursor.resume) if cursor.resume else None
    row.settings = settings
    session.add(row)


def _text(requests: Sequence[Request]) -> str:
    return json.dumps([dataclasses.asdict(each) for each in requests], ensure_ascii=False)


def _requests(text: str | None) -> tuple[Request, ...]:
    found: list[Request] = []
    for fields in json.loads(text or "[]"):
        pairs = {
            name: tuple((str(key), str(value)) for key, value in fields[name])
            for name in ("form", "headers")
        }
        found.append(Request(**{**fields, **pairs}))
    return tuple(found)
