"""Fields of JSON objects, read strictly: absent or null is unknown, a wrong type is a new layout.

For portals that answer JSON of a fixed shape. What anybody may publish (OCDS) is read leniently
by `scrapers.ocds.values`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from scrapers.errors import LayoutChanged
from scrapers.ocds import values
from scrapers.records import Money, Vat


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of an answer. Every method raises `LayoutChanged` naming the field's path."""

    row: values.Json
    where: str
    portal: str
    url: str

    def changed(self, detail: str, name: str) -> LayoutChanged:
        """The error for the field `name`."""
        selector = f"{self.where}.{name}"
        return LayoutChanged(detail, selector=selector, portal=self.portal, url=self.url)

    def text(self, name: str) -> str:
        """A text on one line, "" where unknown."""
        value = self.row.get(name)
        if value is not None and not isinstance(value, str):
            raise self.changed(f"{type(value).__name__} where a text was due", name)
        return " ".join(values.text(value).split())

    def ident(self, name: str) -> str:
        """A number that names something: mandatory, at most 15 digits."""
        found = values.identifier(self.row.get(name))
        if not found.isascii() or not found.isdigit() or len(found) > 15:
            raise self.changed(f"{found[:40]!r} where an id was due", name)
        return found

    def number(self, name: str) -> Decimal | None:
        """A number that is not negative."""
        value = self.row.get(name)
        found = values.number(value)
        if value is not None and found is None:
            raise self.changed(f"{str(value)[:40]!r} where a number was due", name)
        return found

    def money(self, name: str, currency: str, vat: Vat) -> Money | None:
        """A sum in major units."""
        amount = self.number(name)
        return None if amount is None else Money.of(amount, currency, vat)

    def moment(self, name: str, zone: str, *, end: bool = False) -> datetime | None:
        """An ISO 8601 time in UTC; without an offset it is local to `zone`."""
        written = self.text(name)
        found = values.moment(written, zone, end=end)
        if written and found is None:
            raise self.changed(f"{written[:40]!r} where a time was due", name)
        return found

    def part(self, name: str) -> "Fields":
        """An object inside; one without fields where unknown."""
        value = self.row.get(name)
        if value is not None and not isinstance(value, dict):
            raise self.changed(f"{type(value).__name__} where an object was due", name)
        return Fields(value or {}, f"{self.where}.{name}", self.portal, self.url)

    def parts(self, name: str) -> list["Fields"]:
        """A list of objects inside, [] where unknown."""
        value = self.row.get(name)
        return (
            [] if value is None else objects(value, f"{self.where}.{name}", self.portal, self.url)
        )

    def embedded(self, name: str) -> list["Fields"]:
        """A list of objects written as JSON into a text, [] where unknown."""
        written = self.row.get(name)
        if written is None or written == "":
            return []
        if not isinstance(written, str):
            raise self.changed(f"{type(written).__name__} where JSON in a text was due", name)
        try:
            value = json.loads(written, parse_float=Decimal, parse_constant=lambda _: None)
        except (ValueError, RecursionError) as error:
            raise self.changed("a text that is no JSON", name) from error
        return objects(value, f"{self.where}.{name}", self.portal, self.url)


def objects(value: object, where: str, portal: str, url: str) -> list[Fields]:
    """A list of objects. Raises `LayoutChanged` for anything else."""
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise LayoutChanged("no list of objects", selector=where, portal=portal, url=url)
    return [Fields(part, f"{where}[{at}]", portal, url) for at, part in enumerate(value)]
