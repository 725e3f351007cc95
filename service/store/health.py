"""How the portals and the store are: for `status`, the digest and the page of an official."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.store.tables import LeadRow, LotRow, MatchRow, NoticeRow, ProductRow, RunRow
from service.store.tables.naming import Outcome, RunState

_COLLECT = "collect:"


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a portal that ended, and when one last ended OK. Times are real time."""

    portal: str
    outcome: Outcome
    fault: str | None
    reason: str
    advice: str
    read: int
    new: int
    changed: int
    failed: int
    total: int | None
    slot: str
    ended_at: datetime
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds. `notices` and `lots` leave out what is gone."""

    notices: dict[str, int]
    gone: int
    lots: int
    products: int
    matches: int
    leads: int


def last_runs(session: Session) -> list[LastRun]:
    """Give the last run that ended of every portal, by name."""
    query = (
        select(RunRow)
        .where(col(RunRow.job).startswith(_COLLECT), RunRow.state == RunState.ENDED.value)
        .order_by(col(RunRow.job), col(RunRow.ended_at), col(RunRow.id))
    )
    found: dict[str, LastRun] = {}
    for row in session.exec(query):
        name = row.job.removeprefix(_COLLECT)
        before = found.get(name)
        last_ok = before.last_ok_at if before else None
        if row.outcome is None or row.ended_at is None:
            continue
        found[name] = LastRun(
            portal=name,
            outcome=Outcome(row.outcome),
            fault=row.fault,
            reason=row.reason,
            advice=row.advice,
            read=row.read,
            new=row.new,
            changed=row.changed,
            failed=row.failed,
            total=row.total,
            slot=row.slot,
            ended_at=row.ended_at,
            last_ok_at=row.ended_at if row.outcome == Outcome.OK else last_ok,
        )
    return list(found.values())


def counts(session: Session) -> Counts:
    """Count what is stored."""
    present = select(func.count()).select_from(LotRow).where(col(LotRow.gone_at).is_(None))
    gone = select(func.count()).select_from(NoticeRow).where(col(NoticeRow.gone_at).is_not(None))
    offered = select(func.count()).select_from(ProductRow)
    matched = select(func.count()).select_from(MatchRow).where(col(MatchRow.gone_at).is_(None))
    return Counts(
        notices=notices_by_portal(session),
        gone=session.exec(gone).one(),
        lots=session.exec(present).one(),
        products=session.exec(offered.where(col(ProductRow.retired_at).is_(None))).one(),
        matches=session.exec(matched).one(),
        leads=session.exec(select(func.count()).select_from(LeadRow)).one(),
    )


def notices_by_portal(session: Session) -> dict[str, int]:
    """Count the notices of each portal, those left out that are gone."""
    query = (
        select(NoticeRow.portal, func.count())
        .where(col(NoticeRow.gone_at).is_(None))
        .group_by(col(NoticeRow.portal))
        .order_by(col(NoticeRow.portal))
    )
    return dict(session.exec(query).all())


def last_seen(session: Session) -> dict[str, datetime]:
    """Give when each portal's notices were last seen, on the clock they were read by."""
    query = select(NoticeRow.portal, func.max(NoticeRow.last_seen_at)).group_by(
        col(NoticeRow.portal)
    )
    return {portal: seen for portal, seen in session.exec(query) if seen is not None}
