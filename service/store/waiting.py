"""Notices that wait to be opened, and the requests a portal was sent today.

Written only in the unit of work that stores a page or claims a run, so that a killed run loses
neither.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from scrapers.canonical import load_notice
from scrapers.records import Depth, Notice, Phase
from service.store.tables import AwardRow, NoticeRow, PortalDayRow, WaitingRow

MOST_TRIES = 5
"""A notice whose pages failed so often waits no longer, unless its listing row changes."""
_OPEN = (Phase.PLAN.value, Phase.OPEN.value)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """One notice that waits: its row's key and id, the mark of its listing row."""

    notice_id: int
    id: str
    mark: str
    ends_at: datetime | None
    tried: int


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """How many notices of a reader wait, and since when the oldest does."""

    count: int
    oldest: datetime


def read_whole(notice: Notice) -> bool:
    """Tell whether nothing of a notice is left to open: all was read or, once it is awarded, who
    won. goszakup's protocol of results stays at listing depth, because a detail reading would
    replace the lots and documents read while bids were taken."""
    return notice.depth is Depth.DETAIL or (notice.phase is Phase.AWARDED and bool(notice.awards))


def outcome_read(session: Session, row: Notice) -> bool:
    """Tell whether who won is stored for every lot of an awarded listing row."""
    if row.phase is not Phase.AWARDED:
        return False
    query = select(AwardRow.lots).where(
        AwardRow.notice_id == NoticeRow.id,
        NoticeRow.portal == row.portal,
        NoticeRow.external_id == row.id,
    )
    told: list[list[str]] = [json.loads(lots) for lots in session.exec(query)]
    named = {lot for lots in told for lot in lots}
    return [] in told or (bool(told) and {lot.id for lot in row.lots} <= named)


def waiting_of(session: Session, reader: str, now: datetime) -> list[Waiting]:
    """Give what waits for this reader and can still be bid for or names who won, in no order."""
    query = (
        select(WaitingRow, NoticeRow.external_id, NoticeRow.ends_at, NoticeRow.phase)
        .where(WaitingRow.notice_id == NoticeRow.id, WaitingRow.reader == reader)
        .where(*_still_open(now), WaitingRow.tried < MOST_TRIES)
    )
    return [
        Waiting(row.notice_id, id_, row.mark, ends if phase != Phase.AWARDED else None, row.tried)
        for row, id_, ends, phase in session.exec(query)
    ]


def waiting_counts(session: Session, now: Callable[[str], datetime]) -> dict[str, WaitingCount]:
    """Count what waits by reader; `now` gives the time at a portal."""
    found: dict[str, WaitingCount] = {}
    for reader in session.exec(select(WaitingRow.reader).distinct().order_by(WaitingRow.reader)):
        query = (
            select(func.count(), func.min(WaitingRow.since))
            .where(WaitingRow.notice_id == NoticeRow.id, WaitingRow.reader == reader)
            .where(*_still_open(now(reader)), WaitingRow.tried < MOST_TRIES)
        )
        count, oldest = session.exec(query).one()
        if count and oldest is not None:
            found[reader] = WaitingCount(count, oldest)
    return found


def drop_settled(session: Session, reader: str, now: datetime) -> None:
    """Forget what waits in vain: over, cancelled or gone."""
    kept = select(NoticeRow.id).where(*_still_open(now))
    session.execute(
        delete(WaitingRow).where(
            col(WaitingRow.reader) == reader, col(WaitingRow.notice_id).not_in(kept)
        )
    )


