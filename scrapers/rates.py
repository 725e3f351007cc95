"""Official rates of the tenge, as the National Bank of Kazakhstan publishes them. Pure.

Domain
    `https://nationalbank.kz/rss/get_rates.cfm?fdate=22.11.2026`: XML `rates`, its day in `date`,
    one `item` a currency: `title` (ISO code), `quant` units cost `description` tenge. The feed
    `rss/rates_all.xml` has the same items under `channel`, each with its day in `pubDate`.

Caveats
    Written from what public clients of both addresses read; no real answer was at hand:
    unverified. What a day without a new rate (a holiday) is answered with was not seen, so the day
    is always the one the answer names.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from lxml.etree import _Element

from scrapers.eforms.document import parse
from scrapers.errors import LayoutChanged
from scrapers.portal import Answer, Listing, Portal, Query, Request

NAME = "kz_rates"
SOURCE = "https://nationalbank.kz/rss/get_rates.cfm"
_CODE = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?")
_MOST = 500


@dataclass(frozen=True, slots=True)
class Rate:
    """`quantity` units of a currency cost `tenge` on a day."""

    currency: str
    day: date
    quantity: int
    tenge: Decimal


def request_for(day: date) -> Request:
    """Give the request for the rates of a day."""
    return Request(f"{SOURCE}?fdate={day:%d.%m.%Y}", kind="rates", expect="xml")


def read_rates(answer: Answer) -> tuple[Rate, ...]:
    """Read the rates of an answer, either shape. Raises LayoutChanged unless every item is a
    currency with a day, a whole quantity and a positive rate."""
    root = parse(answer.body, answer.content_type, portal=NAME, url=answer.url)
    items = root.findall(".//item")
    if root.tag not in {"rates", "rss"} or not items or len(items) > _MOST:
        raise _changed(answer, f"{len(items)} items in <{root.tag}>", "rates/item")
    common = _text(root, "date")
    rates = [_rate(answer, item, _text(item, "pubDate") or common) for item in items]
    if len({(rate.currency, rate.day) for rate in rates}) != len(rates):
        raise _changed(answer, "a currency stands there twice", "item/title")
    return tuple(rates)


def _rate(answer: Answer, item: _Element, day: str) -> Rate:
    currency, tenge = _text(item, "title"), _text(item, "description")
    quantity = _text(item, "quant")
    if not (_CODE.fullmatch(currency) and _NUMBER.fullmatch(tenge)):
        raise _changed(answer, f"no currency and rate: {currency!r} {tenge!r}", "item")
    if not quantity.isascii() or not quantity.isdecimal() or not 0 < int(quantity) <= 100_000:
        raise _changed(answer, f"{quantity!r} units of {currency}", "item/quant")
    value = Decimal(tenge.replace(",", "."))
    if value <= 0:
        raise _changed(answer, f"{currency} costs {value}", "item/description")
    try:
        on = datetime.strptime(day, "%d.%m.%Y").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise _changed(answer, f"{day!r} is no day", "date") from error
    return Rate(currency, on, int(quantity), value)


def _text(element: _Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _changed(answer: Answer, what: str, selector: str) -> LayoutChanged:
    return LayoutChanged(what[:200], selector=selector, portal=NAME, url=answer.url)


def _no_listing(_query: Query) -> tuple[Request, ...]:
    return ()


def _no_page(_answer: Answer, _query: Query) -> Listing:
    return Listing(())


# Not in the registry of portals: it has no notices, but is asked with the same manners.
PUBLISHER = Portal(
    name=NAME,
    title="Национальный Банк Казахстана: курсы валют",
    country="KZ",
    home="https://nationalbank.kz/",
    hosts=frozenset({"nationalbank.kz", "www.nationalbank.kz"}),
    zone="Asia/Almaty",
    first=_no_listing,
    listing=_no_page,
)
