"""Finding the notice that a person means by what they have in hand."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from scrapers.canonical import load_notice
from scrapers.records import Notice
from service.store.tables import LotRow, NoticeRow


@dataclass(frozen=True, slots=True)
class Found:
    """A stored notice; `lot` is the lot's id when it was a lot that was named."""

    notice: Notice
    lot: str | None = None


def find(session: Session, reference: str, addresses: Iterable[str] = ()) -> list[Found]:
    """Find notices by id, number, address or `PORTAL/ID`, else by a lot's id or number.

    `addresses` are further addresses that mean the same notice. Several are found where portals
    use the same number.
    """
    portal, _, id_ = reference.partition("/")
    query = (
        select(NoticeRow.record)
        .where(
            or_(
                col(NoticeRow.external_id) == reference,
                col(NoticeRow.number) == reference,
                col(NoticeRow.url).in_([reference, *addresses]),
                (col(NoticeRow.portal) == portal) & (col(NoticeRow.external_id) == id_),
            )
        )
        .order_by(col(NoticeRow.portal), col(NoticeRow.id))
    )
    found = [Found(load_notice(record)) for record in session.exec(query)]
    return found or _by_lot(session, reference)


def _by_lot(session: Session, reference: str) -> list[Found]:
    """Find by lot. A short name such as `1` is a lot of nearly every notice."""
    query = (
        select(NoticeRow.record, LotRow.external_id)
        .where(
            LotRow.notice_id == NoticeRow.id,
            or_(col(LotRow.external_id) == reference, col(LotRow.number) == reference),
        )
        .order_by(col(NoticeRow.portal), col(NoticeRow.id))
        .limit(MOST)
    )
    return [Found(load_notice(record), lot) for record, lot in session.exec(query)]


MOST = 20
"""Notices given for one reference: `1` is a lot of nearly every one."""
