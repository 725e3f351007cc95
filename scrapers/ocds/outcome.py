"""Awards, bids and contracts of a release, and the processes it is of one purchase with."""

from collections.abc import Iterable
from typing import TypeVar

from scrapers.ocds.parts import address_line, code, country, item, period
from scrapers.ocds.values import (
    Json,
    identifier,
    mapping,
    mappings,
    moment,
    money,
    text,
    web_address,
)
from scrapers.records import (
    Award,
    AwardStatus,
    Bid,
    Code,
    Contract,
    ContractStatus,
    Item,
    Party,
    Related,
    Relation,
)

# Of OCDS relatedProcess. A framework or an earlier, renewed process is another purchase.
_SAME_PURCHASE = {"planning", "parent", "unsuccessful", "unsuccessfulProcess"}


def awards(release: Json, zone: str) -> tuple[Award, ...]:
    """The awards with an id; bids stand with the first award of their lots."""
    found: dict[str, Award] = {}
    bids = _bids(release, zone)
    for fields in mappings(release.get("awards")):
        ident, lots = identifier(fields.get("id")), _lots(fields)
        if not ident or ident in found:
            continue
        found[ident] = Award(
            id=ident,
            lots=lots,
            suppliers=_parties(fields.get("suppliers"), release),
            value=money(fields.get("value")),
            awarded_at=moment(fields.get("date"), zone),
            status=_status(AwardStatus, fields),
            items=_items(fields),
            bids=tuple(
                one for one in bids if not one.lots or not lots or set(one.lots) & set(lots)
            ),
        )
    return tuple(found.values())


def contracts(release: Json, zone: str) -> tuple[Contract, ...]:
    """The contracts with an id; their suppliers and lots are those of their award."""
    by_award = {award.id: award for award in awards(release, zone)}
    found: dict[str, Contract] = {}
    for fields in mappings(release.get("contracts")):
        ident, award_id = identifier(fields.get("id")), identifier(fields.get("awardID"))
        if not ident or ident in found:
            continue
        award = by_award.get(award_id)
        stated = _parties(fields.get("suppliers"), release)
        found[ident] = Contract(
            id=ident,
            number=identifier(fields.get("contractNumber"))
            or identifier(fields.get("contractID"))
            or None,
            award=award_id or None,
            lots=_lots(fields) or (award.lots if award else ()),
            suppliers=stated or (award.suppliers if award else ()),
            value=money(fields.get("value")),
            signed_at=moment(fields.get("dateSigned"), zone),
            period=period(fields.get("period"), zone),
            status=_status(ContractStatus, fields),
            items=_items(fields),
        )
    return tuple(found.values())


def related(release: Json) -> tuple[Related, ...]:
    """Processes of the same purchase, by their ocids."""
    found = []
    for fields in mappings(release.get("relatedProcesses")):
        words = fields.get("relationship")
        named = {text(one) for one in words} if isinstance(words, list) else {text(words)}
        ident = identifier(fields.get("identifier"))
        if named & _SAME_PURCHASE and ident:
            found.append(Related(Relation.NOTICE, ident))
    return tuple(dict.fromkeys(found))


def party(reference: Json, release: Json) -> Party | None:
    """An organisation that bids or supplies: what the reference says, filled in from `parties`."""
    ident = identifier(reference.get("id"))
    listed = mappings(release.get("parties"))
    full = next((one for one in listed if ident and identifier(one.get("id")) == ident), {})
    name = text(reference.get("name")) or text(full.get("name"))
    if not name:
        return None
    register = code(reference.get("identifier")) or code(full.get("identifier"))
    address = mapping(reference.get("address")) or mapping(full.get("address"))
    contact = mapping(reference.get("contactPoint")) or mapping(full.get("contactPoint"))
    return Party(
        name,
        Code(register.scheme, register.id) if register else None,
        country(address),
        address_line(address) or None,
        text(contact.get("name")) or None,
        text(contact.get("telephone")) or None,
        text(contact.get("email")) or None,
        web_address(contact.get("url")) or None,
    )


def _parties(references: object, release: Json) -> tuple[Party, ...]:
    """The organisations; one of OCDS 1.0 stands alone in place of a list."""
    listed = references if isinstance(references, list) else [references]
    found = [party(one, release) for one in mappings(listed)]
    return tuple(dict.fromkeys(one for one in found if one))


def _bids(release: Json, zone: str) -> tuple[Bid, ...]:
    """Valid bids of the bids extension, and of Prozorro's list of the same name, where a bid for
    several lots states a sum for each."""
    stated = release.get("bids")
    found = []
    for fields in mappings(stated) or mappings(mapping(stated).get("details")):
        bidders = _parties(fields.get("tenderers"), release)
        if not bidders or text(fields.get("status")) in {"withdrawn", "disqualified", "invalid"}:
            continue
        for part in mappings(fields.get("lotValues")) or [fields]:
            submitted = moment(part.get("date"), zone) or moment(fields.get("date"), zone)
            found.append(Bid(bidders[0], money(part.get("value")), submitted, lots=_lots(part)))
    return tuple(found)


def _lots(fields: Json) -> tuple[str, ...]:
    """`relatedLots`, `relatedLot`, Prozorro's `lotID`, or the lots of the items."""
    listed = fields.get("relatedLots")
    stated: Iterable[object] = listed if isinstance(listed, list) else ()
    idents = [
        *map(identifier, stated),
        *(identifier(fields.get(k)) for k in ("relatedLot", "lotID")),
    ]
    if not any(idents):
        idents = [identifier(one.get("relatedLot")) for one in mappings(fields.get("items"))]
    return tuple(dict.fromkeys(one for one in idents if one))


def _items(fields: Json) -> tuple[Item, ...]:
    lines = enumerate(mappings(fields.get("items")), start=1)
    return tuple({line.id: line for at, one in lines if (line := item(one, at))}.values())


_Status = TypeVar("_Status", AwardStatus, ContractStatus)


def _status(kind: type[_Status], fields: Json) -> _Status | None:
    stated = text(fields.get("status"))
    return kind(stated) if stated in set(kind) else None
