"""Parts that tenders and plans of Prozorro have in common: nearly OCDS, with ways of their own."""

import re
from dataclasses import replace

from scrapers.ocds.values import Json, identifier, mapping, mappings, text
from scrapers.records import Buyer, Code, Item, Lot, Place, Unit

NAME = "ua_prozorro"
ZONE = "Europe/Kyiv"
HOST = "public-api.prozorro.gov.ua"
IDENT = re.compile(r"[0-9a-f]{32}")
_SIGNATURE = re.compile(r"sign\.p7s", re.IGNORECASE)
UKRAINE = "Україна"  # as addresses name the country, which have no code of it
_CPV = re.compile(r"(\d{8})-\d")


def documents(tender: Json) -> list[Json]:
    """The last version of each document, a lot's own tied to it, without signatures."""
    found: dict[str, Json] = {}
    for one in mappings(tender.get("documents")):
        if text(one.get("format")) == "application/pkcs7-signature" or _SIGNATURE.fullmatch(
            text(one.get("title"))
        ):
            continue
        of_lot = one.get("documentOf") == "lot"
        tied = {**one, "relatedLots": [one.get("relatedItem")]} if of_lot else one
        found[identifier(one.get("id")) or str(len(found))] = tied
    return list(found.values())


def in_ukraine(body: Buyer | None) -> Buyer | None:
    here = body is not None and body.country is None and UKRAINE in (body.address or "")
    return replace(body, country="UA") if body and here else body


def lot_of(lot: Lot, lines: dict[str, Json]) -> Lot:
    """Give a lot with days of delivery, codes of CPV and units of UN/CEFACT, by its raw lines."""
    days = dict.fromkeys(_days(lines.get(item.id, {})) for item in lot.items)
    return replace(
        lot,
        items=tuple(_item(item, lines.get(item.id, {})) for item in lot.items),
        delivery=lot.delivery or "; ".join(filter(None, days)) or None,
    )


def _days(line: Json) -> str:
    """The first and last day of delivery as they are written, without the hour."""
    span = mapping(line.get("deliveryDate"))
    days = [text(span.get(key))[:10] for key in ("startDate", "endDate")]
    return " – ".join(day or "…" for day in days) if any(days) else ""


def _item(item: Item, line: Json) -> Item:
    code = text(mapping(line.get("unit")).get("code"))
    unit = item.unit
    if unit and re.fullmatch("[A-Z0-9]{2,3}", code):
        unit = Unit(unit.name, Code("UNCEFACT", code))
    return replace(
        item,
        unit=unit,
        codes=tuple(dict.fromkeys(map(cpv, item.codes))),
        places=tuple(map(_place, item.places)),
    )


def cpv(code: Code) -> Code:
    if code.scheme not in {"ДК021", "CPV"}:
        return code
    match = _CPV.fullmatch(code.id)
    return Code("CPV", match[1] if match else code.id, code.name)


def _place(place: Place) -> Place:
    here = place.country is None and UKRAINE in place.text
    return replace(place, country="UA") if here else place
