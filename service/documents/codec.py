"""A document read, as JSON: on its way out of the child and in the store."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from scrapers.documents import Found, Kind, Page, Read, State
from scrapers.records import Code, Item, Text, Unit


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: its reading, and the items found in it."""

    read: Read
    items: tuple[Found, ...] = ()


def dump_document(document: Document, *, tables: bool = True) -> bytes:
    """Write a document as JSON. Without `tables` only the text of its pages is kept."""
    record = {
        "read": _read_record(document.read, tables=tables),
        "items": [_found_record(found) for found in document.items],
    }
    try:
        return orjson.dumps(record)
    except orjson.JSONEncodeError:  # half a character, as broken RTF has it
        text = json.dumps(record, ensure_ascii=False)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def load_document(data: bytes) -> Document:
    """Read what `dump_document` wrote. Raises ValueError, KeyError or TypeError for anything else:
    a child that was taken over must not reach further than its own answer."""
    record = orjson.loads(data)
    return Document(_read(record["read"]), tuple(_found(one) for one in record["items"]))


def _read_record(read: Read, *, tables: bool) -> dict[str, Any]:
    return {
        "state": read.state.value,
        "kind": read.kind.value,
        "reason": read.reason,
        "count": read.page_count,
        "name": read.name,
        "pages": [
            {
                "number": page.number,
                "label": page.label,
                "text": page.text,
                "tables": page.tables if tables else (),
            }
            for page in read.pages
        ],
        "members": [_read_record(member, tables=tables) for member in read.members],
    }


def _read(record: dict[str, Any]) -> Read:
    return Read(
        state=State(record["state"]),
        kind=Kind(record["kind"]),
        reason=str(record["reason"]),
        pages=tuple(
            Page(
                int(page["number"]),
                str(page["text"]),
                tuple(
                    tuple(tuple(str(cell) for cell in row) for row in table)
                    for table in page["tables"]
                ),
                str(page["label"]),
            )
            for page in record["pages"]
        ),
        page_count=int(record["count"]),
        members=tuple(_read(member) for member in record["members"]),
        name=str(record["name"]),
    )


def _found_record(found: Found) -> dict[str, Any]:
    item = found.item
    return {
        "kind": found.kind,
        "page": found.page,
        "member": found.member,
        "lot": found.lot,
        "id": item.id,
        "title": item.title,
        "description": item.description,
        "quantity": None if item.quantity is None else str(item.quantity),
        "unit": None if item.unit is None else item.unit.name,
        "codes": [[code.scheme, code.id] for code in item.codes],
        "translations": [[text.language, text.value] for text in item.translations],
    }


def _found(record: dict[str, Any]) -> Found:
    quantity, unit = record["quantity"], record["unit"]
    if record["kind"] not in {"bill", "specification"}:
        raise ValueError(f"no kind of item: {record['kind']!r}")
    item = Item(
        id=str(record["id"]),
        title=str(record["title"]),
        description=str(record["description"]),
        quantity=None if quantity is None else Decimal(quantity),
        unit=None if unit is None else Unit(str(unit)),
        codes=tuple(Code(str(scheme), str(id_)) for scheme, id_ in record["codes"]),
        translations=tuple(Text(str(name), str(text)) for name, text in record["translations"]),
    )
    lot = record["lot"]
    return Found(
        item,
        record["kind"],
        int(record["page"]),
        str(record["member"]),
        None if lot is None else str(lot),
    )
