"""Domain
    State purchases of Kazakhstan through the REST services v3 (OWS), https://ows.goszakup.gov.kz:
    lots with their announcements, points of annual plans before any announcement, and contracts.
    UNVERIFIED: written from the published lists of fields and working clients; no real answer was
    at hand, the fixtures are made up from those lists.

Caveats
    - A token is issued on written request to АО «Центр электронных финансов» and put into the
      environment variable GOSZAKUP_TOKEN. Without it the portal is not read.
    - Gives the same keys as the page reader and the GraphQL reader: see `kz_goszakup`. A plan is
      the notice `plan:POINT`, a contract `contract:ID`; they are joined to the announcement by the
      plan point (which a lot's number begins with), the announcement's id and the contract number.
    - `next_page` is followed as it is written; a page that names itself or an earlier one is
      ImplausibleListing, because some clients saw it loop. Pages are taken to go from new to old:
      reading ends with the first page on which nothing is younger than the last run. The order was
      not seen: a page whose rows go from old to new ends nothing.
    - A lot of the list has no dates and no code: `details` asks for the announcement, all its lots
      and the plan point of each lot. A contract's `details` are its lines and its supplier's card.
    - The rows of a later run are read whatever their status: a lot that was cancelled or awarded is
      in no list of open ones.
    - Older objects that changed may stand on no page of a register that goes by id.
      `kz_goszakup_api` asks for them by `lastUpdateDate`, with the same token, under the same ids:
      use both. The journal (`/v3/journal?date_from=&date_to=`) is not read: by a client of v2 a row
      names an object (`action` U or D, `object_id`, `date_action`, `service_name`, `url`) and says
      nothing of it, each would be a request, and what services are called or how it pages was not
      seen.
    - Units are codes of МКЕИ; their names are a table of ours where the API gives the code alone.
    - Sums of lots and plans are plan sums, usually without VAT; the API does not say: UNKNOWN. Of a
      contract the sum with VAT is taken.

Terms
    Published rate limit: not seen; clients pause 0.35 s and meet 429, 5xx and time-outs of a
    minute. Set `delay_seconds = 1`, `request_seconds = 120`.

API documentation
    https://goszakup.gov.kz/ru/developer/ows_v3. Settings under [portals.kz_goszakup_ows.query]:
    `read` (of "lots", "plans", "contracts"), `limit` (rows a page, at most 500), `customers` (BINs
    whose plans and lots are read in place of all), `status` (lot status codes of a
    first run; empty for all).
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from scrapers.errors import ImplausibleListing, LayoutChanged, NotFound
from scrapers.json_body import read_json
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import kz_goszakup_terms as terms
from scrapers.portals.kz_goszakup_json import (
    Fields,
    bin_code,
    contract_notice,
    party,
    plan_item,
    plan_notice,
    unit_item,
)
from scrapers.records import (
    Buyer,
    Depth,
    Item,
    Lot,
    Notice,
    Period,
    Phase,
    Related,
    Relation,
    Text,
    Vat,
)

NAME = "kz_goszakup_ows"
BASE = "https://ows.goszakup.gov.kz"
_FIRST_RUN = timedelta(days=14)
_LISTS = {"lots": "/v3/lots", "plans": "/v3/plans/all", "contracts": "/v3/contract/all"}
_UNREAD = "1"  # Item.id of a lot whose plan point is not read yet


def first(query: Query) -> tuple[Request, ...]:
    """One listing per register of the settings; with `customers`, one per customer and register."""
    settings = query.settings
    wanted = settings.get("read", ["lots", "plans", "contracts"])
    limit = settings.get("limit", 200)
    customers = settings.get("customers", [])
    registers = [name for name in (wanted if isinstance(wanted, list) else []) if name in _LISTS]
    bins = [str(one) for one in customers] if isinstance(customers, list) else []
    paths = [path for name in registers for path in _paths(name, bins)]
    return tuple(Request(f"{BASE}{path}?limit={limit}", expect="json") for path in paths)


def _paths(register: str, bins: list[str]) -> list[str]:
    by_bin = {"lots": "/v3/lots/bin", "plans": "/v3/plans", "contracts": "/v3/contract/customer"}
    return [f"{by_bin[register]}/{bin_}" for bin_ in bins] or [_LISTS[register]]


def _ask(path: str, kind: str, ref: str) -> Request:
    return Request(f"{BASE}{path}", kind=kind, ref=ref, expect="json")


def listing(answer: Answer, query: Query) -> Listing:
    """Read a page of one register."""
    body = _object(answer)
    rows = _items(body)
    path = urlsplit(answer.request.url).path
    since = query.since or query.now - _FIRST_RUN
    total = body.json.get("total")
    if path.startswith("/v3/plans"):
        notices, stamps = [plan_notice(row) for row in rows], "timestamp"
    elif path.startswith("/v3/contract"):
        notices, stamps = [contract_notice(row) for row in rows], "last_update_date"
    else:
        notices = _by_announcement([_lot_notice(row) for row in rows if not _skipped(row, query)])
        stamps = "last_update_date"
    following = _next(body, answer)
    if rows and all(_older(row, stamps, since) for row in rows) and not _rising(rows, stamps):
        following = None
    # The count is of the whole register, of which a run reads its newest part.
    whole = isinstance(total, int) and following is None and total == len(rows)
    unique = tuple({notice.id: notice for notice in notices}.values())
    return Listing(unique, following, len(rows) if whole and len(unique) == len(rows) else None)


def _older(row: Fields, name: str, since: datetime) -> bool:
    stamp = _stamp(row, name)
    return stamp is not None and stamp < since


def _stamp(row: Fields, name: str) -> datetime | None:
    return row.time(name) or row.time("index_date")


def _rising(rows: list[Fields], name: str) -> bool:
    """Whether a page goes from old to new: then what is young is on a later page."""
    stamps = [stamp for row in rows if (stamp := _stamp(row, name)) is not None]
    return len(stamps) > 1 and stamps[0] < stamps[-1] and stamps == sorted(stamps)


def _skipped(row: Fields, query: Query) -> bool:
    """Whether a first run leaves a lot out. Later what is over now may be known as open."""
    if query.since is not None:
        return False
    wanted = query.settings.get("status", ["210", "220", "240"])
    listed = [str(one) for one in wanted] if isinstance(wanted, list) else []
    return bool(listed) and row.text("ref_lot_status_id") not in listed


def _object(answer: Answer) -> Fields:
    body = read_json(answer.body, answer.content_type, portal=NAME, url=answer.url)
    if not isinstance(body, dict):
        raise LayoutChanged("no object", selector="$", portal=NAME, url=answer.url)
    return Fields(body, NAME, answer.url)


def _items(body: Fields) -> list[Fields]:
    """The rows of a page. An empty list is the API's own "nothing"."""
    rows = body.json.get("items")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise body.broken("no list of rows", "$.items")
    found = body.parts("items")
    ids = [row.ident("id") for row in found]
    if len(set(ids)) != len(ids):
        raise ImplausibleListing("one row twice on a page", portal=NAME, url=body.url)
    return found


