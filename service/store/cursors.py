"""Where the reading of each portal stands. Moved only in the unit of work that stores a page."""

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from scrapers.portal import Request
from service.store.tables import CursorRow


@dataclass(frozen=True, slots=True)
class Cursor:
    """`since`: start of the last complete reading. `resume`: the request with which a reading that
    was cut short goes on."""

    since: datetime | None = None
    resume: Request | None = None


def read_cursor(session: Session, portal: str, settings: str = "{}") -> Cursor:
    """Give the cursor of a portal; a fresh one if it was read with other settings."""
    row = session.get(CursorRow, portal)
    if row is None or row.settings != settings:
        return Cursor()
    return Cursor(row.since, _request(row.resume))


def save_cursor(
    session: Session, portal: str, cursor: Cursor, now: datetime, settings: str = "{}"
) -> None:
    """Store the cursor of a portal."""
    row = session.get(CursorRow, portal) or CursorRow(portal=portal, updated_at=now)
    row.since, row.updated_at, row.settings = cursor.since, now, settings
    resume = cursor.resume and json.dumps(dataclasses.asdict(cursor.resume), ensure_ascii=False)
    row.resume = resume or None
    session.add(row)


def _request(text: str | None) -> Request | None:
    if text is None:
        return None
    fields = json.loads(text)
    for name in ("form", "headers"):
        fields[name] = tuple((str(key), str(value)) for key, value in fields[name])
    return Request(**fields)
