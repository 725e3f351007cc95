"""Values of single catalogue cells: text, numbers, dates, standing, certificates.

Each parser takes stripped text that is not empty, and raises `CellFault` with what would be right.
"""

import re
from datetime import date
from decimal import Decimal

from catalog.faults import CellFault, offer, said, show
from catalog.records import Certificate, Standing

SPACES = r"[ \xa0\u2009\u202f]"
NUMBER = re.compile(
    rf"[+-]?(?:\d{{1,3}}(?:{SPACES}\d{{3}}){{1,4}}|\d{{1,15}})(?:[.,]\d{{1,9}})?", re.ASCII
)
GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+", re.ASCII)
"""`60,000` is sixty thousand to one reader and sixty to another."""
DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)\.(\d\d?)\.(\d{4})", re.ASCII)
CERTIFICATE = re.compile(r"(.+?)\s*\((?:до|until)?\s*([\d.\-]{8,10})\)", re.DOTALL)
BREAKS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
LONGEST_LEAD_TIME = 3650
TWO_WAYS = "%(text)s can be read in two ways"
STANDINGS = {
    **dict.fromkeys(("yes", "true", "1", "да", "иә", "confirmed"), Standing.CONFIRMED),
    **dict.fromkeys(("no", "false", "0", "нет", "жоқ", "reported"), Standing.REPORTED),
    **dict.fromkeys(("typical", "типовые", "типовой", "типовая"), Standing.TYPICAL),
}


def clean(text: str) -> str:
    """Strip a cell, unify its line breaks and drop control characters, which no format keeps."""
    text = text.strip()
    if text.isprintable():
        return text
    return CONTROLS.sub("", BREAKS.sub("\n", text)).strip()


def parse_decimal(text: str) -> Decimal:
    """Read a number; `4,5` and `4.5` are one, groups of three may be set apart by spaces."""
    if GROUPED.fullmatch(text) and not text.lstrip("+-").startswith("0,"):
        plain = text.replace(",", "")
        raise CellFault(
            said(TWO_WAYS, text=show(text)), said("write %(plain)s or a point", plain=plain)
        )
    if not NUMBER.fullmatch(text):
        expected = said("write digits only, as 1250 or 4.5")
        raise CellFault(said("%(text)s is no number", text=show(text)), expected)
    return Decimal(re.sub(SPACES, "", text).replace(",", "."))


def format_decimal(number: Decimal) -> str:
    """Write a number as `parse_decimal` reads it, never with an exponent."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_amount(text: str) -> Decimal:
    """Read a capacity: a number that is not negative."""
    number = parse_decimal(text)
    if number < 0:
        raise CellFault(said("%(text)s is negative", text=show(text)), said("write 0 or more"))
    return number


def parse_percent(text: str) -> Decimal:
    """Read a share in percent, 0 to 100; the sign may stand or be left out."""
    number = parse_decimal(text.removesuffix("%").rstrip())
    if not 0 <= number <= 100:
        expected = said("write percent from 0 to 100")
        raise CellFault(said("%(text)s is outside 0..100", text=show(text)), expected)
    return number


def parse_days(text: str) -> int:
    """Read a lead time in whole days."""
    number = parse_decimal(text)
    if number != int(number) or not 0 <= number <= LONGEST_LEAD_TIME:
        expected = said("write whole days from 0 to %(most)s", most=LONGEST_LEAD_TIME)
        raise CellFault(said("%(text)s is no number of days", text=show(text)), expected)
    return int(number)


def parse_date(text: str) -> date:
    """Read `2026-03-01` or `01.03.2026`; a time after it (XLSX) is left out."""
    match = DATE.fullmatch(text.removesuffix(" 00:00:00"))
    if match:
        year, month, day, day_2, month_2, year_2 = match.groups()
        try:
            return date(int(year or year_2), int(month or month_2), int(day or day_2))
        except ValueError:
            pass  # the 31st of a short month: the same fault as below
    expected = said("write it as 2026-03-01")
    raise CellFault(said("%(text)s is no date", text=show(text)), expected)


def parse_standing(text: str) -> Standing:
    """Read the column `confirmed`: yes, no (reported by others) or typical."""
    standing = STANDINGS.get(text.casefold())
    if standing is None:
        expected = offer(text, ("yes", "no", "typical"))
        found = said("%(text)s does not say whether it is confirmed", text=show(text))
        raise CellFault(found, expected)
    return standing


def parse_certificates(text: str) -> tuple[Certificate, ...]:
    """Read certificates separated by `|`, each `name` or `name (2027-05-01)` with its last day."""
    found = []
    for part in filter(None, map(str.strip, text.split("|"))):
        match = CERTIFICATE.fullmatch(part)
        found.append(Certificate(match[1], parse_date(match[2])) if match else Certificate(part))
    return tuple(found)


def format_certificates(certificates: tuple[Certificate, ...]) -> str:
    """Write certificates as `parse_certificates` reads them."""
    return "|".join(
        f"{one.name} ({one.expires.isoformat()})" if one.expires else one.name
        for one in certificates
    )
