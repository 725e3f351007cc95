"""Stored notices in lists: by words, portal, phase and country, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from scrapers.canonical import load_notice
from scrapers.records import Money, Notice, Phase, Vat
from service.desk.cursor import decode, encode
from service.desk.search import found_notices, query_stems
from service.store.tables import NoticeRow

MOST = 100
_KIND = "notices"


@dataclass(frozen=True, slots=True)
class NoticeFilters:
    """Which notices are wanted; those gone from their portal are left out."""

    text: str = ""
    portal: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    country: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice in a list."""

    portal: str
    id: str
    number: str | None
    title: str
    url: str
    phase: Phase
    buyer: str | None
    country: str | None
    value: Money | None
    published_at: datetime | None
    ends_at: datetime | None
    sample: bool


def find_notices(
    session: Session, filters: NoticeFilters, cursor: str | None, limit: int
) -> tuple[list[NoticeLine], str | None]:
    """Give a page of notices, the latest stored first, and the cursor of the next page.

    Raises BadCursor for a cursor of another list.
    """
    ids, after = _page(session, filters, cursor, limit)
    query = (
        sql_select(*_COLUMNS).where(col(NoticeRow.id).in_(ids)).order_by(col(NoticeRow.id).desc())
    )
    return [_line(*row) for row in session.execute(query)], after


def whole_notices(
    session: Session, filters: NoticeFilters, cursor: str | None, limit: int
) -> tuple[list[Notice], str | None]:
    """Give a page of whole notices, for an export."""
    ids, after = _page(session, filters, cursor, limit)
    query = (
        sql_select(col(NoticeRow.record))
        .where(col(NoticeRow.id).in_(ids))
        .order_by(col(NoticeRow.id).desc())
    )
    return [load_notice(record) for record in session.execute(query).scalars()], after


def _page(
    session: Session, filters: NoticeFilters, cursor: str | None, limit: int
) -> tuple[Sequence[int], str | None]:
    """Give the keys of a page, and the cursor of the next one where there is one."""
    limit = min(max(limit, 1), MOST)
    listed = (
        (NoticeRow.portal, filters.portal),
        (NoticeRow.phase, filters.phase),
        (NoticeRow.country, filters.country),
    )
    query = sql_select(col(NoticeRow.id)).where(col(NoticeRow.gone_at).is_(None))
    for column, values in listed:
        if values:
            query = query.where(col(column).in_(values))
    stems = query_stems(filters.text)
    if filters.text and not stems:
        return [], None
    if stems:
        query = query.where(col(NoticeRow.id).in_(found_notices(session, stems)))
    if cursor is not None:
        query = query.where(col(NoticeRow.id) < int(decode(cursor, _KIND, 1)[0]))
    query = query.order_by(col(NoticeRow.id).desc()).limit(limit + 1)
    ids = [id_ for id_ in session.execute(query).scalars() if id_ is not None]
    after = encode(_KIND, [ids[limit - 1]]) if len(ids) > limit else None
    return ids[:limit], after


_COLUMNS = (
    *(col(NoticeRow.portal), col(NoticeRow.external_id), col(NoticeRow.number)),
    *(col(NoticeRow.title), col(NoticeRow.url), col(NoticeRow.phase), col(NoticeRow.buyer)),
    *(col(NoticeRow.country), col(NoticeRow.value_minor), col(NoticeRow.value_currency)),
    *(col(NoticeRow.value_vat), col(NoticeRow.published_at), col(NoticeRow.ends_at)),
    col(NoticeRow.sample),
)


def _line(
    portal: str,
    id_: str,
    number: str | None,
    title: str,
    url: str,
    phase: str,
    buyer: str | None,
    country: str | None,
    minor: int | None,
    currency: str | None,
    vat: str | None,
    published_at: datetime | None,
    ends_at: datetime | None,
    sample: bool,
) -> NoticeLine:
    known = minor is not None and currency is not None
    return NoticeLine(
        portal=portal,
        id=id_,
        number=number,
        title=title,
        url=url,
        phase=Phase(phase),
        buyer=buyer,
        country=country,
        value=Money(minor or 0, currency or "", Vat(vat or "unknown")) if known else None,
        published_at=published_at,
        ends_at=ends_at,
        sample=sample,
    )
