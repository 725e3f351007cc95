"""Domain
    etender.uzex.uz: state and corporate purchases of Uzbekistan, run by the exchange UZEX.
    A listing of open trades by type (1 best offer, 2 tender) -> a trade, its products and files.

Caveats
    - UNVERIFIED in part: one trade was saved from the portal, shortened by its finder (no product
      code, quantity or price is left in it); the saved listing is partly invented by its finder.
      Product fields (Product_Code, Product_Name, Quantity, Price, Cost, Js_Properties) are read
      from the field lists of working clients.
    - Pages are `From` and `To`, counted from 1. Whether `To` is within is reported both ways, so a
      page begins with the last row of the one before. `total_count` stands in every row.
    - A listing has a title only, in Russian, Uzbek Latin, Uzbek Cyrillic or two of them.
    - `budget_products`, `fields` and `qualification_fields` are JSON written into a text. The unit
      of a product is the property «Единица измерения».
    - Times are local without an offset. A sum does not say whether it includes VAT.
    - One trade is one lot.

Terms
    robots.txt and terms of use: not seen; anonymous calls are reported to answer. Disabled.

API documentation
    None published. Settings under [portals.uz_etender.query]: `types` (list of "1", "2").
"""

import json
import re
from dataclasses import replace

from scrapers.errors import ImplausibleListing
from scrapers.json_body import read_json
from scrapers.ocds.values import Json, mapping
from scrapers.parsing.objects import Fields, objects
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import uz_etender_trade as trade
from scrapers.portals.uz_terms import ZONE, language_of, tax_number
from scrapers.records import Buyer, Depth, Lot, Notice, Period, Phase, Vat

NAME = "uz_etender"
HOME = "https://etender.uzex.uz"
_API = "https://apietender.uzex.uz/api/common"
_ROWS = 50
_RUSSIAN = (("language", "ru"),)
_TYPES = ("1", "2")
# Status numbers as working clients know them; 6 «…муддати тугатилди» was seen.
_PHASES = {"4": Phase.OPEN, "6": Phase.CLOSED, "12": Phase.CANCELLED}


def first(query: Query) -> tuple[Request, ...]:
    """One listing per type of trade."""
    types = query.settings.get("types", list(_TYPES))
    return tuple(
        _page({"TypeId": int(one), "From": 1, "To": _ROWS, "System_Id": 0})
        for one in (types if isinstance(types, list) else [str(types)])
        if one in _TYPES
    )


