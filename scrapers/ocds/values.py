"""Single values out of JSON that may be of any type. What is not right is None, never a guess."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from scrapers.records import Money, Vat

Json = Mapping[str, object]

MAX_TEXT = 100_000
"""Characters kept of one text: a longer one is an attachment, not a description."""

_TOO_MUCH = Decimal(10) ** 15  # beyond any purchase; also keeps 1E+999999 from filling the memory


def mapping(value: object) -> Json:
    """The object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Json]:
    """The objects of a list; anything else in it is passed over."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A string without surrounding space, "" for anything else. Control characters are dropped."""
    if not isinstance(value, str):
        return ""
    value = value[:MAX_TEXT].strip()
    return value if value.isprintable() else "".join(filter(_keeps, value))


def _keeps(letter: str) -> bool:
    # Surrogates (from "\ud800" in JSON) can be neither stored nor hashed.
    return letter in "\n\t" or (letter >= " " and not "\ud800" <= letter <= "\udfff")


def identifier(value: object) -> str:
    """An id, which OCDS allows to be a string or an integer."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


def number(value: object) -> Decimal | None:
    """A finite number that is not negative and below 10**15."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except (InvalidOperation, ValueError):  # an int of more digits than str() will write
        return None
    return found if found.is_finite() and 0 <= found < _TOO_MUCH else None


def money(value: object) -> Money | None:
    """An OCDS Value. `valueAddedTaxIncluded` is the Ukrainian and Georgian extension."""
    fields = mapping(value)
    amount, currency = number(fields.get("amount")), text(fields.get("currency")).upper()
    if amount is None or len(currency) != 3 or not currency.isalpha():
        return None
    taxed = fields.get("valueAddedTaxIncluded")
    vat = Vat.UNKNOWN
    if isinstance(taxed, bool):
        vat = Vat.INCLUDED if taxed else Vat.EXCLUDED
    return Money.of(amount, currency, vat)


def moment(value: object, zone: str, *, end: bool = False) -> datetime | None:
    """An ISO 8601 date and time, in UTC. Without an offset it is taken to be in `zone`.

    A day alone is its first moment, or its last second when it ends something.
    """
    written = text(value)
    if not written or len(written) > 40:
        return None
    try:
        found = datetime.fromisoformat(written)
        if len(written) <= 10:
            found = datetime.combine(found.date(), time(23, 59, 59) if end else time())
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(zone))
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def web_address(value: object) -> str:
    """An http(s) address, "" for anything else."""
    address = text(value)
    return address if address.startswith(("http://", "https://")) and len(address) < 4000 else ""