def _next(body: Fields, answer: Answer) -> Request | None:
    """The page `next_page` names; its cursor must move."""
    named = body.text("next_page")
    if not named or not body.parts("items"):
        return None
    url = urljoin(BASE, named)
    if urlsplit(url).hostname != urlsplit(BASE).hostname:
        raise body.broken(f"a next page elsewhere: {named[:80]!r}", "$.next_page")
    if url in {answer.url, answer.request.url}:
        raise ImplausibleListing("the page names itself as next", portal=NAME, url=answer.url)
    return Request(url, expect="json")


def _by_announcement(notices: list[Notice]) -> list[Notice]:
    held: dict[str, Notice] = {}
    for notice in notices:
        same = held.get(notice.id)
        lots = (*same.lots, *notice.lots) if same else notice.lots
        phase = terms.joint_phase([same.phase, notice.phase]) if same else notice.phase
        held[notice.id] = replace(
            same or notice, lots=lots, phase=phase, status=terms.joint_status(lots)
        )
    return list(held.values())


def _lot_notice(row: Fields) -> Notice:
    """The announcement of a row with that row's lot alone."""
    ident, lot = row.ident("trd_buy_id"), _lot(row)
    customer = row.text("customer_bin")
    name = row.text("customer_name_ru")
    return Notice(
        portal=terms.SOURCE,
        id=ident,
        url=f"{terms.HOME}/ru/announce/index/{ident}",
        title=lot.title,
        phase=terms.known_phase(lot.status or "") or Phase.OPEN,
        number=row.text("trd_buy_number_anno") or None,
        language="ru",
        status=lot.status,
        buyer=Buyer(name, bin_code(customer), "KZ") if name else None,
        country="KZ",
        amended_at=row.time("last_update_date"),
        lots=(lot,),
        depth=Depth.LISTING,
    )