def _page(body: dict[str, int]) -> Request:
    written = json.dumps(body, sort_keys=True)
    return Request(
        f"{_API}/TradeList", method="POST", json=written, headers=_RUSSIAN, expect="json"
    )


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of trades. Raises `ImplausibleListing` when its rows do not go on."""
    rows = objects(_body(answer), "$", NAME, answer.url)
    # An empty page behind others says nothing about how many there are.
    total = _count(rows[0], "total_count") if rows else 0 if _start(answer) == 1 else None
    notices = {notice.id: notice for notice in (_row(row, answer) for row in rows)}
    return Listing(tuple(notices.values()), _next(answer, rows, total), total)


def _body(answer: Answer) -> object:
    return read_json(answer.body, answer.content_type, portal=NAME, url=answer.url)


def _count(row: Fields, name: str) -> int:
    return int(row.ident(name))


def _next(answer: Answer, rows: list[Fields], total: int | None) -> Request | None:
    """The page that begins with the last row of this one."""
    start, kind = _start(answer), _asked(answer).get("TypeId")
    if not rows or total is None or not isinstance(kind, int):
        return None
    last = max(_count(row, "rn") for row in rows)
    if last >= total:
        return None
    if last <= start:
        said = f"rows up to {last} of {total} where {start} and later were asked for"
        raise ImplausibleListing(said, portal=NAME, url=answer.url)
    return _page({"TypeId": kind, "From": last, "To": last + _ROWS - 1, "System_Id": 0})


def _asked(answer: Answer) -> Json:
    return mapping(json.loads(answer.request.json or "{}"))


def _start(answer: Answer) -> int:
    start = _asked(answer).get("From")
    return start if isinstance(start, int) else 1


def _row(row: Fields, answer: Answer) -> Notice:
    title = row.text("name")
    if not title:
        raise row.changed("a trade without a name", "name")
    seat = [row.text("region_name"), row.text("district_name")]
    name = row.text("seller_name")  # the buyer: the exchange calls who opens a trade its seller
    buyer = Buyer(
        name, tax_number(row.text("seller_tin")), "UZ", ", ".join(filter(None, seat)) or None
    )
    read = _notice(row, answer, title, "cost")
    return replace(read, buyer=buyer if name else None, depth=Depth.LISTING)


def _notice(row: Fields, answer: Answer, title: str, sum_name: str) -> Notice:
    """What a row and a trade's own answer have alike."""
    ident, currency = row.ident("id"), row.text("currency_codeabc")
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        raise row.changed(f"{currency[:20]!r} where a currency was due", "currency_codeabc")
    period = Period(row.moment("start_date", ZONE), row.moment("end_date", ZONE, end=True), ZONE)
    return Notice(
        portal=NAME,
        id=ident,
        url=f"{HOME}/lot/{ident}",
        title=title,
        phase=_phase(row, period, answer),
        number=row.text("display_no") or None,
        language=language_of(title),
        status=row.text("status_name") or None,
        country="UZ",
        value=row.money(sum_name, currency, Vat.UNKNOWN) if currency else None,
        period=period,
    )


def _phase(row: Fields, period: Period, answer: Answer) -> Phase:
    known = Phase.OPEN
    if row.row.get("status_id") is not None:
        known = _PHASES.get(row.ident("status_id"), Phase.OPEN)
    over = period.end is not None and period.end <= answer.received_at
    return Phase.CLOSED if over and known is Phase.OPEN else known


def details(notice: Notice) -> tuple[Request, ...]:
    """The trade's own answer, once, while it is open."""
    shallow = notice.depth is Depth.LISTING and notice.phase is Phase.OPEN
    return (_trade(notice.id),) if shallow else ()


def _trade(ident: str) -> Request:
    address = f"{_API}/GetTrade/{ident}/0"
    return Request(address, kind="trade", ref=ident, headers=_RUSSIAN, expect="json")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Read a trade. The title stays that of the listing; met by number it is the description."""
    row = Fields(mapping(_body(answer)), "$", NAME, answer.url)
    ident = row.ident("id")
    if ident != answer.request.ref or (notice is not None and notice.id != ident):
        raise row.changed(f"trade {ident}, not {answer.request.ref}", "id")
    described = trade.description(row)
    title = notice.title if notice else row.text("name") or described.partition("\n")[0]
    if not title:
        raise row.changed("a trade without a description", "technical_description")
    read = _notice(row, answer, title, "start_cost")
    name = row.text("customer_name")
    buyer = Buyer(name, tax_number(row.text("customer_tin")), "UZ") if name else None
    if notice and notice.buyer:
        buyer = replace(notice.buyer, id=notice.buyer.id or (buyer.id if buyer else None))
    items = trade.items(row, title, read.value.currency if read.value else "")
    return replace(
        read,
        description="" if described == title else described,
        buyer=buyer,
        value=read.value or (notice.value if notice else None),
        lots=(Lot("1", title, value=read.value, items=items),),
        documents=trade.documents(row),
    )


def entry(text: str) -> Request | None:
    """A trade's id, or its address."""
    match = re.fullmatch(r"(?:https?://etender\.uzex\.uz/lot/)?(\d{4,9})/?", text.strip(), re.ASCII)
    return _trade(match[1]) if match else None


PORTAL = Portal(
    name=NAME,
    title="E-tender UZEX (etender.uzex.uz)",
    country="UZ",
    home=HOME,
    hosts=frozenset({"apietender.uzex.uz", "xarid.uzex.uz"}),
    zone=ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
)
