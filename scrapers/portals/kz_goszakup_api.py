"""Domain
    State purchases of Kazakhstan through the OWS API v3 (GraphQL), https://ows.goszakup.gov.kz.
    UNVERIFIED: written from the query and field list of working clients; no real answer was at
    hand, the fixtures are made up from that field list.

Caveats
    - A token is issued on written request to АО «Центр электронных финансов» and put into the
      environment variable GOSZAKUP_TOKEN. Without it the portal is not read.
    - Gives the same keys as the page reader: `Notice.portal` is "kz_goszakup", the notice's id the
      announcement's (trdBuyId), the lot's id the lot number, the item's the plan point. So a
      notice read by both is one; the merge rule is in `kz_goszakup`.
    - Results come by DESCENDING id and `after` is an id: the next page begins after the least id
      of this one. A page that does not go down is ImplausibleListing (a stuck cursor), never read
      for ever.
    - `publishDate` as a filter is silently ignored and there is none for endDate; increments go by
      `lastUpdateDate: [from, to]`: on a first run lots of the statuses asked for, later every lot
      that changed, so that a cancellation or result is seen.
    - `nameDescriptionRu` is ONE string: several words are several queries.
    - `Lots.enstruList` holds internal ids, [0] nearly always: the ENS TRU code is read through
      pointList -> Plans.refEnstruCode (about 95 % of lots; the rest have no code yet).
    - A lot stays at "220 приём заявок" after its end: openness is decided by endDate.
    - The lots of one announcement may spread over pages, so a row is at listing depth; `details`
      asks once for all lots of the announcement (at most 200).
    - Plans (points of annual plans before any announcement) and contracts are notices of their own,
      `plan:POINT` and `contract:ID`: see `kz_goszakup_ows`. Plans have no filter by words or
      places, only by ENS TRU code and year: name the codes in `enstru`.
    - Errors come inside an answer of status 200; they raise ApiRefused with the API's words.
    - Sums are plan sums, usually without VAT; the API does not say it for a lot: `Vat.UNKNOWN`.

Terms
    Published rate limit: not seen; clients pause 0.35 s and meet 429, 5xx and time-outs of a
    minute. Set `delay_seconds = 1`, `request_seconds = 120`.

API documentation
    https://ows.goszakup.gov.kz/help/v3/schema/. Settings under [portals.kz_goszakup_api.query]:
    `words` (list: one query each), `status` (lot status codes of a first run), `limit` (50 a page,
    at most 200), `read` (of "lots", "plans", "contracts"; lots alone without it), `enstru` (codes
    of plans).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from scrapers.errors import ApiRefused, ImplausibleListing, LayoutChanged, NotFound
from scrapers.json_body import read_json
from scrapers.parsing.dates import local_time
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import kz_goszakup_graphql as graphql
from scrapers.portals import kz_goszakup_terms as terms
from scrapers.portals.kz_goszakup_json import local
from scrapers.records import (
    Buyer,
    Code,
    Depth,
    Document,
    Item,
    Lot,
    Money,
    Notice,
    Period,
    Phase,
    Place,
    Related,
    Relation,
    Text,
    Unit,
    Vat,
)

NAME = "kz_goszakup_api"
ADDRESS = "https://ows.goszakup.gov.kz/v3/graphql"
_QUERY = """query($filter: LotsFiltersInput, $limit: Int, $after: Int) {
 Lots(filter: $filter, limit: $limit, after: $after) {
  id lotNumber nameRu nameKz descriptionRu descriptionKz amount count refLotStatusId trdBuyId
  trdBuyNumberAnno customerBin customerNameRu lastUpdateDate isDeleted
  RefLotsStatus { id code nameRu }
  Files { id nameRu filePath }
  TrdBuy { id numberAnno nameRu publishDate startDate endDate repeatStartDate repeatEndDate
   orgBin refBuyStatusId RefTradeMethods { nameRu } }
  Plans { id refEnstruCode refSubjectTypeId descRu extraDescRu count price amount
   RefEnstru { nameRu } RefUnits { nameRu code }
   PlansKato { refKatoCode fullDeliveryPlaceNameRu count } }
 }
}"""
_FIRST_RUN = timedelta(days=14)

Json = Mapping[str, object]


def first(query: Query) -> tuple[Request, ...]:
    """One query per word of the settings, one in all without any; plans and contracts if set."""
    settings = query.settings
    since = query.since or query.now - _FIRST_RUN
    filters: dict[str, object] = {"lastUpdateDate": [local(since), local(query.now)]}
    status = settings.get("status", ["210", "220", "240"])
    # Later every lot that changed is wanted: one that was cancelled or awarded is in no such list.
    if query.since is None and isinstance(status, list) and status:
        filters["refLotStatusId"] = [int(code) for code in status]
    sought = settings.get("words", [])
    limit = settings.get("limit", 50)
    each = sought if isinstance(sought, list) else [str(sought)]
    queries = [{**filters, "nameDescriptionRu": word} for word in each] or [filters]
    read = settings.get("read", ["lots"])
    asked = [("Lots", own) for own in queries if not isinstance(read, list) or "lots" in read]
    for root in graphql.roots(settings):
        asked += [(root, own) for own in graphql.filters(root, query, since)]
    most = limit if isinstance(limit, int) else 50
    return tuple(_request({"filter": own, "limit": most}, root) for root, own in asked)


def _request(variables: Mapping[str, object], root: str = "Lots") -> Request:
    sought = graphql.QUERIES.get(root, _QUERY)
    body = json.dumps({"query": sought, "variables": variables}, ensure_ascii=False)
    return Request(ADDRESS, method="POST", json=body, expect="json")


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of lots, grouped by announcement, or of plans or contracts."""
    body = _body(answer)
    root = next((name for name in graphql.QUERIES if name in _object(body, "data")), "Lots")
    rows = _rows(body, root)
    variables = json.loads(answer.request.json or "{}").get("variables", {})
    after, ids = variables.get("after"), [_count(row, "id") for row in rows]
    if ids and after is not None and max(ids) >= after:
        raise ImplausibleListing(f"the cursor is stuck at {after}", portal=NAME, url=answer.url)
    if len(set(ids)) != len(ids):
        raise ImplausibleListing("one row twice on a page", portal=NAME, url=answer.url)
    info = _page_info(body)
    more = info.get("hasNextPage", len(rows) >= int(variables.get("limit", 50)))
    following = _request({**variables, "after": min(ids)}, root) if more and ids else None
    if root != "Lots":
        found = {one.id: one for row in rows if (one := graphql.notice(root, row, NAME, ADDRESS))}
        return Listing(tuple(found.values()), following, None)
    total, kept = info.get("totalCount"), [row for row in rows if not row.get("isDeleted")]
    # Deleted lots are counted but not given, so the count would look short of rows.
    stated = total if isinstance(total, int) and len(kept) == len(rows) else None
    return Listing(_notices(kept, answer), following, stated)


