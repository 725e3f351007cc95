"""Domain
    xt-xarid.uz: electronic purchases of Uzbekistan (Khayot exchange), by JSON-RPC 2.0. A register
    (tenders; selections of the best offer) is read in pages; a row says all that is read.

Caveats
    - UNVERIFIED in part: of the three saved rows the first is real, the others are partly invented
      by their finder; the request was not saved and is that of working clients.
    - `name` is the kind of procedure («Тендер»): the title is made of the names of the goods.
    - `meta.good_maps` has a line for each source of money, so one good may stand there many times,
      alike in all; lines have no ids of their own and are numbered within their lot.
    - `total_sum_lot` and `item_count` are 0 in lots that have sums and goods: 0 is "not stated".
    - `lang` is the language of the procedure, not of its texts.
    - A deadline may be a day without an hour, which is then taken to its end, or null: unknown.
    - Errors come as `error` inside an answer of status 200; they raise RpcRefused.
    - Pages go by offset, newest first; beyond some 3,000 rows the API is reported to give nothing.

Terms
    robots.txt and terms of use: not seen; anonymous calls are reported to answer. Disabled.

API documentation
    None published. Settings under [portals.uz_xt_xarid.query]: `registers` (list of
    "ref_tender_public", "ref_selection_public"), `status` (list; empty: all).
"""

import json
import re

from scrapers.errors import FetchError, ImplausibleListing, LayoutChanged
from scrapers.json_body import read_json
from scrapers.ocds.values import Json, mapping
from scrapers.parsing.objects import Fields, objects
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals.uz_terms import ZONE, codes_of, language_of, tax_number
from scrapers.records import Buyer, Code, Item, Lot, Notice, Period, Phase, Unit, Vat

NAME = "uz_xt_xarid"
HOME = "https://xt-xarid.uz"
_API = "https://api.xt-xarid.uz/rpc"
_ROWS = 50
_CAP = 3000
_MAX_TITLE = 300
_REGISTERS = ("ref_tender_public", "ref_selection_public")
# docs_objections was seen: bids follow it. The others are known from working clients; a word never
# met is open until the deadline says otherwise.
_CLOSED = frozenset(
    {"open_bids", "check_docs", "check_proposals", "commercial_checking", "closed", "finished"}
)


class RpcRefused(FetchError):
    """The API answered 200 and an error in words."""

    advice = "See the words of the API; a register it no longer knows is a change of its names."


def first(query: Query) -> tuple[Request, ...]:
    """One listing per register."""
    registers = query.settings.get("registers", list(_REGISTERS))
    status = query.settings.get("status", ["docs_objections", "open"])
    filters = {"status": status} if isinstance(status, list) and status else {}
    return tuple(
        _page({"ref": one, "op": "read", "limit": _ROWS, "offset": 0, "filters": filters})
        for one in (registers if isinstance(registers, list) else [str(registers)])
    )


