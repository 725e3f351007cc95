"""One purchase, one lead: a plan that became a notice hands its leads over, so does a contract."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from matcher.records import Verdict
from scrapers.canonical import load_notice
from scrapers.records import Notice, Phase, Relation
from service.purchases.joining import hands_over, successors
from service.store.outcomes import batches, joined
from service.store.tables import (
    DigestItemRow,
    LeadRow,
    LotRow,
    MatchRow,
    NoticeRow,
    PurchaseLinkRow,
)
from service.store.tables.naming import LeadState


def move_leads(session: Session, now: datetime) -> list[int]:
    """Give leads of plans, and of contracts published apart, to their notices; returns the notices
    concerned.

    A lead keeps its key, state and owner and points at the notice's match from then on. Where the
    notice's own lead was touched already, that one stays; the match ends either way, also where the
    notice asks for something the product is not. To be called after matching.
    """
    touched: set[int] = set()
    for match, lots in _superseded(session):
        lead = session.exec(select(LeadRow).where(LeadRow.match_id == match.id)).first()
        target = _target(session, match, lots)
        if lead is not None and target is not None:
            _move(session, lead, target)
        touched |= {match.lot_id, *lots}
        match.gone_at = now
        session.add(match)
    notices = select(LotRow.notice_id).where(col(LotRow.id).in_(touched)).distinct()
    return sorted(session.exec(notices)) if touched else []


def _superseded(session: Session) -> Iterator[tuple[MatchRow, list[int]]]:
    """Give the standing matches of plans that became notices, with the keys of their lots."""
    groups = joined(session, _candidates(session))
    several = {each for group in groups.values() if len(group) > 1 for each in group}
    # Most plans are joined to nothing, and their records are not read.
    shown = _shown(session, sorted(several))
    for plan_id, group in groups.items():
        plan = shown.get(plan_id)
        notices = {id_: shown[id_] for id_ in sorted(group - {plan_id}) if id_ in shown}
        if plan is not None and notices and hands_over(plan):
            yield from _superseded_lots(session, plan_id, plan, notices)


def _superseded_lots(
    session: Session, plan_id: int, plan: Notice, notices: dict[int, Notice]
) -> Iterator[tuple[MatchRow, list[int]]]:
    query = select(LotRow, MatchRow).where(
        LotRow.notice_id == plan_id, MatchRow.lot_id == LotRow.id, col(MatchRow.gone_at).is_(None)
    )
    for lot, match in session.exec(query).all():
        into = {id_: successors(plan, lot.external_id, each) for id_, each in notices.items()}
        found: list[int] = []
        for id_, names in into.items():
            rows = select(LotRow.id).where(
                LotRow.notice_id == id_, col(LotRow.external_id).in_(names)
            )
            found += [row for row in session.exec(rows) if row is not None]
        if any(into.values()):
            yield match, found


def _candidates(session: Session) -> list[int]:
    """Give the records with standing matches whose leads may belong elsewhere."""
    naming = select(PurchaseLinkRow.notice_id).where(
        PurchaseLinkRow.relation == Relation.NOTICE.value
    )
    query = (
        select(NoticeRow.id)
        .where(
            or_(col(NoticeRow.phase) == Phase.PLAN.value, col(NoticeRow.id).in_(naming)),
            LotRow.notice_id == NoticeRow.id,
            MatchRow.lot_id == LotRow.id,
            col(MatchRow.gone_at).is_(None),
        )
        .distinct()
    )
    return [id_ for id_ in session.exec(query) if id_ is not None]


def _shown(session: Session, notice_ids: list[int]) -> dict[int, Notice]:
    """Give those that are still shown."""
    found: dict[int, Notice] = {}
    for part in batches(notice_ids):
        query = select(NoticeRow.id, NoticeRow.record).where(
            col(NoticeRow.id).in_(part), col(NoticeRow.gone_at).is_(None)
        )
        found |= {id_: load_notice(text) for id_, text in session.exec(query) if id_ is not None}
    return found


def _target(session: Session, plan: MatchRow, lots: list[int]) -> MatchRow | None:
    """Give the notice's best match of the same product."""
    query = (
        select(MatchRow)
        .where(
            col(MatchRow.lot_id).in_(lots),
            MatchRow.product_id == plan.product_id,
            MatchRow.verdict != Verdict.CANNOT.value,
            col(MatchRow.gone_at).is_(None),
        )
        .order_by(col(MatchRow.score).desc(), col(MatchRow.id))
    )
    return session.exec(query).first()


def _move(session: Session, lead: LeadRow, target: MatchRow) -> None:
    """Point a lead at another match, unless that one has a lead somebody knows of."""
    assert target.id is not None  # noqa: S101 - it was read from the database
    own = session.exec(select(LeadRow).where(LeadRow.match_id == target.id)).first()
    if own is not None:
        if _is_known(session, own):
            return
        session.delete(own)
        session.flush()
    lead.match_id = target.id
    session.add(lead)
    session.flush()


def _is_known(session: Session, lead: LeadRow) -> bool:
    """Whether a person dealt with a lead or was told of it."""
    told = select(DigestItemRow.id).where(DigestItemRow.lead_id == lead.id)
    touched = lead.state != LeadState.NEW.value or lead.owner is not None or lead.version > 1
    return touched or session.exec(told).first() is not None
