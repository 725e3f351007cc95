"""Saving and reading notices. Saving the same page twice changes nothing but when it was seen."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from scrapers.canonical import content_hash, load_notice
from scrapers.records import Depth, Notice, Phase
from service.store.merging import changes, merge
from service.store.outcomes import insert_outcomes, save_outcomes
from service.store.postgresql import named_lock
from service.store.rows import (
    Columns,
    item_columns,
    lot_columns,
    notice_columns,
    storable,
)
from service.store.stems import index_new, index_notices
from service.store.tables import AwardRow, ChangeRow, ItemRow, LotRow, NoticeRow

# SQLite before 3.32 takes 999 variables in a statement, PostgreSQL 65,535.
BATCH = 500
# A notice stands in as many rows as pages show lots of it.
MOST_MARKS = 200


@dataclass(frozen=True, slots=True)
class PageCounts:
    """What saving did. `deepened` notices were known from a listing and now are in detail, with
    nothing that was known having changed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    deepened: int = 0

    def __add__(self, other: "PageCounts") -> "PageCounts":
        return PageCounts(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.deepened + other.deepened,
        )


def save_page(session: Session, notices: Iterable[Notice], seen_at: datetime) -> PageCounts:
    """Save what one page showed, merged with what is known. To be called in a writing unit."""
    counts = PageCounts()
    by_portal: dict[str, dict[str, Notice]] = {}
    for notice in map(storable, notices):
        known = by_portal.setdefault(notice.portal, {})
        earlier = known.get(notice.id)
        known[notice.id] = notice if earlier is None else merge(earlier, notice)
    for portal, page in by_portal.items():
        for part in _batches(list(page.values())):
            counts += _save_batch(session, portal, part, seen_at)
    return counts


def _save_batch(
    session: Session, portal: str, notices: Sequence[Notice], seen_at: datetime
) -> PageCounts:
    ids = [notice.id for notice in notices]
    # Two modules may read one portal. Rows are locked by key, as matching does: no deadlock.
    named_lock(session, f"notices:{portal}")
    query = (
        select(NoticeRow)
        .where(NoticeRow.portal == portal, col(NoticeRow.external_id).in_(ids))
        .order_by(col(NoticeRow.id))
        .with_for_update()
    )
    stored = {row.external_id: row for row in session.exec(query)}
    new = [notice for notice in notices if notice.id not in stored]
    _insert(session, new, seen_at)
    counts = PageCounts(new=len(new))
    unchanged: list[int | None] = []
    for notice in notices:
        row = stored.get(notice.id)
        if row is None:
            continue
        known = load_notice(row.record)
        merged = merge(known, notice)
        if merged == known:
            unchanged.append(row.id)
            counts += PageCounts(same=1)
        else:
            counts += _update(session, row, known, merged, seen_at)
    if unchanged:
        # One statement, and not through the session: nothing else of these rows is touched.
        seen = {"last_seen_at": seen_at, "gone_at": None}
        session.execute(update(NoticeRow).where(col(NoticeRow.id).in_(unchanged)).values(seen))
    return counts


def _insert(session: Session, notices: Sequence[Notice], seen_at: datetime) -> None:
    if not notices:
        return
    seen = {"first_seen_at": seen_at, "last_seen_at": seen_at, "changed_at": seen_at}
    rows = [{**notice_columns(notice), **seen} for notice in notices]
    ids = _insert_rows(session, NoticeRow, rows)
    index_new(session, {id_: row["folded"] for id_, row in zip(ids, rows, strict=True)})
    lots = [
        (lot_columns(id_, position, lot), lot.items)
        for id_, notice in zip(ids, notices, strict=True)
        for position, lot in enumerate(notice.lots)
    ]
    lot_ids = _insert_rows(session, LotRow, [columns for columns, _ in lots])
    items = [
        item_columns(lot_id, position, item)
        for lot_id, (_, parts) in zip(lot_ids, lots, strict=True)
        for position, item in enumerate(parts)
    ]
    if items:
        session.execute(insert(ItemRow), items)
    insert_outcomes(session, dict(zip(ids, notices, strict=True)))


def _insert_rows(
    session: Session, table: type[NoticeRow | LotRow], rows: list[Columns]
) -> list[int]:
    """Insert in bulk and give the new keys in the order of the rows."""
    if not rows:
        return []
    statement = insert(table).returning(col(table.id), sort_by_parameter_order=True)
    return [id_ for id_ in session.execute(statement, rows).scalars() if id_ is not None]


