"""Joining the records of one purchase, and naming who won a lot of it. Pure.

A portal publishes a plan, a notice, a protocol and a contract as records of their own. They are of
one purchase when they name the same plan point, announcement, contract or procedure. A purchase
announced again after it failed shares its plan point, so a group may hold several notices of
several lots: a winner is named for a lot only by a record that concerns this very lot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scrapers.records import (
    Award,
    AwardStatus,
    Bid,
    Contract,
    ContractStatus,
    Item,
    Lot,
    Money,
    Notice,
    Party,
    Phase,
    Related,
    Relation,
)
from service.matching.lots import WHOLE_NOTICE

Key = tuple[str, Relation, str]
"""Portal, relation and id: two records with a key in common are of one purchase."""

_UNDONE = {
    AwardStatus.CANCELLED,
    AwardStatus.UNSUCCESSFUL,
    ContractStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Winner:
    """Who supplies a lot, and whom to call.

    `value` is what the award or contract says, for all it covers. `ends_at` is the contract's end.
    `bids` are the offers where they are published. `url` is the page that says so. `ended` is true
    once the contract was carried out or broken off.
    """

    supplier: Party
    value: Money | None
    awarded_at: datetime | None
    url: str
    contract: str | None = None
    signed_at: datetime | None = None
    ends_at: datetime | None = None
    items: tuple[Item, ...] = ()
    bids: tuple[Bid, ...] = ()
    ended: bool = False

    @property
    def name(self) -> str:
        """The supplier's name."""
        return self.supplier.name

    @property
    def bin(self) -> str | None:
        """The supplier's number in its register (BIN, IIN, VAT…), None where it is not given."""
        return self.supplier.id.id if self.supplier.id else None

    @property
    def contacts(self) -> tuple[str, ...]:
        """What is published to reach the supplier: person, telephone, mail, site, address."""
        party = self.supplier
        said = (party.contact, party.telephone, party.email, party.url, party.address)
        return tuple(each for each in said if each)


def keys_of(notice: Notice) -> frozenset[Key]:
    """The keys by which a record joins others; its own id is one of them."""
    related = (*notice.related, *(one for lot in notice.lots for one in lot.related))
    own = (notice.portal, Relation.NOTICE, notice.id)
    return frozenset({own, *((notice.portal, one.relation, one.id) for one in related)})


def purchases(keys: Mapping[int, Iterable[Key]]) -> list[frozenset[int]]:
    """Group records by shared keys, directly or through others. Every record is in one group."""
    groups: dict[int, set[int]] = {}
    owner: dict[Key, int] = {}
    for record, own in keys.items():
        joined = {record}
        for key in own:
            if key in owner and owner[key] not in joined:
                joined |= groups[owner[key]]
            owner[key] = record
        for member in joined:
            groups[member] = joined
    return list(dict.fromkeys(frozenset(group) for group in groups.values()))


def winner(notice: Notice, lot_id: str | None, others: Sequence[Notice] = ()) -> Winner | None:
    """Name who supplies a lot (None: the only or whole one) by all records of the purchase.

    A contract says more than an award. None where nobody is named for this very lot, or where what
    was decided was undone.
    """
    lot = next((each for each in notice.lots if each.id == lot_id), None)
    if lot is None and len(notice.lots) == 1:
        lot = notice.lots[0]
    records = [notice, *(other for other in others if other != notice)]
    contracts = [
        (record, part)
        for record in records
        for part in record.contracts
        if part.suppliers and _holds(part) and _concerns(record, part.lots, notice, lot)
    ]
    awards = [
        (record, part)
        for record in records
        for part in record.awards
        if part.suppliers and _holds(part) and _concerns(record, part.lots, notice, lot)
    ]
    if contracts:
        record, contract = max(contracts, key=lambda pair: _moment(pair[1].signed_at))
        same = next((a for _, a in awards if _same_supplier(a, contract)), None)
        return _from_contract(record, contract, same)
    if awards:
        record, award = max(awards, key=lambda pair: _moment(pair[1].awarded_at))
        return Winner(
            award.suppliers[0],
            award.value,
            award.awarded_at,
            record.url,
            items=award.items,
            bids=award.bids,
        )
    return None