def _page(params: Json) -> Request:
    body = {"id": 1, "jsonrpc": "2.0", "method": "ref", "params": params}
    return Request(_API, method="POST", json=json.dumps(body, sort_keys=True), expect="json")


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of procedures; a full one has a next.

    Raises `RpcRefused` for an error of the API, `ImplausibleListing` where it shows no more rows.
    """
    body = mapping(read_json(answer.body, answer.content_type, portal=NAME, url=answer.url))
    if body.get("error") is not None:
        said = json.dumps(body["error"], ensure_ascii=False, default=str)[:300]
        raise RpcRefused(said, portal=NAME, url=answer.url)
    rows = objects(body.get("result"), "$.result", NAME, answer.url)
    params = dict(mapping(mapping(json.loads(answer.request.json or "{}")).get("params")))
    offset, limit = params.get("offset", 0), params.get("limit", _ROWS)
    if not isinstance(offset, int) or not isinstance(limit, int):
        raise LayoutChanged("no page was asked for", selector="params", portal=NAME, url=answer.url)
    if offset >= _CAP and not rows:
        said = f"no rows beyond {_CAP}: narrow `status`"
        raise ImplausibleListing(said, portal=NAME, url=answer.url)
    notices = {notice.id: notice for notice in (_notice(row, answer) for row in rows)}
    following = _page({**params, "offset": offset + limit}) if len(rows) >= limit else None
    return Listing(tuple(notices.values()), following)


def _notice(row: Fields, answer: Answer) -> Notice:
    ident, meta = row.ident("id"), row.part("meta")
    currency = row.text("currency")
    if not re.fullmatch("[A-Z]{3}", currency):
        raise row.changed(f"{currency[:20]!r} where a currency was due", "currency")
    goods = meta.parts("good_maps")
    title = _names(goods) or row.text("name")
    if not title:
        raise row.changed("a procedure without goods or a name", "meta.good_maps")
    period = Period(None, row.moment("close_at", ZONE, end=True), ZONE)
    status = row.text("status")
    stated = row.number("lot_count")
    return Notice(
        portal=NAME,
        id=ident,
        url=f"{HOME}/procedure/{ident}/core",
        title=title,
        phase=_phase(status, period, answer),
        number=ident,
        language=language_of(title),
        status=status or None,
        method=row.text("name") or None,
        buyer=_buyer(row, meta),
        country="UZ",
        value=row.money("totalcost", currency, Vat.UNKNOWN),
        published_at=row.moment("publicated_at", ZONE),
        period=period if period.end else None,
        lots=_lots(meta, goods, title, currency),
        lots_stated=int(stated) if stated and stated == int(stated) else None,
    )


def _names(goods: list[Fields]) -> str:
    """The names of the goods, each once, as far as a title goes."""
    names = "; ".join(dict.fromkeys(filter(None, (good.text("name") for good in goods))))
    return names if len(names) <= _MAX_TITLE else names[: _MAX_TITLE - 1].rstrip() + "…"


def _phase(status: str, period: Period, answer: Answer) -> Phase:
    if status.startswith("cancel"):
        return Phase.CANCELLED
    over = period.end is not None and period.end <= answer.received_at
    return Phase.CLOSED if over or status in _CLOSED else Phase.OPEN


def _buyer(row: Fields, meta: Fields) -> Buyer | None:
    """The company, with the area from the country down to the district."""
    name = meta.text("company_name") or row.text("company_name")
    area = sorted((part.text("path"), part.text("name")) for part in meta.parts("area_path"))
    where = ", ".join(word for _, word in area if word)
    number = tax_number(meta.text("company_inn"))
    return Buyer(name, number, "UZ", where or None) if name else None


def _lots(meta: Fields, goods: list[Fields], title: str, currency: str) -> tuple[Lot, ...]:
    """The lots and, by the number of the lot, their goods."""
    known = {part.ident("lot_id"): part for part in meta.parts("lots")}
    lines: dict[str, list[Fields]] = {ident: [] for ident in known}
    for good in goods:
        lines.setdefault(good.ident("lot_id"), []).append(good)
    lots: list[Lot] = []
    for ident, own in lines.items():
        sum_ = (
            known[ident].money("total_sum_lot", currency, Vat.UNKNOWN) if ident in known else None
        )
        lots.append(
            Lot(
                id=ident,
                title=_names(own) or title,
                number=ident,
                value=sum_ if sum_ and sum_.minor else None,
                items=tuple(_item(good, at, currency) for at, good in enumerate(own, 1)),
            )
        )
    return tuple(lots)


def _item(good: Fields, at: int, currency: str) -> Item:
    name, unit = good.text("name"), good.text("unit")
    if not name:
        raise good.changed("a good without a name", "name")
    return Item(
        id=str(at),
        title=name,
        quantity=good.number("amount") or None,  # 0 is "not stated"
        unit=Unit(unit) if unit else None,
        unit_price=good.money("price", currency, Vat.UNKNOWN),
        value=good.money("totalcost_item", currency, Vat.UNKNOWN),
        codes=_codes(good, name),
    )


def _codes(good: Fields, name: str) -> tuple[Code, ...]:
    written = good.text("id")
    try:
        return codes_of(written, name) if written else ()
    except ValueError as error:
        raise good.changed(str(error), "id") from error


PORTAL = Portal(
    name=NAME,
    title="xt-xarid.uz",
    country="UZ",
    home=HOME,
    hosts=frozenset({"api.xt-xarid.uz"}),
    zone=ZONE,
    first=first,
    listing=listing,
)