def _lot(row: Fields) -> Lot:
    number, title = row.text("lot_number"), row.text("name_ru")
    if not number or not title:
        raise row.broken("a lot without number or name", "$.items[].lot_number, name_ru")
    code = row.text("ref_lot_status_id")
    kazakh, description = row.text("name_kz"), row.text("description_ru")
    status = terms.STATUS_WORDS.get(int(code)) if code.isdecimal() else None
    quantity = terms.stated(row.number("count"))
    points = [str(one) for one in _points(row)]
    links = tuple(Related(Relation.PLAN, point) for point in points)
    return Lot(
        id=number,
        title=title,
        number=number,
        status=status or code or None,
        value=row.money("amount", Vat.UNKNOWN),
        items=(Item(_UNREAD, title, description, quantity),),
        translations=(Text("kk", kazakh),) if kazakh else (),
        related=tuple(dict.fromkeys((*terms.plan_links(number), *links))),
    )


def _points(row: Fields) -> list[str]:
    """Ids of the plan points of a lot, which are a list or one number."""
    value = row.json.get("point_list")
    listed = value if isinstance(value, list) else [value]
    return [str(one) for one in listed if re.fullmatch(r"[1-9]\d{0,14}", str(one))]


def details(notice: Notice) -> tuple[Request, ...]:
    """What a list lacks: the announcement, its lots, their plan points; lines of a contract."""
    if notice.id.startswith("contract:"):
        return _contract_details(notice)
    if notice.id.startswith("plan:"):
        return ()
    if notice.depth is Depth.LISTING and notice.phase is not Phase.OPEN:
        return ()
    asked = [_ask(f"/v3/trd-buy/{notice.id}", "announce", notice.id)]
    if notice.number:
        asked.append(_ask(f"/v3/lots/number-anno/{notice.number}", "lots", notice.id))
    for lot in notice.lots:
        if any(item.id == _UNREAD for item in lot.items):
            points = [one.id for one in lot.related if one.relation is Relation.PLAN]
            asked += [_ask(f"/v3/plans/view/{points[-1]}", "point", lot.id)] if points else []
    return tuple(asked)


