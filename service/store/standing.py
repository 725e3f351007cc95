"""What the stored matches rest on, and the products as they were then.

Whoever stores matches shares the row of `matching`, whoever changes what they rest on locks it:
so no answer for an earlier catalogue is stored as if it were for the present one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, update
from sqlmodel import Session, col, select

from service.errors import StoreError
from service.store.outcomes import batches
from service.store.postgresql import named_lock
from service.store.tables import LotRow, MatchedProductRow, MatchingRow, NoticeRow, ProductRow


class CatalogueChanged(StoreError):
    """What was matched rests on another catalogue, matcher or settings than the stored matches."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stored matches rest on; see `MatchingRow`."""

    serial: int
    rules: str
    catalogue: str

    @property
    def basis(self) -> str:
        """What matched notices carry before the hash of their content."""
        return f"m{self.serial}"

    @property
    def name(self) -> str:
        """Names the whole of it, for parts of a matching that others carry out."""
        return f"{self.basis}.{self.catalogue[:16]}"


@dataclass(frozen=True, slots=True)
class KeptProduct:
    """A product's record when notices were last matched, and when weights were learned."""

    product_id: int
    matched: str | None
    learned: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A notice that need not be matched."""

    notice_id: int
    record: str


def standing(session: Session) -> Standing | None:
    """Give what stored matches rest on; None before the first matching."""
    row = session.exec(select(MatchingRow)).first()
    return None if row is None else Standing(row.serial, row.rules, row.catalogue)


def share(session: Session, held: Standing) -> None:
    """Keep anybody from changing what matches rest on until the unit of work ends.

    Raises CatalogueChanged where it is no longer what the caller's answers rest on.
    """
    row = session.exec(select(MatchingRow).with_for_update(read=True)).first()
    if row is None or Standing(row.serial, row.rules, row.catalogue) != held:
        raise CatalogueChanged("the catalogue has changed since; the next run matches with it")


def offered_records(session: Session) -> dict[int, str]:
    """Give the records of the products that are offered now by key, in catalogue order."""
    query = select(ProductRow.id, ProductRow.record).where(col(ProductRow.retired_at).is_(None))
    rows = session.exec(query.order_by(col(ProductRow.id)))
    return {id_: record for id_, record in rows if id_ is not None}


def kept_products(session: Session) -> list[KeptProduct]:
    """Give the products as they were, in catalogue order."""
    rows = session.exec(select(MatchedProductRow).order_by(col(MatchedProductRow.product_id)))
    return [KeptProduct(row.product_id, row.matched, row.learned) for row in rows]


def settled(session: Session, held: Standing, *, after: int, limit: int) -> list[Settled]:
    """Give notices still shown that need not be matched, with keys beyond `after`, by key."""
    query = (
        select(NoticeRow.id, NoticeRow.record)
        .where(_settled(held), col(NoticeRow.gone_at).is_(None), col(NoticeRow.id) > after)
        .order_by(col(NoticeRow.id))
        .limit(limit)
    )
    return [Settled(id_, record) for id_, record in session.exec(query) if id_ is not None]


def families_of_lots(
    session: Session, notice_ids: Collection[int]
) -> dict[tuple[int, str], frozenset[str] | None]:
    """Give the families the needs of lots may be of, by notice and lot id; None where unknown."""
    query = select(LotRow.notice_id, LotRow.external_id, LotRow.families).where(
        col(LotRow.notice_id).in_(notice_ids)
    )
    return {
        (notice_id, external): None if told is None else frozenset(told.split())
        for notice_id, external, told in session.exec(query)
    }


def begin_anew(
    session: Session,
    before: Standing | None,
    rules: str,
    catalogue: str,
    records: Mapping[int, str],
) -> Standing:
    """Let every notice be matched again, by weights learned of the products as in `records`.

    Raises CatalogueChanged where somebody else has changed what matches rest on since the caller
    looked.
    """
    _lock(session, before)
    serial = 1 if before is None else before.serial + 1
    session.execute(delete(MatchingRow))
    session.execute(delete(MatchedProductRow))
    session.add(MatchingRow(serial=serial, rules=rules, catalogue=catalogue))
    rows = [
        {"product_id": id_, "matched": record, "learned": record} for id_, record in records.items()
    ]
    if rows:
        session.execute(insert(MatchedProductRow), rows)
    return Standing(serial, rules, catalogue)


def go_on(
    session: Session,
    before: Standing,
    catalogue: str,
    records: Mapping[int, str],
    unaffected: Collection[int],
) -> Standing:
    """Let all be matched again but the `unaffected` notices, as `records` of products tell.

    What was matched while the caller looked, and what is not shown at the moment, is matched again
    too. Raises CatalogueChanged where somebody else has changed what matches rest on since.
    """
    _lock(session, before)
    keys = session.exec(select(NoticeRow.id).where(_settled(before)).order_by(col(NoticeRow.id)))
    again = [id_ for id_ in keys if id_ is not None and id_ not in unaffected]
    for part in batches(again):
        forget = update(NoticeRow).where(col(NoticeRow.id).in_(part))
        session.execute(forget.values(matched_key=None))
    _note(session, records)
    session.execute(update(MatchingRow).values(catalogue=catalogue))
    return Standing(before.serial, before.rules, catalogue)


def _note(session: Session, records: Mapping[int, str]) -> None:
    """Note with which products notices are matched from now on."""
    known = {kept.product_id: kept for kept in kept_products(session)}
    new = [
        {"product_id": id_, "matched": record, "learned": None}
        for id_, record in records.items()
        if id_ not in known
    ]
    other = [
        {"product_id": id_, "matched": records.get(id_)}
        for id_, kept in known.items()
        if kept.matched != records.get(id_)
    ]
    if new:
        session.execute(insert(MatchedProductRow), new)
    if other:
        session.execute(update(MatchedProductRow), other)


def _lock(session: Session, before: Standing | None) -> None:
    named_lock(session, "matching")
    row = session.exec(select(MatchingRow).with_for_update()).first()
    if (None if row is None else Standing(row.serial, row.rules, row.catalogue)) != before:
        raise CatalogueChanged("another process has begun a matching")


def _settled(held: Standing) -> ColumnElement[bool]:
    return col(NoticeRow.matched_key) == held.basis + ":" + col(NoticeRow.content_hash)
