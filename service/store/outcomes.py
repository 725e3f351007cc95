"""Awards, contracts and links of notices as rows; who won, by all records of a purchase."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import delete, insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from scrapers.canonical import load_notice
from scrapers.records import Award, Contract, Notice, Party, Phase, Relation
from service.purchases.joining import Key, Winner, purchases, winner
from service.store.rows import Columns, money_columns
from service.store.tables import AwardRow, ContractRow, NoticeRow, PurchaseLinkRow

# SQLite before 3.32 takes 999 variables in a statement.
_BATCH = 400
# A purchase announced again and again; a longer chain is no purchase anyone meant.
_STEPS = 5
DECIDED = (Phase.CLOSED, Phase.AWARDED)
"""Phases in which a purchase may have a winner."""
_Part = TypeVar("_Part", Award, Contract)


def save_outcomes(session: Session, notice_id: int, known: Notice, merged: Notice) -> None:
    """Bring awards, contracts and links of a stored notice from what was known to what is now."""
    if _outcome(known) == _outcome(merged):
        return
    for table in (AwardRow, ContractRow, PurchaseLinkRow):
        session.execute(delete(table).where(col(table.notice_id) == notice_id))
    insert_outcomes(session, {notice_id: merged})


def _outcome(notice: Notice) -> tuple[object, ...]:
    """Give all of a notice that stands in these tables."""
    lots = [(lot.id, lot.related) for lot in notice.lots if lot.related]
    return notice.awards, notice.contracts, notice.related, lots


def insert_outcomes(session: Session, notices: Mapping[int, Notice]) -> None:
    """Add the awards, contracts and links of notices that have none stored yet."""
    awards, contracts, links = [], [], []
    for id_, notice in notices.items():
        awards += [_award(id_, each) for each in _distinct(notice.awards)]
        contracts += [_contract(id_, each) for each in _distinct(notice.contracts)]
        links += _links(id_, notice)
    for table, rows in ((AwardRow, awards), (ContractRow, contracts), (PurchaseLinkRow, links)):
        if rows:
            session.execute(insert(table), rows)


def _distinct(parts: Iterable[_Part]) -> list[_Part]:
    return list({part.id: part for part in parts}.values())


def _award(notice_id: int, award: Award) -> Columns:
    return {
        **_decided(notice_id, award),
        "awarded_at": award.awarded_at,
        "status": award.status.value if award.status else None,
    }


def _contract(notice_id: int, contract: Contract) -> Columns:
    return {
        **_decided(notice_id, contract),
        "number": contract.number,
        "signed_at": contract.signed_at,
        "ends_at": contract.period.end if contract.period else None,
        "status": contract.status.value if contract.status else None,
    }


def _decided(notice_id: int, part: Award | Contract) -> Columns:
    supplier: Party | None = part.suppliers[0] if part.suppliers else None
    return {
        "notice_id": notice_id,
        "external_id": part.id,
        "lots": json.dumps(part.lots, ensure_ascii=False),
        "supplier": supplier.name if supplier else None,
        "supplier_code": supplier.id.id if supplier and supplier.id else None,
        **money_columns("value", part.value),
    }


def _links(notice_id: int, notice: Notice) -> list[dict[str, Any]]:
    named = [("", one) for one in notice.related]
    named += [(lot.id, one) for lot in notice.lots for one in lot.related]
    return [
        {
            "notice_id": notice_id,
            "lot": lot,
            "portal": notice.portal,
            "relation": one.relation.value,
            "code": one.id,
        }
        for lot, one in dict.fromkeys(named)
    ]


class Outcomes:
    """The purchases of some notices, read in bulk: who won each of their lots."""

    def __init__(self, session: Session, notice_ids: Collection[int]) -> None:
        self._groups = joined(session, notice_ids)
        several = {other for group in self._groups.values() if len(group) > 1 for other in group}
        # A notice nobody is joined to can only name a winner itself, and its reader has it.
        self._records = _records(session, sorted(several))

    def others(self, notice_id: int) -> list[Notice]:
        """Give the other records of a notice's purchase."""
        members = sorted(self._groups.get(notice_id, ()))
        return [self._records[each] for each in members if each != notice_id]

    def winner(self, notice_id: int, notice: Notice, lot_id: str | None) -> Winner | None:
        """Name who supplies a lot of the notice (None: the only or whole one), if anyone does."""
        return winner(notice, lot_id, self.others(notice_id))


def joined(session: Session, notice_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Give for each notice the keys of all that are of its purchase, itself among them."""
    known = set(notice_ids)
    edge = known
    for _ in range(_STEPS):
        edge = _neighbours(session, edge) - known
        if not edge:
            break
        known |= edge
    alone = {id_: frozenset({id_}) for id_ in notice_ids}
    if known == set(notice_ids) and len(known) == 1:
        return alone
    groups = purchases(_keys(session, sorted(known)))
    found = {member: group for group in groups for member in group}
    return {id_: found.get(id_, alone[id_]) for id_ in notice_ids}


def _neighbours(session: Session, notice_ids: Collection[int]) -> set[int]:
    """Give the notices that share a link with one of these, or are named by one, or name one."""
    here, there = PurchaseLinkRow, aliased(PurchaseLinkRow)
    found: set[int | None] = set()
    for part in batches(sorted(notice_ids)):
        shared = select(there.notice_id).where(
            col(here.notice_id).in_(part),
            there.portal == here.portal,
            there.relation == here.relation,
            there.code == here.code,
        )
        named = select(NoticeRow.id).where(
            col(here.notice_id).in_(part),
            here.relation == Relation.NOTICE.value,
            NoticeRow.portal == here.portal,
            NoticeRow.external_id == here.code,
        )
        naming = select(here.notice_id).where(
            col(NoticeRow.id).in_(part),
            here.relation == Relation.NOTICE.value,
            here.portal == NoticeRow.portal,
            here.code == NoticeRow.external_id,
        )
        ids = (
            session.exec(shared.distinct()).all(),
            session.exec(named.distinct()).all(),
            session.exec(naming.distinct()).all(),
        )
        found.update(*ids)
    return {id_ for id_ in found if id_ is not None}


def _keys(session: Session, notice_ids: Sequence[int]) -> dict[int, list[Key]]:
    keys: dict[int, list[Key]] = {}
    for part in batches(notice_ids):
        own = select(NoticeRow.id, NoticeRow.portal, NoticeRow.external_id).where(
            col(NoticeRow.id).in_(part)
        )
        for id_, portal, external in session.exec(own):
            if id_ is not None:
                keys[id_] = [(portal, Relation.NOTICE, external)]
        links = select(PurchaseLinkRow).where(col(PurchaseLinkRow.notice_id).in_(part))
        for link in session.exec(links):
            keys[link.notice_id].append((link.portal, Relation(link.relation), link.code))
    return keys


def _records(session: Session, notice_ids: Sequence[int]) -> dict[int, Notice]:
    records: dict[int, Notice] = {}
    for part in batches(notice_ids):
        query = select(NoticeRow.id, NoticeRow.record).where(col(NoticeRow.id).in_(part))
        records |= {id_: load_notice(text) for id_, text in session.exec(query) if id_ is not None}
    return records


def batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut keys into parts a statement can name."""
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
