"""Parts of a release: organisations, places, codes, items, documents, other languages."""

import re
from typing import Literal

from scrapers.ocds.values import (
    Json,
    identifier,
    mapping,
    mappings,
    moment,
    money,
    number,
    text,
    web_address,
)
from scrapers.records import Buyer, Code, Document, Item, Period, Place, Text, Unit

Category = Literal["goods", "works", "services"]
_CATEGORIES: dict[str, Category] = {"goods": "goods", "works": "works", "services": "services"}
_OTHER_LANGUAGE = re.compile(r"(title|description)_([a-z]{2})(?:[-_].{1,12})?")


def category(tender: Json) -> Category | None:
    return _CATEGORIES.get(text(tender.get("mainProcurementCategory")))


def code(classification: object) -> Code | None:
    """A classification or identifier with both scheme and id."""
    fields = mapping(classification)
    scheme, ident = text(fields.get("scheme")), identifier(fields.get("id"))
    name = text(fields.get("description")) or text(fields.get("legalName")) or None
    return Code(scheme, ident, name) if scheme and ident else None


def codes(fields: Json) -> tuple[Code, ...]:
    """The main classification first, then the additional ones, each once."""
    found = [fields.get("classification")]
    additional = fields.get("additionalClassifications")
    found += additional if isinstance(additional, list) else []
    return tuple(dict.fromkeys(one for one in map(code, found) if one))


def translations(fields: Json) -> tuple[Text, ...]:
    """`title_kk`, `description_en`… as the standard writes texts in further languages."""
    found = []
    for key, value in fields.items():
        match = _OTHER_LANGUAGE.fullmatch(key) if len(key) < 32 else None
        if match and text(value):
            found.append(Text(match.group(2), text(value)))
    return tuple(found)


def organisation(reference: object, release: Json, role: str) -> Buyer | None:
    """A buyer or procuring entity: what the reference says, filled in from `parties`.

    Without a reference, the only party with that role.
    """
    fields = mapping(reference)
    parties = mappings(release.get("parties"))
    ident = identifier(fields.get("id"))
    party: Json = {}
    if ident:
        party = next((one for one in parties if identifier(one.get("id")) == ident), {})
    elif not fields:
        with_role = [one for one in parties if role in _roles(one)]
        party = with_role[0] if len(with_role) == 1 else {}
    name = text(fields.get("name")) or text(party.get("name"))
    if not name:
        return None
    register = code(fields.get("identifier")) or code(party.get("identifier"))
    address = mapping(fields.get("address")) or mapping(party.get("address"))
    return Buyer(
        name,
        id=Code(register.scheme, register.id) if register else None,
        country=country(address),
        address=address_line(address) or None,
    )


def _roles(party: Json) -> list[object]:
    roles = party.get("roles")
    return roles if isinstance(roles, list) else [roles]


def country(address: Json) -> str | None:
    """ISO 3166-1 alpha-2 where the publisher gives a code; a name is no code."""
    found = text(address.get("country")).upper()
    return found if len(found) == 2 and found.isalpha() else None


_ADDRESS_LINE = ("postalCode", "countryName", "region", "locality", "streetAddress")


def address_line(address: Json) -> str:
    """An address in one line, from its largest part to its smallest."""
    return ", ".join(part for key in _ADDRESS_LINE if (part := text(address.get(key))))


def places(fields: Json) -> tuple[Place, ...]:
    """Delivery addresses (text, object or list) and locations with a gazetteer code."""
    found: list[Place] = []
    addresses = fields.get("deliveryAddresses")
    for address in [
        fields.get("deliveryAddress"),
        *(addresses if isinstance(addresses, list) else []),
    ]:
        line = text(address) or address_line(mapping(address))
        if line:
            found.append(Place(country(mapping(address)), line))
    location = mapping(fields.get("deliveryLocation"))
    gazetteer = mapping(location.get("gazetteer"))
    idents = gazetteer.get("identifiers")
    scheme = text(gazetteer.get("scheme"))
    for ident in map(identifier, idents if isinstance(idents, list) and scheme else []):
        if not ident:
            continue
        here = Code(scheme, ident)
        if len(found) == 1 and found[0].code is None:  # one address and its own code
            found[0] = Place(found[0].country, found[0].text, here)
        else:
            found.append(Place(None, text(location.get("description")), here))
    return tuple(found)


def item(fields: Json, position: int) -> Item:
    """A line of a tender. OCDS items have a description only, which becomes the title."""
    class_name = text(mapping(fields.get("classification")).get("description"))
    described = text(fields.get("description"))
    unit = mapping(fields.get("unit"))
    return Item(
        id=identifier(fields.get("id")) or str(position),
        title=described or class_name,
        description=class_name if described and class_name != described else "",
        quantity=number(fields.get("quantity")),
        unit=_unit(unit),
        unit_price=money(unit.get("value")),
        codes=codes(fields),
        places=places(fields),
        translations=translations(fields),
    )


def _unit(fields: Json) -> Unit | None:
    scheme = text(fields.get("scheme"))
    ident = identifier(fields.get("id")) or identifier(fields.get("code"))
    name = text(fields.get("name")) or ident
    return Unit(name, Code(scheme, ident) if scheme and ident else None) if name else None


def documents(fields: Json, zone: str) -> tuple[Document, ...]:
    """Documents that can be fetched; an address is kept once."""
    found: dict[str, Document] = {}
    for one in mappings(fields.get("documents")):
        address = web_address(one.get("url"))
        if address and address not in found:
            found[address] = Document(
                title=text(one.get("title")) or text(one.get("description")) or address,
                url=address,
                kind=text(one.get("documentType")) or None,
                language=text(one.get("language")) or None,
                published_at=moment(one.get("datePublished"), zone),
            )
    return tuple(found.values())


def period(fields: object, zone: str) -> Period | None:
    span = mapping(fields)
    start, end = moment(span.get("startDate"), zone), moment(span.get("endDate"), zone, end=True)
    return Period(start, end, zone) if start or end else None