def _body(answer: Answer) -> object:
    return read_json(answer.body, answer.content_type, portal=NAME, url=answer.url)


def _page_info(body: object) -> Json:
    return _object(_object(body, "extensions"), "pageInfo")


def _whole(ident: str) -> Request:
    """All lots of one announcement."""
    return replace(
        _request({"filter": {"trdBuyId": [int(ident)]}, "limit": 200}), kind="buy", ref=ident
    )


def details(notice: Notice) -> tuple[Request, ...]:
    """The other lots of an open announcement of which a page showed some."""
    # Contracts and points of plans are whole as they are listed.
    shallow = notice.depth is Depth.LISTING and notice.phase is Phase.OPEN
    return (_whole(notice.id),) if shallow else ()


def detail(_notice_so_far: Notice | None, answer: Answer) -> Notice:
    """The announcement with all its lots. Raises `NotFound` when the API knows none of them."""
    body = _body(answer)
    ident = answer.request.ref
    rows = [row for row in _rows(body) if not row.get("isDeleted")]
    if not rows:
        raise NotFound(f"no lots of announcement {ident}", portal=NAME, url=answer.url)
    notices = _notices(rows, answer)
    if [notice.id for notice in notices] != [ident]:
        raise _broken(f"lots of other announcements than {ident}", "$..trdBuyId")
    if _page_info(body).get("hasNextPage"):
        return notices[0]
    return replace(notices[0], depth=Depth.DETAIL, lots_stated=len(notices[0].lots))


