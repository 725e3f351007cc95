"""Saving what the matcher answered, and the leads that follow from it.

Keys of matches stay through re-matching, because leads hang on them; a lead keeps its state
whatever becomes of the verdict.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, insert, update
from sqlalchemy import select as every  # that of sqlmodel tells the types of four columns only
from sqlmodel import Session, col, select

from matcher.records import Row, Verdict
from matcher.rows import is_gated
from service.matching.lots import WHOLE_NOTICE
from service.store.codec import dump_evidence, dump_quantity
from service.store.outcomes import batches
from service.store.rows import Columns
from service.store.tables import LeadRow, LotRow, MatchRow, NoticeRow, ProductRow
from service.store.tables.naming import LeadState


@dataclass(frozen=True, slots=True)
class Due:
    """A notice to be matched: its row's key, its record, and the key it will then carry, None
    where it stays due."""

    notice_id: int
    record: str
    matched_key: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the matcher said of a notice: rows by lot id; `now` is the time of its portal.
    `families` are those the needs of a lot may be of, by lot id, where they are known."""

    due: Due
    rows: Mapping[str, Sequence[Row]]
    now: datetime
    families: Mapping[str, frozenset[str]] = field(default_factory=dict)


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


def count_shown(session: Session) -> int:
    """Count the notices that can be matched."""
    shown = col(NoticeRow.gone_at).is_(None)
    return session.exec(select(func.count()).select_from(NoticeRow).where(shown)).one()


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
    """Give keys by product code. Retired products too: one may be retired while it is matched."""
    query = select(ProductRow.code, ProductRow.id, ProductRow.plant_id)
    return {
        code: ProductKeys(id_, plant_id)
        for code, id_, plant_id in session.exec(query)
        if id_ is not None
    }


def is_match(row: Row) -> bool:
    """Whether a row is worth keeping: everything but what a gate refused outright. Only
    `suranys explain` speaks of that; kept, it would be ten rows for every lot of every portal."""
    return row.product is not None and not is_gated(row.verdict, row.evidence)


class _Lot(NamedTuple):
    id: int
    closed_by: str | None
    families: str | None


class _Stored(NamedTuple):
    id: int
    gone: bool


class _Key(NamedTuple):
    lot_id: int
    product_id: int


class _Offer(NamedTuple):
    key: _Key
    plant_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class _Saved:
    """What is to be written of a batch, a list for each statement."""

    new: dict[_Key, Columns] = field(default_factory=dict)
    known: dict[_Key, Columns] = field(default_factory=dict)
    closed: list[Columns] = field(default_factory=list)
    offers: list[_Offer] = field(default_factory=list)


def save_matches(
    session: Session,
    answered: Sequence[Answered],
    products: Mapping[str, ProductKeys],
    *,
    version: str,
    min_score: float,
) -> int:
    """Save what the matcher said of some notices; returns how many new leads came of them.

    A few statements for all of them together: row by row, storing took four times as long as
    matching.
    """
    answered = _locked(session, answered)
    lots = _lots(session, answered)
    stored = _stored(session, [lot.id for lot in lots.values()])
    saved = _Saved()
    for one in answered:
        for lot_id, rows in one.rows.items():
            lot = lots[one.due.notice_id, lot_id]
            closed_by = next((each.closed_by for each in rows if each.product is None), None)
            kin = one.families.get(lot_id)
            families = None if kin is None else " ".join(sorted(kin))
            if (closed_by, families) != (lot.closed_by, lot.families):
                told = {"id": lot.id, "closed_by": closed_by, "families": families}
                saved.closed.append(told)
            for row in filter(is_match, rows):
                _put(saved, lot.id, row, products, stored, version, min_score, one.now)
    ids = _write(session, saved, stored)
    _let_go(session, answered, lots, {key: stored[key] for key in stored.keys() - ids.keys()})
    keys = [{"id": one.due.notice_id, "matched_key": one.due.matched_key} for one in answered]
    if keys:
        session.execute(update(NoticeRow), keys)
    return _offer(session, saved, ids)


def _locked(session: Session, answered: Sequence[Answered]) -> list[Answered]:
    """Lock the notices by key, as every other writer does, and give those that are still there."""
    there: set[int] = set()
    for part in batches(sorted(one.due.notice_id for one in answered)):
        id_ = col(NoticeRow.id)
        query = select(id_).where(id_.in_(part)).order_by(id_).with_for_update()
        there.update(found for found in session.exec(query) if found is not None)
    return [one for one in answered if one.due.notice_id in there]


