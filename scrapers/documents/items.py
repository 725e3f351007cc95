"""What documents list: lines of bills of quantities and lots of technical specifications."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from scrapers.documents.bill import Header, bill_rows, find_header
from scrapers.documents.codes import codes_in
from scrapers.documents.records import Page, Read
from scrapers.documents.specification import Fields, specifications
from scrapers.records import Item, Text, Unit

MOST_ITEMS = 3_000
"""Of one document; the longest bill seen on a portal has some thousands of lines."""

Kind = Literal["bill", "specification"]


@dataclass(frozen=True, slots=True)
class Found:
    """An item with where it stands: the page, and the member of an archive, "" outside one.

    `lot` is the number of the lot a specification is for, as it writes it.
    """

    item: Item
    kind: Kind
    page: int
    member: str = ""
    lot: str | None = None


def items_of(read: Read) -> tuple[Found, ...]:
    """Give the items of a document and of all inside it, in reading order, specifications first."""
    found: list[Found] = []
    for part in read.walk():
        name = part.name if part is not read else ""
        found += _specified(part, name)
        found += _billed(part, name)
        if len(found) >= MOST_ITEMS:
            break
    return tuple(found[:MOST_ITEMS])


def _specified(read: Read, name: str) -> Iterator[Found]:
    """One item for each lot that is specified; a second language adds its texts."""
    kept: dict[tuple[str, str], Found] = {}
    for fields in specifications(read.pages):
        item = _item(fields)
        if item is None:
            continue
        key = (fields.lot or "", fields.code or item.title)
        earlier = kept.get(key)
        if earlier is None:
            kept[key] = Found(item, "specification", fields.page, name, fields.lot)
        elif earlier.item.title != item.title and earlier.item.quantity == item.quantity:
            kept[key] = replace(earlier, item=_joined(earlier.item, item))
    yield from kept.values()


def _item(fields: Fields) -> Item | None:
    title = fields.title or fields.lot_title
    if not title or (fields.code is None and fields.quantity is None):
        return None
    return Item(
        id=fields.lot or fields.code or "1",
        title=title,
        description=fields.description or "",
        quantity=fields.quantity,
        unit=Unit(fields.unit) if fields.unit else None,
        codes=codes_in(fields.code or ""),
        translations=(),
    )


_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)


def _joined(first: Item, second: Item) -> Item:
    """Put the Russian text first and the Kazakh one beside it, whichever came first."""
    kazakh, other = (first, second) if _KAZAKH.search(first.title) else (second, first)
    if not _KAZAKH.search(kazakh.title):
        return first
    return replace(
        other,
        description=other.description or kazakh.description,
        translations=(Text("kk", kazakh.title),),
    )


def _billed(read: Read, name: str) -> Iterator[Found]:
    """Rows of every bill; one that goes on on the next page keeps the heads of its columns."""
    header: Header | None = None
    for page in read.pages:
        number = 0
        for table, found in _with_headers(page, header):
            header = found
            if found is None:
                continue
            for item in bill_rows(table, found):
                number += 1
                unique = replace(item, id=f"{page.number}.{number}")
                yield Found(unique, "bill", page.number, name)


def _with_headers(
    page: Page, header: Header | None
) -> Iterator[tuple[tuple[tuple[str, ...], ...], Header | None]]:
    """Each table with the header it has or goes on under."""
    for table in page.tables:
        own = find_header(table)
        if own is None and header is not None and len(table[0]) != header.width:
            header = None
        elif own is None and header is not None:
            header = replace(header, row=-1)
        else:
            header = own
        yield table, header
