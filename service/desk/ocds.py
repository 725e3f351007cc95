"""Write a notice as an OCDS 1.1 release (standard.open-contracting.org): what is not known is left
out, never guessed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from scrapers.records import Buyer, Code, Document, Item, Lot, Money, Notice, Phase

PREFIX = "suranys"
"""Not registered: an ocid made of it names a process inside this installation only."""
_STATUS = {
    Phase.PLAN: "planned",
    Phase.OPEN: "active",
    Phase.CLOSED: "complete",
    Phase.AWARDED: "complete",
    Phase.CANCELLED: "cancelled",
}
_TAG = {Phase.PLAN: "planning", Phase.CANCELLED: "tenderCancellation"}


def release_of(notice: Notice) -> dict[str, Any]:
    """Write one notice as a release."""
    ocid = f"{PREFIX}-{notice.portal}-{notice.id}"
    buyer = notice.buyer or notice.procuring_entity
    return _known(
        {
            "ocid": ocid,
            "id": f"{ocid}-{notice.number or notice.id}",
            "date": _time(notice.amended_at or notice.published_at),
            "tag": [_TAG.get(notice.phase, "tender")],
            "initiationType": "tender",
            "language": notice.language,
            "parties": [_party(buyer)] if buyer else None,
            "buyer": {"name": buyer.name, **_id(buyer)} if buyer else None,
            "tender": _tender(notice, buyer),
        }
    )


def _tender(notice: Notice, buyer: Buyer | None) -> dict[str, Any]:
    period = notice.period
    return _known(
        {
            "id": notice.number or notice.id,
            "title": notice.title,
            "description": notice.description or None,
            "status": _STATUS[notice.phase],
            "statusDetails": notice.status,
            "procurementMethodDetails": notice.method,
            "mainProcurementCategory": notice.category,
            "procuringEntity": {"name": buyer.name, **_id(buyer)} if buyer else None,
            "value": _value(notice.value),
            "tenderPeriod": _known({"startDate": _time(period.start), "endDate": _time(period.end)})
            if period
            else None,
            "items": [_item(item, lot) for lot in notice.lots for item in lot.items] or None,
            "lots": [_lot(lot) for lot in notice.lots] or None,
            "documents": [
                _document(each, number) for number, each in enumerate(notice.documents, start=1)
            ]
            or None,
        }
    )


def _lot(lot: Lot) -> dict[str, Any]:
    return _known(
        {
            "id": lot.id,
            "title": lot.title,
            "description": lot.description or None,
            "status": None,
            "value": _value(lot.value),
        }
    )


def _item(item: Item, lot: Lot) -> dict[str, Any]:
    codes = [_known({"scheme": each.scheme, "id": each.id}) for each in item.codes]
    return _known(
        {
            "id": f"{lot.id}-{item.id}",
            "description": item.title,
            "relatedLot": lot.id,
            "classification": codes[0] if codes else None,
            "additionalClassifications": codes[1:] or None,
            "quantity": _number(item.quantity),
            "unit": _known({"name": item.unit.name, "value": _value(item.unit_price)})
            if item.unit
            else None,
        }
    )


def _party(buyer: Buyer) -> dict[str, Any]:
    code: Code | None = buyer.id
    return _known(
        {
            **_id(buyer),
            "name": buyer.name,
            "identifier": {"scheme": code.scheme, "id": code.id} if code else None,
            "address": _known({"streetAddress": buyer.address, "countryName": buyer.country})
            or None,
            "roles": ["buyer"],
        }
    )


def _id(buyer: Buyer) -> dict[str, str]:
    return {"id": f"{buyer.id.scheme}-{buyer.id.id}"} if buyer.id else {}


def _document(document: Document, number: int) -> dict[str, Any]:
    return _known(
        {
            "id": str(number),
            "documentType": document.kind,
            "title": document.title,
            "url": document.url,
            "language": document.language,
            "datePublished": _time(document.published_at),
        }
    )


def _value(value: Money | None) -> dict[str, Any] | None:
    return None if value is None else {"amount": _number(value.amount), "currency": value.currency}


def _number(value: Decimal | None) -> int | float | None:
    if value is None or not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
