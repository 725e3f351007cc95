"""Leads that people said are not for them, by reason: what the matcher should learn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from service.clock import Clock
from service.desk.leads import Card, cards_of
from service.desk.scope import Scope
from service.store.tables import LeadRow
from service.store.tables.naming import DeclineReason, LeadState

FALSE_ALARMS = frozenset(
    {DeclineReason.WRONG_GOODS, DeclineReason.WRONG_SIZE, DeclineReason.NOT_A_PURCHASE}
)
"""Reasons that say a lead should not have been offered at all."""
MOST = 200


@dataclass(frozen=True, slots=True)
class Declined:
    """A lead that was declined, with why, in whose words and when."""

    card: Card
    reason: DeclineReason
    remark: str
    at: datetime


def declined(
    session: Session, scope: Scope, clock: Clock, reason: DeclineReason | None = None
) -> tuple[list[Declined], Mapping[DeclineReason, int]]:
    """Give what was declined, latest first, and how many there are by reason."""
    mine = [] if scope.plant_id is None else [col(LeadRow.plant_id) == scope.plant_id]
    conditions = [col(LeadRow.state) == LeadState.DECLINED.value, *mine]
    counted = sql_select(col(LeadRow.reason), func.count()).where(*conditions)
    counts = {
        DeclineReason(name): number
        for name, number in session.execute(counted.group_by(col(LeadRow.reason)))
    }
    query = (
        sql_select(LeadRow).where(*conditions).order_by(col(LeadRow.state_at).desc()).limit(MOST)
    )
    if reason is not None:
        query = query.where(col(LeadRow.reason) == reason.value)
    rows = {row.id: row for row in session.execute(query).scalars() if row.id is not None}
    found = [
        Declined(card, DeclineReason(row.reason or ""), row.remark, row.state_at)
        for card in cards_of(session, list(rows), clock)
        if (row := rows[card.id])
    ]
    return found, counts
