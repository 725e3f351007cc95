"""A made-up portal of the tests: JSON pages served on loopback, with faults to order."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qs, urlsplit

from scrapers.errors import LayoutChanged
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.records import Depth, Notice, Period, Phase
from service.replay import Asked, Reply
from tests.service.notices import pipe_lot, pipe_notice


def host(name: str) -> str:
    return f"{name}.suranys.example"


def _first(name: str, query: Query) -> tuple[Request, ...]:
    since = f"&since={query.since:%Y-%m-%d}" if query.since else ""
    return (Request(f"https://{host(name)}/list?page=1{since}", expect="json"),)


def _listing(name: str, answer: Answer, _query: Query) -> Listing:
    page = json.loads(answer.body)
    if "rows" not in page:
        raise LayoutChanged("no rows", selector="$.rows", portal=name, url=answer.url)
    following = page.get("next")
    return Listing(
        tuple(_notice(name, row, Depth.LISTING) for row in page["rows"]),
        Request(f"https://{host(name)}{following}", expect="json") if following else None,
        page.get("total"),
    )


def _notice(name: str, row: dict[str, str], depth: Depth) -> Notice:
    lots = (pipe_lot(quantity=row["quantity"]),) if depth is Depth.DETAIL else ()
    notice = pipe_notice(row["id"], portal=name, lots=lots, depth=depth, phase=Phase(row["phase"]))
    if "title" in row:
        notice = replace(notice, title=row["title"], lots=())
    if "ends" in row:
        ends = datetime.fromisoformat(row["ends"]).replace(tzinfo=UTC)
        notice = replace(notice, period=Period(None, ends, "Asia/Almaty"))
    # the row's version is what a listing shows of a change: another sum, another deadline
    return replace(notice, status=row["version"])


def _details(name: str, notice: Notice) -> tuple[Request, ...]:
    return (Request(f"https://{host(name)}/notice/{notice.id}", kind="detail", expect="json"),)


def _detail(name: str, _notice_: Notice | None, answer: Answer) -> Notice:
    return _notice(name, json.loads(answer.body), Depth.DETAIL)


def portal(name: str) -> Portal:
    """A portal of this name, whose host is served by a `Shop`."""
    return Portal(
        name=name,
        title=f"Портал {name}",
        country="KZ",
        home=f"https://{host(name)}/",
        hosts=frozenset({host(name)}),
        zone="Asia/Almaty",
        first=partial(_first, name),
        listing=partial(_listing, name),
        details=partial(_details, name),
        detail=partial(_detail, name),
    )


@dataclass
class Shop:
    """What the portals' hosts answer. `fault(asked)` may answer in place of the page."""

    rows: list[dict[str, str]] = field(default_factory=list)
    per_page: int = 3
    fault: Callable[[Asked], Reply | None] = lambda _asked: None
    since: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, count: int) -> "Shop":
        return cls([row(str(number)) for number in range(1, count + 1)])

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(status=404)
        replaced = self.fault(asked)
        if replaced is not None:
            return replaced
        if asked.path == "/list":
            return self._list(asked)
        wanted = asked.path.rpartition("/")[2]
        return page(next(each for each in self.rows if each["id"] == wanted))

    def _list(self, asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.target).query)
        number = int(query["page"][0])
        self.since += query.get("since", [])
        start = (number - 1) * self.per_page
        shown = self.rows[start : start + self.per_page]
        more = start + self.per_page < len(self.rows)
        following = asked.target.replace(f"page={number}", f"page={number + 1}")
        content = {"rows": shown, "total": len(self.rows), "next": following if more else None}
        return page(content)


def row(
    id_: str, quantity: str = "120", *, version: str = "1", phase: str = "open"
) -> dict[str, str]:
    return {"id": id_, "quantity": quantity, "version": version, "phase": phase}


def page(content: object) -> Reply:
    return Reply(json.dumps(content).encode(), "application/json")
