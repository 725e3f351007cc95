"""Links of notices that are one purchase seen twice, as stored."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete
from sqlmodel import Session, col, select

from scrapers.canonical import load_notice
from scrapers.records import Notice, Phase
from service.purchases.same import Same, Sighting, same_purchases
from service.store.outcomes import batches
from service.store.tables import NoticeRow, SameNoticeRow

_REMEMBERED = timedelta(days=180)
"""How long after its deadline a notice may still be announced anew."""


def link_same(session: Session, now: datetime) -> list[int]:
    """Find the purchases seen twice among what is stored and store the links. Gives the keys of
    notices whose showing changed."""
    found = {each.notice: each for each in same_purchases(_sightings(session, now))}
    stored = {row.notice_id: row for row in session.exec(select(SameNoticeRow))}
    changed: set[int] = set()
    for key, row in stored.items():
        same = found.get(key)
        if same is None or same.shown != row.same_as:
            changed |= {key, row.same_as}
            session.execute(delete(SameNoticeRow).where(col(SameNoticeRow.id) == row.id))
            session.expunge(row)
    for key, same in found.items():
        if key not in stored or key in changed:
            changed |= {key, same.shown}
            session.add(_row(same, now))
    return sorted(changed)


def stands_for(session: Session, keys: Sequence[int]) -> dict[int, int]:
    """Give for these notices the one that is shown in their place; those shown are left out."""
    query = select(SameNoticeRow.notice_id, SameNoticeRow.same_as).where(
        col(SameNoticeRow.notice_id).in_(list(keys))
    )
    return dict(session.exec(query).all())


def hidden(session: Session, keys: Collection[int]) -> dict[int, datetime]:
    """Give those of these notices that another one stands for, with the moment that was found."""
    found: dict[int, datetime] = {}
    for part in batches(sorted(keys)):
        query = select(SameNoticeRow.notice_id, SameNoticeRow.found_at).where(
            col(SameNoticeRow.notice_id).in_(part)
        )
        found |= dict(session.exec(query).all())
    return found


def _row(same: Same, now: datetime) -> SameNoticeRow:
    return SameNoticeRow(
        notice_id=same.notice, same_as=same.shown, because=same.because, found_at=now
    )


def _sightings(session: Session, now: datetime) -> list[Sighting]:
    ends = col(NoticeRow.ends_at)
    query = select(NoticeRow.id, NoticeRow.portal, NoticeRow.number, NoticeRow.title).add_columns(
        col(NoticeRow.phase), ends
    )
    query = query.where(
        col(NoticeRow.gone_at).is_(None),
        ends.is_(None) | (ends > now - _REMEMBERED),
    ).order_by(col(NoticeRow.id))
    return [
        Sighting(key, portal, number, title, Phase(phase), ends_at, partial(_load, session, key))
        for key, portal, number, title, phase, ends_at in session.execute(query)
    ]


def _load(session: Session, key: int) -> Notice:
    return load_notice(session.exec(select(NoticeRow.record).where(NoticeRow.id == key)).one())
