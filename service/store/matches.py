"""Saving what the matcher answered, and the leads that follow from it.

Keys of matches stay through re-matching, because leads hang on them; a lead keeps its state
whatever becomes of the verdict.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from matcher.records import Row, Verdict
from service.lots import WHOLE_NOTICE
from service.store.codec import dump_evidence, dump_quantity
from service.store.tables import LeadRow, LotRow, MatchRow, NoticeRow, ProductRow
from service.store.tables.naming import LeadState

# A lot refused by these shares nothing with the product: the pair is no match at all, only
# `suranys explain` speaks of it. Kept, they would be ten rows for every lot of every portal.
GATES = frozenset({"relevance", "family"})


@dataclass(frozen=True, slots=True)
class Due:
    """A notice to be matched: its row's key, its record, and the key it will then carry."""

    notice_id: int
    record: str
    matched_key: str


@dataclass(frozen=True, slots=True)
class ProductKeys:
    """A product's key, and that of the plant its leads go to."""

    product_id: int
    plant_id: int | None


def _due(basis: str) -> ColumnElement[bool]:
    """Whether a notice was last matched with another content or on another basis."""
    expected = basis + ":" + col(NoticeRow.content_hash)
    key = col(NoticeRow.matched_key)
    return col(NoticeRow.gone_at).is_(None) & (key.is_(None) | (key != expected))


def count_due(session: Session, basis: str) -> int:
    """Count the notices to be matched."""
    return session.exec(select(func.count()).select_from(NoticeRow).where(_due(basis))).one()


def due_notices(
    session: Session, basis: str, *, after: int, limit: int, until: int | None = None
) -> list[Due]:
    """Give notices changed since their last match on this basis (catalogue, matcher, settings),
    in the order of keys beyond `after`, to `until` with it."""
    query = (
        select(NoticeRow.id, NoticeRow.record, NoticeRow.content_hash)
        .where(_due(basis), col(NoticeRow.id) > after, *_to(until))
        .order_by(col(NoticeRow.id))
        .limit(limit)
    )
    return [
        Due(id_, record, f"{basis}:{hash_}")
        for id_, record, hash_ in session.exec(query)
        if id_ is not None
    ]


def due_ranges(session: Session, basis: str, size: int) -> Iterator[tuple[int, int]]:
    """Give ranges of keys (first, last) with at most `size` due notices each, in order."""
    query = select(NoticeRow.id).where(_due(basis)).order_by(col(NoticeRow.id))
    ids = session.exec(query.execution_options(yield_per=10_000))
    while part := [id_ for id_ in islice(ids, size) if id_ is not None]:
        yield part[0], part[-1]


def _to(until: int | None) -> list[ColumnElement[bool]]:
    return [] if until is None else [col(NoticeRow.id) <= until]


def product_keys(session: Session) -> dict[str, ProductKeys]:
    """Give keys by product code, retired products left out."""
    query = select(ProductRow.code, ProductRow.id, ProductRow.plant_id).where(
        col(ProductRow.retired_at).is_(None)
    )
    return {
        code: ProductKeys(id_, plant_id)
        for code, id_, plant_id in session.exec(query)
        if id_ is not None
    }


def is_match(row: Row) -> bool:
    """Whether a row is worth keeping: everything but what a gate refused outright."""
    if row.product is None:
        return False
    refusing = {each.stage for each in row.evidence if each.verdict is Verdict.CANNOT}
    return row.verdict is not Verdict.CANNOT or not refusing <= GATES


def save_matches(
    session: Session,
    due: Due,
    rows: Mapping[str, Sequence[Row]],
    products: Mapping[str, ProductKeys],
    *,
    version: str,
    min_score: float,
    now: datetime,
) -> int:
    """Save the rows of one notice by lot id; returns how many new leads came of them."""
    notice = session.get_one(NoticeRow, due.notice_id, with_for_update=True)
    lots = _lots(session, notice, rows)
    stored = _stored(session, [lot.id for lot in lots.values() if lot.id is not None])
    kept: list[tuple[MatchRow, Row]] = []
    for lot_id, answers in rows.items():
        lot = lots[lot_id]
        assert lot.id is not None  # noqa: S101 - it was flushed
        lot.closed_by = next((each.closed_by for each in answers if each.product is None), None)
        for row in filter(is_match, answers):
            assert row.product is not None  # noqa: S101 - is_match says so
            key = (lot.id, products[row.product].product_id)
            columns = _columns(row, version, now)
            match = stored.pop(key, None)
            if match is None:
                match = MatchRow(lot_id=key[0], product_id=key[1], **columns)
            match.sqlmodel_update(columns)
            session.add(match)
            kept.append((match, row))
    for match in stored.values():
        match.gone_at = match.gone_at or now
        session.add(match)
    session.flush()
    notice.matched_key = due.matched_key
    session.add(notice)
    return _offer(session, kept, products, min_score, now)


def _lots(session: Session, notice: NoticeRow, wanted: Collection[str]) -> dict[str, LotRow]:
    assert notice.id is not None  # noqa: S101 - it was read from the database
    query = select(LotRow).where(LotRow.notice_id == notice.id)
    lots = {row.external_id: row for row in session.exec(query)}
    if WHOLE_NOTICE in wanted and WHOLE_NOTICE not in lots:
        # A notice without lots is its own only lot; a match needs one to point at.
        lots[WHOLE_NOTICE] = LotRow(
            notice_id=notice.id,
            external_id=WHOLE_NOTICE,
            position=0,
            title=notice.title,
            description="",
        )
        session.add(lots[WHOLE_NOTICE])
    session.flush()
    return lots


def _stored(session: Session, lot_ids: list[int]) -> dict[tuple[int, int], MatchRow]:
    query = select(MatchRow).where(col(MatchRow.lot_id).in_(lot_ids))
    return {(row.lot_id, row.product_id): row for row in session.exec(query)}


def _columns(row: Row, version: str, now: datetime) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "verdict": row.verdict.value,
        "score": row.score,
        "kind": row.kind.value,
        "evidence": dump_evidence(row.evidence),
        "quantity": dump_quantity(row.quantity),
        "matcher_version": version,
        "matched_at": now,
        "gone_at": None,
    }


def _offer(
    session: Session,
    kept: Sequence[tuple[MatchRow, Row]],
    products: Mapping[str, ProductKeys],
    min_score: float,
    now: datetime,
) -> int:
    """Make a lead of every can and check match that a plant has none of yet."""
    fitting = {
        match.id: plant_id
        for match, row in kept
        if row.verdict is not Verdict.CANNOT
        and row.score >= min_score
        and row.product is not None
        and (plant_id := products[row.product].plant_id) is not None
    }
    query = select(LeadRow.match_id).where(col(LeadRow.match_id).in_(list(fitting)))
    offered = set(session.exec(query))
    new = [
        LeadRow(
            match_id=match_id,
            plant_id=plant_id,
            state=LeadState.NEW.value,
            created_at=now,
            state_at=now,
        )
        for match_id, plant_id in fitting.items()
        if match_id is not None and match_id not in offered
    ]
    session.add_all(new)
    return len(new)
