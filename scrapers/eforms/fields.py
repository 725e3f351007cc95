"""Single values out of eForms elements: texts in languages, money, dates, codes, places."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel.core import get_global
from lxml.etree import _Element

from scrapers.ocds.values import number
from scrapers.ocds.values import text as clean
from scrapers.records import Code, Money, Place, Text, Vat

ZONE = "Europe/Brussels"
"""The zone of TED itself, for what is written without an offset."""

NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
    "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
}

EXTENSION = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"


Element = _Element


def all_of(element: Element, path: str) -> Iterator[Element]:
    return element.iterfind(path, NAMES)


def one(element: Element, path: str) -> Element | None:
    return element.find(path, NAMES)


def value(element: Element, path: str) -> str:
    """The text at a path, "" where there is none."""
    return clean(element.findtext(path, "", NAMES))


def language(code: str) -> str | None:
    """ISO 639-1 of an ISO 639-2/T or -3 code as eForms write it (`NOR` is `no`)."""
    found = get_global("language_aliases").get(code.lower(), code.lower())
    return found if len(found) == 2 else None


def country(code: str) -> str | None:
    """ISO 3166-1 alpha-2 of the alpha-3 code eForms write."""
    found = get_global("territory_aliases").get(code.upper()) or [code.upper()]
    return found[0] if len(found[0]) == 2 else None


def texts(element: Element, path: str, main: str) -> tuple[str, tuple[Text, ...]]:
    """A text in the notice's main language (ISO 639-2/T), and the same in its other ones."""
    found: dict[str, str] = {}
    for part in all_of(element, path):
        words = clean(part.text)
        if words:
            found.setdefault(part.get("languageID") or main, words)
    if not found:
        return "", ()
    first = main if main in found else next(iter(found))
    others = tuple(
        Text(short, words)
        for code, words in found.items()
        if code != first and (short := language(code))
    )
    return found[first], others


def amount(element: Element | None) -> Money | None:
    """A sum. Estimated values in the EU are net of VAT by law: Directive 2014/24/EU, Article 5(1);
    2014/25/EU, Article 16(1)."""
    if element is None:
        return None
    sum_ = decimal(clean(element.text))
    currency = (element.get("currencyID") or "").upper()
    if sum_ is None or len(currency) != 3 or not currency.isalpha():
        return None
    return Money.of(sum_, currency, Vat.EXCLUDED)


def decimal(written: str) -> Decimal | None:
    """A plain XML decimal (`1362509.46`) that is finite, not negative and below 10**15."""
    try:
        return number(Decimal(written)) if len(written) < 40 else None
    except InvalidOperation:
        return None


def instant(day: str, hour: str, *, end: bool = False) -> datetime | None:
    """A date (`2024-06-19+02:00`) and time (`10:00:00+02:00`) to UTC.

    The time's own offset holds, then the date's, then Brussels. A day alone is its first moment,
    or its last second when it ends something.
    """
    try:
        written = datetime.fromisoformat(f"{day[:10]}T00:00:00{day[10:]}")
        clock = time.fromisoformat(hour) if hour else (time(23, 59, 59) if end else time())
        zone = clock.tzinfo or written.tzinfo or ZoneInfo(ZONE)
        return datetime.combine(written.date(), clock.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment_at(element: Element | None, kind: str, *, end: bool = False) -> datetime | None:
    """`cbc:{kind}Date` and `cbc:{kind}Time` under an element."""
    if element is None:
        return None
    return instant(value(element, f"cbc:{kind}Date"), value(element, f"cbc:{kind}Time"), end=end)


def cpv_codes(project: Element) -> tuple[Code, ...]:
    """The main classification first, then the additional ones, each once."""
    found: dict[Code, None] = {}
    for kind in ("Main", "Additional"):
        path = f"cac:{kind}CommodityClassification/cbc:ItemClassificationCode"
        for element in all_of(project, path):
            code = clean(element.text)
            if code:
                found[Code((element.get("listName") or "cpv").upper(), code)] = None
    return tuple(found)


_ANYWHERE = {
    "anyw": "anywhere",
    "anyw-cou": "anywhere in the country",
    "anyw-eea": "anywhere in the European Economic Area",
}
"""Codes of BT-727, where a place is no place: the code list `other-place-service` of eForms."""


def places(project: Element) -> tuple[Place, ...]:
    """Where the contract is performed; NUTS where given."""
    found: dict[Place, None] = {}
    for location in all_of(project, "cac:RealizedLocation"):
        region = value(location, "cac:Address/cbc:CountrySubentityCode")
        nation = country(value(location, "cac:Address/cac:Country/cbc:IdentificationCode"))
        words = [
            value(location, f"cac:Address/{path}")
            for path in ("cbc:StreetName", "cbc:PostalZone", "cbc:CityName")
        ]
        region_words = value(location, "cac:Address/cbc:Region")
        words.append(_ANYWHERE.get(region_words, region_words))
        words.append(value(location, "cbc:Description"))
        line = ", ".join(word for word in words if word)
        if region or nation or line:
            found[Place(nation, line, Code("NUTS", region) if region else None)] = None
    return tuple(found)
