"""Who won the purchases behind some leads: for lists, the report and programs."""

from collections.abc import Collection, Iterable

from sqlmodel import Session, col, select

from matcher.records import NeedKind
from scrapers.canonical import load_notice
from service.desk.leads import Card
from service.purchases.joining import Winner
from service.store.outcomes import DECIDED, Outcomes
from service.store.tables import LeadRow, LotRow, MatchRow, NoticeRow


def winners_of(session: Session, lead_ids: Collection[int]) -> dict[int, Winner]:
    """Give the winner of each lead's lot that is named anywhere in its purchase."""
    if not lead_ids:
        return {}
    query = select(LeadRow.id, LotRow.external_id, NoticeRow.id, NoticeRow.record).where(
        col(LeadRow.id).in_(lead_ids),
        LeadRow.match_id == MatchRow.id,
        MatchRow.lot_id == LotRow.id,
        LotRow.notice_id == NoticeRow.id,
    )
    rows = [
        (lead, lot, id_, load_notice(record))
        for lead, lot, id_, record in session.exec(query)
        if lead is not None and id_ is not None
    ]
    outcomes = Outcomes(session, {id_ for _, _, id_, _ in rows})
    found = {lead: outcomes.winner(id_, notice, lot) for lead, lot, id_, notice in rows}
    return {lead: winner for lead, winner in found.items() if winner is not None}


def winners_of_cards(session: Session, cards: Iterable[Card]) -> dict[int, Winner]:
    """Give the winners of those leads of a list whose purchase may have one."""
    decided = [card.id for card in cards if card.phase in DECIDED or card.kind is NeedKind.IMPLIED]
    return winners_of(session, decided)
