"""Numbers and sums as portals print them, in Decimal.

White space (NBSP and narrow too) only groups thousands, a dot or comma is the decimal mark:
«6 300 000.00», «2 000 000,00 KZT», «1.000» (one, three decimals, on the Yii portals).
"""

import re
from decimal import Decimal

from scrapers.records import Money, Vat

# At most 15 digits: a sum in minor units must fit into 64 bits.
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:\s[0-9]{3}){1,4}|[0-9]{1,15})(?:[.,][0-9]{1,9})?")
_CURRENCIES = {"": "", "KZT": "KZT", "тг": "KZT", "тг.": "KZT", "тенге": "KZT", "₸": "KZT"}
_NOT_STATED = frozenset({"", "-", "—", "не указана", "не указано", "не указан"})


def number(text: str) -> Decimal | None:
    """Read one number that is the whole text. None when it is not stated.

    Raises ValueError for anything else, wrongly grouped digits too («6 30 000»): a digit lost on
    the way must not become another amount.
    """
    text = text.strip()
    if text.lower() in _NOT_STATED:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"not a number: {text[:60]!r}")
    return Decimal(re.sub(r"\s", "", text).replace(",", "."))


def whole(text: str) -> int:
    """Read a count. Raises ValueError."""
    value = number(text)
    if value is None or value != value.to_integral_value():
        raise ValueError(f"not a count: {text[:60]!r}")
    return int(value)


def money(text: str, vat: Vat, currency: str = "KZT") -> Money | None:
    """Read a sum with or without its currency behind it, e.g. «16 900,00 KZT», «7964231.03 тг.».

    None when it is not stated. `currency` is that of the page where the sum names none.
    Raises ValueError for an unknown currency or an unreadable number.
    """
    text = text.strip()
    if text.lower() in _NOT_STATED:
        return None
    match = re.fullmatch(r"([\d\s.,]*\d)\s*(\D{0,12})", text)
    if match is None or match[2].strip() not in _CURRENCIES:
        raise ValueError(f"not a sum: {text[:60]!r}")
    amount = number(match[1])
    if amount is None:
        raise ValueError(f"not a sum: {text[:60]!r}")
    return Money.of(amount, _CURRENCIES[match[2].strip()] or currency, vat)