def entry(text: str) -> Request | None:
    """An announcement's number."""
    match = re.fullmatch(r"(\d{6,9})(?:-\d{1,3})?", text.strip())
    return _whole(match[1]) if match else None


def _rows(body: object, root: str = "Lots") -> list[Json]:
    """The lots (plans, contracts) of an answer. An empty list is the API's own "nothing"."""
    if not isinstance(body, dict):
        raise _broken("no object", "$")
    if body.get("errors"):
        raise ApiRefused(
            json.dumps(body["errors"], ensure_ascii=False, default=str)[:300],
            portal=NAME,
            url=ADDRESS,
        )
    lots = _object(body, "data").get(root)
    if not isinstance(lots, list) or not all(isinstance(lot, dict) for lot in lots):
        raise _broken("no list of lots", f"$.data.{root}")
    return lots


def _broken(detail: str, selector: str) -> LayoutChanged:
    return LayoutChanged(detail, selector=selector, portal=NAME, url=ADDRESS)


def _object(value: object, name: str) -> Json:
    part = value.get(name) if isinstance(value, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _objects(value: Json, name: str) -> list[Json]:
    parts = value.get(name)
    if isinstance(parts, Mapping):
        return [parts]
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


def _text(value: Json, name: str) -> str:
    part = value.get(name)
    if part is None:
        return ""
    if isinstance(part, bool) or not isinstance(part, (str, int)):
        raise _broken(f"{name} is {type(part).__name__}", f"$..{name}")
    return " ".join(str(part).split())


def _count(value: Json, name: str) -> int:
    text = _text(value, name)
    if not re.fullmatch(r"\d{1,15}", text):
        raise _broken(f"{name} is {text[:40]!r}", f"$..{name}")
    return int(text)


def _number(value: Json, name: str) -> Decimal | None:
    part = value.get(name)
    if part is None or part == "":
        return None
    try:
        found = Decimal(str(part))
    except InvalidOperation as error:
        raise _broken(f"{name} is {str(part)[:40]!r}", f"$..{name}") from error
    if isinstance(part, bool) or not found.is_finite() or not 0 <= found < 10**15:
        raise _broken(f"{name} is {str(part)[:40]!r}", f"$..{name}")
    return found


def _money(value: Json, name: str) -> Money | None:
    amount = _number(value, name)
    return None if amount is None else Money.of(amount, "KZT", Vat.UNKNOWN)


def _time(value: Json, name: str) -> datetime | None:
    text = _text(value, name).split(".")[0]
    try:
        return local_time(text, terms.ZONE)
    except ValueError as error:
        raise _broken(str(error), f"$..{name}") from error


def _notices(rows: list[Json], answer: Answer) -> tuple[Notice, ...]:
    notices: dict[str, Notice] = {}
    for row in rows:
        notice = _notice(row, answer)
        held = notices.get(notice.id)
        if held is None:
            notices[notice.id] = notice
        else:
            phase = terms.joint_phase([held.phase, notice.phase])
            notices[notice.id] = replace(held, lots=(*held.lots, *notice.lots), phase=phase)
    return tuple(replace(n, status=terms.joint_status(n.lots)) for n in notices.values())


def _notice(row: Json, answer: Answer) -> Notice:
    buy, plans = _object(row, "TrdBuy"), _objects(row, "Plans")
    ident, number = str(_count(row, "trdBuyId")), _text(row, "trdBuyNumberAnno")
    end = _time(buy, "repeatEndDate") or _time(buy, "endDate")
    lot = _lot(row, plans)
    bin_ = _text(row, "customerBin")
    name = _text(row, "customerNameRu")
    buyer = Buyer(name, _bin(bin_), "KZ") if name else None
    return Notice(
        portal=terms.SOURCE,
        id=ident,
        url=f"{terms.HOME}/ru/announce/index/{ident}",
        title=_text(buy, "nameRu") or lot.title,
        phase=terms.phase_of(lot.status or "", end, answer.received_at),
        number=number or None,
        language="ru",
        status=lot.status,
        method=_text(_object(buy, "RefTradeMethods"), "nameRu") or None,
        buyer=buyer,
        # The API gives the organiser's BIN alone; its name is known where it is the customer.
        procuring_entity=buyer if bin_ and _text(buy, "orgBin") == bin_ else None,
        country="KZ",
        published_at=_time(buy, "publishDate"),
        amended_at=_time(row, "lastUpdateDate"),
        period=Period(_time(buy, "repeatStartDate") or _time(buy, "startDate"), end, terms.ZONE),
        lots=(lot,),
        depth=Depth.LISTING,
    )


def _bin(text: str) -> Code | None:
    return Code("KZ-BIN", text) if re.fullmatch(r"\d{12}", text) else None


def _lot(row: Json, plans: list[Json]) -> Lot:
    number, title = _text(row, "lotNumber"), _text(row, "nameRu")
    if not number or not title:
        raise _broken("a lot without number or name", "$.data.Lots[].lotNumber, nameRu")
    code = _text(row, "refLotStatusId")
    known = terms.STATUS_WORDS.get(int(code)) if code.isdecimal() else None
    kazakh = _text(row, "nameKz")
    value, quantity = _money(row, "amount"), terms.stated(_number(row, "count"))
    description = _text(row, "descriptionRu")
    items = tuple(_item(plan, title, description) for plan in plans)
    return Lot(
        id=number,
        title=title,
        number=number,
        status=_text(_object(row, "RefLotsStatus"), "nameRu") or known or code or None,
        value=value,
        items=items or (Item("1", title, description, quantity),),
        documents=tuple(_document(file) for file in _objects(row, "Files")),
        translations=(Text("kk", kazakh),) if kazakh else (),
        related=tuple(dict.fromkeys((*terms.plan_links(number), *_points(plans)))),
    )


def _points(plans: list[Json]) -> tuple[Related, ...]:
    return tuple(Related(Relation.PLAN, str(_count(plan, "id"))) for plan in plans)


def _item(plan: Json, title: str, description: str) -> Item:
    code, unit = _text(plan, "refEnstruCode"), _object(plan, "RefUnits")
    if code and not re.fullmatch(r"\d{6}\.\d{3}\.\d{6}", code):
        raise _broken(f"not an ENS TRU code: {code[:40]!r}", "$..refEnstruCode")
    official = _text(_object(plan, "RefEnstru"), "nameRu")
    unit_name, unit_code = _text(unit, "nameRu"), _text(unit, "code")
    texts = [_text(plan, "descRu"), _text(plan, "extraDescRu")]
    return Item(
        id=str(_count(plan, "id")),
        title=official or title,
        description="\n".join(filter(None, texts)) or description,
        quantity=terms.stated(_number(plan, "count")),
        unit=Unit(unit_name, Code("KZ-MKEI", unit_code) if unit_code else None)
        if unit_name
        else None,
        unit_price=_money(plan, "price"),
        value=_money(plan, "amount"),
        codes=(Code("KZ-ENSTRU", code, official or None),) if code else (),
        places=tuple(_place(place) for place in _objects(plan, "PlansKato")),
    )


def _place(place: Json) -> Place:
    code = _text(place, "refKatoCode")
    kato = Code("KZ-KATO", code) if re.fullmatch(r"\d{9}", code) else None
    return Place("KZ", _text(place, "fullDeliveryPlaceNameRu"), kato, _number(place, "count"))


def _document(file: Json) -> Document:
    title = _text(file, "nameRu")
    spec = "спецификац" in title.casefold() or "techspec" in title.casefold()
    return Document(title, _text(file, "filePath"), "technicalSpecifications" if spec else None)


PORTAL = Portal(
    name=NAME,
    title="Государственные закупки РК (API, нужен ключ)",
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
