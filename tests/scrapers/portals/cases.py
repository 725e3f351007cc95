"""Fixture cases of portals: pages written by us, how they were asked for, what must come out.

`tests/fixtures/portals/<portal>/<case>/case.toml`:

    now = 2026-05-18T12:00:00+05:00     # the run's clock; optional
    error = "Blocked"                   # the error due, instead of expected.json
    query = { words = ["труба"] }       # Query.settings; optional

    [[answers]]                         # in order; a later one deepens the first notice so far
    file = "listing.html"
    url = "https://…"
    kind = "listing"                    # Request.kind; anything else goes to Portal.detail
    ref = ""                            # Request.ref
    status = 200
    content_type = "text/html; charset=utf-8"
    json = "…"                          # the body that was sent, where paging needs it

`expected.json` holds `{"total", "next", "notices"}`: the last listing's count and next address, and
the notices after all answers, as `scrapers.canonical` writes them.
"""

import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapers.canonical import dump_notice
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.records import Notice

FIXTURES = Path(__file__).parents[2] / "fixtures" / "portals"
REQUIRED = frozenset(
    {"ordinary", "empty", "last_page", "multi_lot", "cancelled", "blocked", "broken_layout"}
)
NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """One fixture folder, read."""

    portal: str
    name: str
    folder: Path
    query: Query
    answers: tuple[Answer, ...]
    error: str | None

    @property
    def expected(self) -> Path:
        return self.folder / "expected.json"


def load(folder: Path) -> Case:
    """Read a case folder."""
    fields: dict[str, Any] = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    now = fields.get("now", NOW).astimezone(UTC)
    answers = tuple(_answer(folder, part, now) for part in fields["answers"])
    query = Query(now, settings=fields.get("query", {}))
    return Case(folder.parent.name, folder.name, folder, query, answers, fields.get("error"))


def _answer(folder: Path, part: dict[str, Any], now: datetime) -> Answer:
    request = Request(
        url=part["url"],
        kind=part.get("kind", "listing"),
        ref=part.get("ref", ""),
        json=part.get("json"),
    )
    return Answer(
        request=request,
        url=part.get("final_url", part["url"]),
        status=part.get("status", 200),
        headers={"Content-Type": part.get("content_type", "text/html; charset=utf-8")},
        body=(folder / part["file"]).read_bytes(),
        received_at=now,
    )


def all_cases() -> list[Case]:
    """Every case of every portal."""
    return [load(path.parent) for path in sorted(FIXTURES.glob("*/*/case.toml"))]


def read(portal: Portal, case: Case) -> tuple[Listing | None, tuple[Notice, ...]]:
    """Parse the answers of a case in order. Raises what the parsers raise."""
    last: Listing | None = None
    notices: tuple[Notice, ...] = ()
    for answer in case.answers:
        if answer.request.kind == "listing":
            last = portal.listing(answer, case.query)
            notices += last.notices
        else:
            assert portal.detail is not None, f"{portal.name} reads no details"
            head = portal.detail(notices[0] if notices else None, answer)
            notices = (head, *notices[1:])
    return last, notices


def outcome(last: Listing | None, notices: tuple[Notice, ...]) -> dict[str, Any]:
    """What `expected.json` holds."""
    return {
        "total": last.total if last else None,
        "next": last.next.url if last and last.next else None,
        "notices": [json.loads(dump_notice(notice)) for notice in notices],
    }
