"""A row of TED's search result to a Notice at listing depth."""

import html
from datetime import datetime
from typing import Literal

from scrapers.eforms.fields import ZONE, country, decimal, instant, language
from scrapers.errors import LayoutChanged
from scrapers.ocds.values import Json, mapping, number, text
from scrapers.records import (
    Buyer,
    Code,
    Depth,
    Lot,
    Money,
    Notice,
    Period,
    Phase,
    Place,
    Text,
    Vat,
)

FIELDS = (
    "publication-number",
    "publication-date",
    "notice-type",
    "notice-title",
    "buyer-name",
    "buyer-country",
    "buyer-city",
    "contract-nature",
    "procedure-type",
    "classification-cpv",
    "place-of-performance-country-lot",
    "estimated-value-proc",
    "estimated-value-cur-proc",
    "identifier-lot",
    "title-lot",
    "description-lot",
    "estimated-value-lot",
    "estimated-value-cur-lot",
    "deadline-receipt-tender-date-lot",
    "deadline-receipt-tender-time-lot",
)
"""What the search is asked for; `links` comes unasked."""

_CATEGORIES: dict[str, Literal["goods", "works", "services"]] = {
    "supplies": "goods",
    "works": "works",
    "services": "services",
}


def notice_of_row(row: Json, *, portal: str, url: str) -> Notice:
    """Read a row. Raises `LayoutChanged` when it has no title."""
    ident = text(row.get("publication-number"))
    titles = _by_language(row.get("notice-title"))
    if not titles:
        raise LayoutChanged(
            "a row without a title", selector="notice-title", portal=portal, url=url
        )
    buyer, spoken = _buyer(row)
    main = next((code for code in spoken if code != "eng" and code in titles), "eng")
    main = main if main in titles else next(iter(titles))
    english = titles.get("eng", [])
    lots = _lots(row, main, titles[main][0])
    deadlines = [deadline for deadline in _deadlines(row) if deadline]
    return Notice(
        portal=portal,
        id=ident,
        url=f"https://ted.europa.eu/en/notice/-/detail/{ident}",
        title=titles[main][0],
        phase=_phase(text(row.get("notice-type"))),
        number=ident,
        language=language(main),
        status=text(row.get("notice-type")) or None,
        method=text(row.get("procedure-type")) or None,
        category=_category(row),
        buyer=buyer,
        country=buyer.country if buyer else _first_country(row),
        value=_money(row.get("estimated-value-proc"), row.get("estimated-value-cur-proc")),
        published_at=_day(text(row.get("publication-date"))),
        period=Period(None, max(deadlines), ZONE) if deadlines else None,
        lots=lots,
        lots_stated=len(lots) or None,
        codes=tuple(Code("CPV", code) for code in dict.fromkeys(_texts(row, "classification-cpv"))),
        translations=(Text("en", english[0]),) if english and main != "eng" else (),
        depth=Depth.LISTING,
    )


def _texts(row: Json, key: str) -> list[str]:
    """A field that is a list, a single value, or absent."""
    value = row.get(key)
    parts = value if isinstance(value, list) else [value]
    return [found for part in parts if (found := text(part))]


def _by_language(value: object) -> dict[str, list[str]]:
    """Texts by ISO 639-2/T language. TED answers HTML entities inside its JSON."""
    found: dict[str, list[str]] = {}
    for code, words in mapping(value).items():
        parts = words if isinstance(words, list) else [words]
        clean = [one for part in parts if (one := text(html.unescape(text(part))))]
        if clean:
            found[code] = clean
    return found


def _buyer(row: Json) -> tuple[Buyer | None, list[str]]:
    """The first buyer, and the languages its name is written in."""
    names = _by_language(row.get("buyer-name"))
    if not names:
        return None, []
    main = next((code for code in names if code != "eng"), "eng")
    cities = next(iter(_by_language(row.get("buyer-city")).values()), [])
    city = cities[0] if cities else None
    return Buyer(names[main][0], country=_first_country(row), address=city), list(names)


def _first_country(row: Json) -> str | None:
    return next(map(country, _texts(row, "buyer-country")), None)


def _phase(kind: str) -> Phase:
    """By the type of notice; without one it is taken to be open, as the deadline will tell."""
    if kind.startswith(("can-", "veat")):
        return Phase.AWARDED
    if kind.startswith("pin-") and not kind.startswith("pin-cfc"):
        return Phase.PLAN
    return Phase.OPEN


def _category(row: Json) -> Literal["goods", "works", "services"] | None:
    natures = set(_texts(row, "contract-nature"))
    return _CATEGORIES.get(natures.pop()) if len(natures) == 1 else None


def _money(amount: object, currency: object) -> Money | None:
    """A sum; TED writes it as text. A list is read when it has one value."""
    if isinstance(amount, list) and len(amount) == 1:
        amount = amount[0]
    if isinstance(currency, list) and len(currency) == 1:
        currency = currency[0]
    found = decimal(amount) if isinstance(amount, str) else number(amount)
    code = text(currency)
    if found is None or len(code) != 3 or not code.isalpha():
        return None
    return Money.of(found, code.upper(), Vat.EXCLUDED)


def _day(written: str) -> datetime | None:
    return instant(written, "") if written else None


def _deadlines(row: Json) -> list[datetime | None]:
    """Dates and times are lists of their own; one time for several dates holds for all."""
    days = _texts(row, "deadline-receipt-tender-date-lot")
    hours = _texts(row, "deadline-receipt-tender-time-lot")
    if len(hours) == 1:
        hours *= len(days)
    if len(hours) != len(days):
        hours = [""] * len(days)
    return [instant(day, hour, end=True) for day, hour in zip(days, hours, strict=True)]


def _lots(row: Json, main: str, title: str) -> tuple[Lot, ...]:
    """One lot for each value or identifier; what does not come once for each lot is left out.
    A lot without a title of its own is shown under the notice's."""
    idents = _texts(row, "identifier-lot")
    sums = row.get("estimated-value-lot")
    sums = sums if isinstance(sums, list) else []
    count = len(idents) or len(sums)
    currencies = _texts(row, "estimated-value-cur-lot")
    currencies = currencies * count if len(currencies) == 1 else currencies
    titles = _in_language(row, "title-lot", main, count)
    described = _in_language(row, "description-lot", main, count)
    deadlines = _deadlines(row)
    same_deadline = deadlines if len(deadlines) == count else []
    nations = list(
        dict.fromkeys(filter(None, map(country, _texts(row, "place-of-performance-country-lot"))))
    )
    places = (Place(nations[0], ""),) if len(nations) == 1 else ()
    paired = len(sums) == count == len(currencies)
    return tuple(
        Lot(
            id=idents[at] if idents else str(at + 1),
            title=titles[at] if titles else title,
            number=idents[at] if idents else None,
            description=described[at] if described else "",
            value=_money(sums[at], currencies[at]) if paired else None,
            places=places,
            period=Period(None, end, ZONE)
            if same_deadline and (end := same_deadline[at])
            else None,
        )
        for at in range(count)
    )


def _in_language(row: Json, key: str, main: str, count: int) -> list[str]:
    texts = _by_language(row.get(key))
    found = texts.get(main) or next(iter(texts.values()), [])
    return found if len(found) == count else []