def _from_contract(record: Notice, contract: Contract, award: Award | None) -> Winner:
    supplier = contract.suppliers[0]
    if award is not None and not (supplier.telephone or supplier.email):
        # Portals publish contacts with one of the two.
        supplier = _fuller(supplier, award.suppliers[0])
    return Winner(
        supplier,
        contract.value or (award.value if award else None),
        award.awarded_at if award else None,
        record.url,
        contract=contract.number,
        signed_at=contract.signed_at,
        ends_at=contract.period.end if contract.period else None,
        items=contract.items or (award.items if award else ()),
        bids=award.bids if award else (),
        ended=contract.status is ContractStatus.TERMINATED,
    )


def _fuller(one: Party, other: Party) -> Party:
    return Party(
        one.name,
        one.id or other.id,
        one.country or other.country,
        one.address or other.address,
        one.contact or other.contact,
        one.telephone or other.telephone,
        one.email or other.email,
        one.url or other.url,
    )


def _holds(part: Award | Contract) -> bool:
    """Whether a decision stands. A pending award is a proposal; a contract's state alone is not."""
    return part.status not in _UNDONE and part.status is not AwardStatus.PENDING


def _same_supplier(award: Award, contract: Contract) -> bool:
    if contract.award is not None:
        return award.id == contract.award
    one, other = award.suppliers[0], contract.suppliers[0]
    return one.id == other.id if one.id and other.id else one.name == other.name


def _moment(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _concerns(record: Notice, lots: Sequence[str], notice: Notice, lot: Lot | None) -> bool:
    """Whether an award or contract of `record` for `lots` is about this lot of the notice."""
    if lot is None:
        # The whole notice is asked about: its own word, or that of a record about it all.
        return not notice.lots or len(notice.lots) == 1 or not lots
    if record.portal == notice.portal and record.id == notice.id:
        return not lots or lot.id in lots
    asked, told = _plan_points(lot.related), _points_of(record, lots)
    if asked and told:
        return bool(asked & told)
    return lot.id in lots if lots and _shares_lots(record, notice) else len(notice.lots) == 1


def _shares_lots(record: Notice, notice: Notice) -> bool:
    """Whether the two number their lots alike, as the notices of one procedure do."""
    return bool({lot.id for lot in record.lots} & {lot.id for lot in notice.lots})


def _points_of(record: Notice, lots: Sequence[str]) -> set[str]:
    named = [lot for lot in record.lots if not lots or lot.id in lots]
    related = [one for lot in named for one in lot.related]
    return _plan_points(related or record.related)


def _plan_points(related: Iterable[Related]) -> set[str]:
    return {one.id for one in related if one.relation is Relation.PLAN}


def hands_over(notice: Notice) -> bool:
    """Whether a record's leads belong to another as soon as that is known: a plan's, and those of a
    contract or protocol published apart from its announcement."""
    return notice.phase is Phase.PLAN or _announced_as(notice) != frozenset()


def _announced_as(notice: Notice) -> frozenset[str]:
    """Give the announcements an outcome names; empty for anything else."""
    if not (notice.contracts or notice.awards):
        return frozenset()
    named = {one.id for one in notice.related if one.relation is Relation.NOTICE}
    return frozenset(named - {notice.id})


def successors(record: Notice, lot_id: str, notice: Notice) -> tuple[str, ...]:
    """Give the lots of a notice to which the leads of a record's lot belong; none where they stay.

    By plan points where both name them; a record of one lot without points has become all lots of
    the notice it is joined to, an outcome the lots it names.
    """
    outcome = notice.id in _announced_as(record)
    if not outcome and (record.phase is not Phase.PLAN or hands_over(notice)):
        return ()
    lot = next((each for each in record.lots if each.id == lot_id), None)
    alone = len(record.lots) <= 1
    asked = _plan_points(lot.related if lot else ()) or (
        _plan_points(record.related) if alone else set()
    )
    told = {each.id: _plan_points(each.related) for each in notice.lots}
    if asked and any(told.values()):
        return tuple(id_ for id_, points in told.items() if points & asked)
    if outcome and lot_id in told:
        return (lot_id,)
    return tuple(told) or (WHOLE_NOTICE,) if alone else ()
