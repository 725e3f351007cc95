"""Finding the notice that a person means by what they have in hand."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
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
    """Find notices by id, number, address, `PORTAL/ID` or `PORTAL/NUMBER`, else by a lot's id or
    number, else by a number without the version (`0001` for `0001-1`).

    `addresses` are further addresses that mean the same notice. Several are found where portals
    use the same number.
    """
    reference = _bare(reference)
    portal, _, id_ = reference.partition("/")
    query = (
        select(NoticeRow.record)
        .where(
            or_(
                col(NoticeRow.external_id) == reference,
                col(NoticeRow.number) == reference,
                col(NoticeRow.url).in_([reference, *addresses]),
                (col(NoticeRow.portal) == portal)
                & or_(col(NoticeRow.external_id) == id_, col(NoticeRow.number) == id_),
            )
        )
        .order_by(col(NoticeRow.portal), col(NoticeRow.id))
    )
    found = [Found(load_notice(record)) for record in session.exec(query)]
    return found or _by_lot(session, reference) or _of_any_version(session, reference)


def near(session: Session, reference: str) -> list[str]:
    """Give the few stored numbers most like a reference that nothing was found by."""
    numbers = {*session.exec(select(NoticeRow.number)), *session.exec(select(LotRow.number))}
    found = process.extract(
        _bare(reference)[:LONGEST],
        sorted(number for number in numbers if number),
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=LIKENESS,
        limit=FEW,
    )
    return [number for number, _, _ in found]


def _bare(reference: str) -> str:
    """Take off the «№» that a number is copied with."""
    return re.sub(r"^\s*№\s*", "", reference).strip()


def _of_any_version(session: Session, number: str) -> list[Found]:
    """Find by a number whose version, the `-1` that a portal adds, was left out."""
    if not number:
        return []
    query = (
        select(NoticeRow.record, NoticeRow.number)
        .where(col(NoticeRow.number).startswith(f"{number}-", autoescape=True))
        .order_by(col(NoticeRow.portal), col(NoticeRow.id))
    )
    return [
        Found(load_notice(record))
        for record, whole in session.exec(query)
        if whole is not None and re.fullmatch(r"-\d{1,3}", whole[len(number) :])
    ]


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

FEW = 3
LONGEST = 60
LIKENESS = 0.65
"""Levenshtein similarity from which a stored number is offered as the one that was meant."""