def _update(
    session: Session, row: NoticeRow, known: Notice, merged: Notice, seen_at: datetime
) -> PageCounts:
    columns = notice_columns(merged)
    differing = changes(known, merged) if columns["content_hash"] != row.content_hash else []
    if columns["content_hash"] != row.content_hash:
        row.changed_at = seen_at
    assert row.id is not None  # noqa: S101 - it was read from the database
    if columns["folded"] != row.folded:
        index_notices(session, {row.id: columns["folded"]})
    for name, value in columns.items():
        setattr(row, name, value)
    row.last_seen_at, row.gone_at = seen_at, None
    session.add(row)
    session.add_all(
        ChangeRow(notice_id=row.id, field=field, old=old, new=new, seen_at=seen_at)
        for field, old, new in differing
    )
    if known.lots != merged.lots:
        _update_lots(session, row.id, merged, seen_at)
    save_outcomes(session, row.id, known, merged)
    if differing:
        return PageCounts(changed=1)
    return PageCounts(deepened=1) if known.depth is not merged.depth else PageCounts(same=1)


def _update_lots(session: Session, notice_id: int, notice: Notice, seen_at: datetime) -> None:
    """Bring the lots to what the notice now says. Keys stay, because matches point at them; a lot
    no longer shown is marked gone."""
    rows = session.exec(select(LotRow).where(LotRow.notice_id == notice_id)).all()
    stored = {row.external_id: row for row in rows}
    for position, lot in enumerate(notice.lots):
        columns = lot_columns(notice_id, position, lot)
        row = stored.pop(lot.id, None) or LotRow(**columns)
        for name, value in columns.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        assert row.id is not None  # noqa: S101 - flush gave it
        session.execute(delete(ItemRow).where(col(ItemRow.lot_id) == row.id))
        items = [item_columns(row.id, place, item) for place, item in enumerate(lot.items)]
        if items:
            session.execute(insert(ItemRow), items)
    for row in stored.values():
        row.gone_at = row.gone_at or seen_at
        session.add(row)


def listing_mark(row: Notice) -> str:
    """Fingerprint a listing row. Its time of amendment counts: it says that the page changed."""
    return f"{content_hash(row)[:24]}{row.amended_at.isoformat() if row.amended_at else ''}"


def is_known(session: Session, row: Notice, *, deep: bool) -> bool:
    """Whether a listing row is stored, unchanged and (if `deep`) read in detail; of an awarded one,
    whether it was read who won."""
    decided = select(AwardRow.id).where(AwardRow.notice_id == NoticeRow.id).exists()
    query = select(NoticeRow.depth, NoticeRow.listed, decided).where(
        NoticeRow.portal == row.portal,
        NoticeRow.external_id == row.id,
        col(NoticeRow.gone_at).is_(None),
    )
    found = session.exec(query).first()
    if found is None:
        return False
    depth, listed, awarded = found
    if deep and depth != Depth.DETAIL and not (awarded and row.phase is Phase.AWARDED):
        return False
    return listing_mark(row) in json.loads(listed)


def note_rows(
    session: Session,
    portal: str,
    ids: Iterable[str],
    marks: Mapping[str, set[str]],
    *,
    reader: str,
    now: datetime,
) -> None:
    """Note that these notices stood on a page just saved, and under which listing rows.

    Marks of an earlier content are forgotten: a row that goes back to an old state must be opened
    again.
    """
    seen = {"last_seen_at": now, "gone_at": None, "reader": reader}
    for part in _batches(list(ids)):
        here = (col(NoticeRow.portal) == portal, col(NoticeRow.external_id).in_(part))
        session.execute(update(NoticeRow).where(*here).values(seen))
        query = select(NoticeRow).where(
            *here, col(NoticeRow.external_id).in_([id_ for id_ in part if marks.get(id_)])
        )
        for row in session.exec(query):
            kept = set() if row.changed_at == now else set(json.loads(row.listed))
            marked = kept | marks[row.external_id]
            if marked != set(json.loads(row.listed)):
                row.listed = json.dumps(sorted(marked)[:MOST_MARKS])
                session.add(row)


def mark_gone(
    session: Session, reader: str, *, began_at: datetime, since: datetime | None, now: datetime
) -> int:
    """Mark as gone what a complete reading, begun at `began_at`, should have shown and did not.

    That is what this reader saw before, is still open by its deadline and was published inside
    the window read (`since`; None: everything). Returns how many. Never to be called after a
    reading that was cut short.
    """
    still_open = col(NoticeRow.ends_at).is_(None) | (col(NoticeRow.ends_at) > now)
    conditions = [
        col(NoticeRow.reader) == reader,
        col(NoticeRow.last_seen_at) < began_at,
        col(NoticeRow.gone_at).is_(None),
        col(NoticeRow.phase).in_((Phase.PLAN.value, Phase.OPEN.value)),
        still_open,
    ]
    if since is not None:
        conditions.append(col(NoticeRow.published_at) >= since)
    statement = update(NoticeRow).where(*conditions).values(gone_at=now)
    return len(session.execute(statement.returning(col(NoticeRow.id))).all())


_Part = TypeVar("_Part")


def _batches(parts: Sequence[_Part]) -> Iterator[Sequence[_Part]]:
    for start in range(0, len(parts), BATCH):
        yield parts[start : start + BATCH]