def _contract_details(notice: Notice) -> tuple[Request, ...]:
    ident = notice.url.rsplit("/", 1)[-1]  # of the newest amendment, where the id is the first's
    asked = [_ask(f"/v3/contract/{ident}/units", "units", ident)]
    supplier = next((one for c in notice.contracts for one in c.suppliers), None)
    if supplier is not None and supplier.id is not None and supplier.telephone is None:
        asked.append(_ask(f"/v3/subject/biin/{supplier.id.id}", "subject", supplier.id.id))
    return tuple(asked)


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Deepen a notice by one of its answers. Raises `NotFound` for an announcement unknown."""
    body, kind = _object(answer), answer.request.kind
    if kind == "announce":
        return _announced(notice, body, answer)
    if notice is None:
        raise body.broken(f"an answer of kind {kind!r} without its notice", "Request.kind")
    if kind == "lots":
        return _with_lots(notice, body)
    if kind == "point":
        return _with_point(notice, answer.request.ref, body)
    if kind == "units":
        return _with_units(notice, body)
    contracts = tuple(
        replace(one, suppliers=tuple(party(body, held) for held in one.suppliers))
        for one in notice.contracts
    )
    return replace(notice, contracts=contracts)


def _announced(notice: Notice | None, body: Fields, answer: Answer) -> Notice:
    if not body.json.get("id"):
        raise NotFound("no such announcement", portal=NAME, url=answer.url)
    ident, title = body.ident("id"), body.text("name_ru")
    if not title or ident != (notice.id if notice else answer.request.ref):
        raise body.broken("no name, or another announcement", "$.id, $.name_ru")
    end = body.time("repeat_end_date") or body.time("end_date")
    start = body.time("repeat_start_date") or body.time("start_date")
    status = notice.status if notice else None
    organiser = body.text("org_name_ru")
    known = notice or Notice(
        terms.SOURCE, ident, f"{terms.HOME}/ru/announce/index/{ident}", title, Phase.OPEN
    )
    return replace(
        known,
        title=title,
        phase=terms.phase_of(status or "", end, answer.received_at),
        number=body.text("number_anno") or known.number,
        language="ru",
        country="KZ",
        value=body.money("total_sum", Vat.UNKNOWN),
        category=terms.SUBJECT_TYPES.get(body.text("ref_subject_type_id")),
        procuring_entity=Buyer(organiser, bin_code(body.text("org_bin")), "KZ")
        if organiser
        else known.procuring_entity,
        published_at=body.time("publish_date"),
        period=Period(start, end, terms.ZONE) if start or end else None,
        lots_stated=int(body.number("count_lots") or 0) or None,
        depth=Depth.DETAIL,
    )


def _with_lots(notice: Notice, body: Fields) -> Notice:
    rows = [row for row in _items(body) if not row.flag("is_deleted")]
    if {row.ident("trd_buy_id") for row in rows} - {notice.id}:
        raise body.broken(f"lots of other announcements than {notice.id}", "$..trd_buy_id")
    known = {lot.id: lot for lot in notice.lots}
    for lot in map(_lot, rows):
        known.setdefault(lot.id, lot)
    return replace(notice, lots=tuple(known.values()))


def _with_point(notice: Notice, lot_id: str, body: Fields) -> Notice:
    """The lot with the code, unit, price and places of its point of the plan."""
    point = plan_item(body)
    lots = tuple(
        replace(
            lot,
            items=(
                replace(
                    point,
                    title=point.title or lot.title,
                    quantity=lot.items[0].quantity or point.quantity,
                ),
            ),
        )
        if lot.id == lot_id and lot.items
        else lot
        for lot in notice.lots
    )
    return replace(notice, lots=lots)


def _with_units(notice: Notice, body: Fields) -> Notice:
    """A contract with its lines, and joined to the plan by each of them."""
    rows = [row for row in _items(body) if not row.flag("deleted")]
    items = tuple(unit_item(row) for row in rows)
    points = [one for row in rows if (one := row.text("pln_point_id")).isdecimal()]
    links = (*notice.related, *(Related(Relation.PLAN, point) for point in points))
    contracts = tuple(replace(one, items=items) for one in notice.contracts)
    related = tuple(dict.fromkeys(links))
    return replace(notice, contracts=contracts, related=related, depth=Depth.DETAIL)


def entry(text: str) -> Request | None:
    """An announcement's number."""
    match = re.fullmatch(r"(\d{6,9})(?:-\d{1,3})?", text.strip())
    return _ask(f"/v3/trd-buy/{match[1]}", "announce", match[1]) if match else None


PORTAL = Portal(
    name=NAME,
    title="Государственные закупки РК (сервисы OWS: планы и договоры, нужен ключ)",
    country="KZ",
    home=terms.HOME,
    hosts=frozenset({"ows.goszakup.gov.kz"}),
    zone=terms.ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
    token_env="GOSZAKUP_TOKEN",  # noqa: S106 (a variable's name, not a token)
)