def _lots(session: Session, answered: Sequence[Answered]) -> dict[tuple[int, str], _Lot]:
    """Give the lots of these notices by notice and id."""
    lots = _stored_lots(session, [one.due.notice_id for one in answered])
    # A notice without lots is its own only lot; a match needs one to point at.
    alone = [
        one.due.notice_id
        for one in answered
        if WHOLE_NOTICE in one.rows and (one.due.notice_id, WHOLE_NOTICE) not in lots
    ]
    if not alone:
        return lots
    for part in batches(alone):
        titles = select(NoticeRow.id, NoticeRow.title).where(col(NoticeRow.id).in_(part))
        rows = [
            {
                "notice_id": id_,
                "external_id": WHOLE_NOTICE,
                "position": 0,
                "title": title,
                "description": "",
            }
            for id_, title in session.exec(titles.order_by(col(NoticeRow.id)))
        ]
        session.execute(insert(LotRow), rows)
    return lots | _stored_lots(session, alone)


def _stored_lots(session: Session, notice_ids: Sequence[int]) -> dict[tuple[int, str], _Lot]:
    found = {}
    for part in batches(notice_ids):
        query = every(
            col(LotRow.notice_id),
            col(LotRow.external_id),
            col(LotRow.id),
            col(LotRow.closed_by),
            col(LotRow.families),
        ).where(col(LotRow.notice_id).in_(part))
        for notice_id, external, id_, closed_by, families in session.execute(query):
            if id_ is not None:
                found[notice_id, external] = _Lot(id_, closed_by, families)
    return found


def _stored(session: Session, lot_ids: Sequence[int]) -> dict[_Key, _Stored]:
    found = {}
    for part in batches(lot_ids):
        query = select(MatchRow.lot_id, MatchRow.product_id, MatchRow.id, MatchRow.gone_at).where(
            col(MatchRow.lot_id).in_(part)
        )
        for lot_id, product_id, id_, gone_at in session.exec(query):
            if id_ is not None:
                found[_Key(lot_id, product_id)] = _Stored(id_, gone_at is not None)
    return found


def _put(
    saved: _Saved,
    lot_id: int,
    row: Row,
    products: Mapping[str, ProductKeys],
    stored: Mapping[_Key, _Stored],
    version: str,
    min_score: float,
    now: datetime,
) -> None:
    assert row.product is not None  # noqa: S101 - is_match says so
    product = products[row.product]
    key = _Key(lot_id, product.product_id)
    columns = _columns(row, version, now)
    known = stored.get(key)
    if known is None:
        saved.new[key] = {**key._asdict(), **columns}
    else:
        saved.known[key] = {"id": known.id, **columns}
    fits = row.verdict is not Verdict.CANNOT and row.score >= min_score
    if fits and product.plant_id is not None:
        saved.offers.append(_Offer(key, product.plant_id, now))


def _write(session: Session, saved: _Saved, stored: Mapping[_Key, _Stored]) -> dict[_Key, int]:
    """Write lots and matches; gives the keys of the matches."""
    if saved.closed:
        session.execute(update(LotRow), saved.closed)
    ids = {key: stored[key].id for key in saved.known}
    if saved.known:
        session.execute(update(MatchRow), list(saved.known.values()))
    if saved.new:
        # Asked for in the order of parameters, SQLite would insert row by row.
        statement = insert(MatchRow).returning(
            col(MatchRow.id), col(MatchRow.lot_id), col(MatchRow.product_id)
        )
        for id_, *key in session.execute(statement, list(saved.new.values())):
            ids[_Key(*key)] = id_
    return ids


def _let_go(
    session: Session,
    answered: Sequence[Answered],
    lots: Mapping[tuple[int, str], _Lot],
    left: Mapping[_Key, _Stored],
) -> None:
    """Mark the matches that the matcher no longer gives."""
    times = {one.due.notice_id: one.now for one in answered}
    of_lot = {lot.id: times[notice_id] for (notice_id, _), lot in lots.items()}
    gone = [
        {"id": match.id, "gone_at": of_lot[key.lot_id]}
        for key, match in left.items()
        if not match.gone
    ]
    if gone:
        session.execute(update(MatchRow), gone)


def _columns(row: Row, version: str, now: datetime) -> Columns:
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


def _offer(session: Session, saved: _Saved, ids: Mapping[_Key, int]) -> int:
    """Make a lead of every can and check match that a plant has none of yet."""
    # A match made just now has no lead.
    known = [ids[one.key] for one in saved.offers if one.key in saved.known]
    offered: set[int] = set()
    for part in batches(known):
        query = select(LeadRow.match_id).where(col(LeadRow.match_id).in_(part))
        offered.update(session.exec(query))
    new = [
        {
            "match_id": ids[one.key],
            "plant_id": one.plant_id,
            "state": LeadState.NEW.value,
            "remark": "",
            "version": 1,
            "created_at": one.now,
            "state_at": one.now,
        }
        for one in saved.offers
        if ids[one.key] not in offered
    ]
    if new:
        session.execute(insert(LeadRow), new)
    return len(new)
