"""Notices, lots and items as columns. Pure: values in, plain mappings for bulk statements out."""

import json
from dataclasses import replace
from typing import Any

from catalog.words import fold
from scrapers.canonical import content_hash, dump_notice, load_notice
from scrapers.records import Depth, Item, Lot, Money, Notice
from service.store.merging import in_order, unique_lots

Columns = dict[str, Any]
# Enough to find a notice by its words; the record keeps everything.
FOLDED_LENGTH = 20_000


def storable(notice: Notice) -> Notice:
    """Give the notice with nothing a database refuses: PostgreSQL takes no NUL, no engine a lone
    surrogate; both occur in scraped JSON. Repeated lots are made unique."""
    lots = unique_lots(notice.lots)
    if notice.depth is Depth.LISTING:
        lots = in_order(lots)
    if lots != notice.lots:
        notice = replace(notice, lots=lots)
    text = dump_notice(notice)
    if text.isascii() and "\\u0000" not in text:
        return notice
    clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    clean = clean.replace("\\u0000", "\ufffd")
    return notice if clean == text else load_notice(clean)


def notice_columns(notice: Notice) -> Columns:
    """Give the columns that follow from the record itself; times of seeing are the caller's."""
    period = notice.period
    return {
        "portal": notice.portal,
        "external_id": notice.id,
        "number": notice.number,
        "url": notice.url,
        "title": notice.title,
        "phase": notice.phase.value,
        "depth": notice.depth.value,
        "category": notice.category,
        "country": notice.country,
        "buyer": notice.buyer.name if notice.buyer else None,
        **money_columns("value", notice.value),
        "published_at": notice.published_at,
        "amended_at": notice.amended_at,
        "starts_at": period.start if period else None,
        "ends_at": period.end if period else None,
        "zone": period.zone if period else None,
        "sample": notice.sample,
        "record": dump_notice(notice),
        "content_hash": content_hash(notice),
        "folded": _folded(notice),
    }


def lot_columns(notice_id: int, position: int, lot: Lot) -> Columns:
    """Give the columns of a lot; one that was gone is back."""
    return {
        "notice_id": notice_id,
        "external_id": lot.id,
        "position": position,
        "number": lot.number,
        "title": lot.title,
        "description": lot.description,
        "status": lot.status,
        **money_columns("value", lot.value),
        "ends_at": lot.period.end if lot.period else None,
        "gone_at": None,
    }


def item_columns(lot_id: int, position: int, item: Item) -> Columns:
    """Give the columns of an item. Its sums are of one currency."""
    money = item.value or item.unit_price
    return {
        "lot_id": lot_id,
        "external_id": item.id,
        "position": position,
        "title": item.title,
        "description": item.description,
        "quantity": None if item.quantity is None else str(item.quantity),
        "unit": item.unit.name if item.unit else None,
        "unit_code": item.unit.code.id if item.unit and item.unit.code else None,
        "unit_price_minor": item.unit_price.minor if item.unit_price else None,
        "value_minor": item.value.minor if item.value else None,
        "value_currency": money.currency if money else None,
        "value_vat": money.vat.value if money else None,
        "codes": json.dumps([[code.scheme, code.id] for code in item.codes], ensure_ascii=False),
    }


def money_columns(name: str, money: Money | None) -> Columns:
    """Give the three columns of a sum of money."""
    return {
        f"{name}_minor": money.minor if money else None,
        f"{name}_currency": money.currency if money else None,
        f"{name}_vat": money.vat.value if money else None,
    }


def _folded(notice: Notice) -> str:
    parts = [notice.number or "", notice.title, notice.buyer.name if notice.buyer else ""]
    for lot in notice.lots:
        parts += [lot.number or "", lot.title, lot.description]
        parts += [item.title for item in lot.items if item.title != lot.title]
    return fold("\n".join(parts)[:FOLDED_LENGTH])