def add_waiting(
    session: Session, reader: str, portal: str, marks: Mapping[str, str], now: datetime
) -> None:
    """Let these notices of a portal wait under the marks of their rows. One that waits already
    under another mark is tried afresh and keeps its place."""
    ids = list(marks)
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        query = select(NoticeRow.id, NoticeRow.external_id, NoticeRow.ends_at).where(
            NoticeRow.portal == portal, col(NoticeRow.external_id).in_(part)
        )
        rows = {key: (id_, ends) for key, id_, ends in session.exec(query) if key is not None}
        held = select(WaitingRow).where(col(WaitingRow.notice_id).in_(list(rows)))
        waiting = {row.notice_id: row for row in session.exec(held)}
        for key, (id_, ends) in rows.items():
            row = waiting.get(key) or WaitingRow(
                notice_id=key, reader=reader, mark=marks[id_], since=now
            )
            row.tried = row.tried if row.mark == marks[id_] else 0
            row.mark, row.ends_at, row.reader = marks[id_], ends, reader
            session.add(row)


def opened(session: Session, portal: str, ids: Iterable[str]) -> None:
    """Forget that these notices waited: they were read whole."""
    session.execute(delete(WaitingRow).where(col(WaitingRow.notice_id).in_(_keys(portal, ids))))


def failed(session: Session, portal: str, ids: Iterable[str]) -> None:
    """Note that the pages of these notices failed once more."""
    session.execute(
        update(WaitingRow)
        .where(col(WaitingRow.notice_id).in_(_keys(portal, ids)))
        .values(tried=WaitingRow.tried + 1)
    )


def waits_under(session: Session, reader: str, portal: str, id_: str) -> str | None:
    """Give the mark under which a notice waits for this reader, None where it does not."""
    query = select(WaitingRow.mark).where(
        WaitingRow.notice_id == NoticeRow.id,
        WaitingRow.reader == reader,
        NoticeRow.portal == portal,
        NoticeRow.external_id == id_,
    )
    return session.exec(query).first()


def record_of(session: Session, notice_id: int) -> Notice | None:
    """Give a stored notice by the key of its row."""
    record = session.exec(select(NoticeRow.record).where(NoticeRow.id == notice_id)).first()
    return None if record is None else load_notice(record)


def sift(
    session: Session, reader: str, worth: Callable[[Notice], bool], basis: str, now: datetime
) -> None:
    """Once per `basis` (the families), let wait what is stored from listings only and is worth
    reading: rows that no family named before may be named by a new one."""
    row = session.get(PortalDayRow, reader) or PortalDayRow(portal=reader, day="")
    if row.basis == basis:
        return
    row.basis = basis
    session.add(row)
    query = (
        select(NoticeRow.id, NoticeRow.record, NoticeRow.ends_at)
        .where(NoticeRow.reader == reader, NoticeRow.depth == Depth.LISTING.value)
        .where(*_still_open(now))
        .where(col(NoticeRow.id).not_in(select(WaitingRow.notice_id)))
    )
    # One record at a time: a store holds 100,000 of them.
    stored = ((key, load_notice(record), ends) for key, record, ends in session.exec(query).all())
    session.add_all(
        WaitingRow(notice_id=key, reader=reader, mark="", ends_at=ends, since=now)
        for key, notice, ends in stored
        if key is not None and worth(notice) and not read_whole(notice)
    )


def requests_today(session: Session, portal: str, day: str) -> int:
    """Give how many requests a portal was sent on this local day."""
    row = session.get(PortalDayRow, portal)
    return row.requests if row is not None and row.day == day else 0


def count_requests(session: Session, portal: str, day: str, more: int) -> None:
    """Add to the requests a portal was sent on this local day."""
    row = session.get(PortalDayRow, portal) or PortalDayRow(portal=portal, day=day)
    row.requests = more + (row.requests if row.day == day else 0)
    row.day = day
    session.add(row)


def _keys(portal: str, ids: Iterable[str]) -> Select[int | None]:
    return sa_select(col(NoticeRow.id)).where(
        col(NoticeRow.portal) == portal, col(NoticeRow.external_id).in_(list(ids))
    )


def _still_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    ends, phase = col(NoticeRow.ends_at), col(NoticeRow.phase)
    # The pages of an awarded one say who won, whatever its deadline was.
    return (
        (phase == Phase.AWARDED.value) | (phase.in_(_OPEN) & (ends.is_(None) | (ends > now))),
        col(NoticeRow.gone_at).is_(None),
    )
