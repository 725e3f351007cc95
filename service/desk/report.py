"""The report of a week: what was found for a plant, what was done with it, what was missed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from matcher.records import Verdict
from scrapers.records import Phase
from service.clock import Clock
from service.desk.leads import Card, cards_of
from service.desk.turns import Turn, came_into, turns_of
from service.desk.winners import winners_of
from service.purchases.joining import Winner
from service.store.outcomes import DECIDED
from service.store.tables import (
    DeliveryRow,
    DigestItemRow,
    LeadCardRow,
    LeadResultRow,
    LeadRow,
    PlantRow,
)
from service.store.tables.naming import DeliveryState, LeadState

MOST = 500
LISTS = (
    *("found", "handed", "taken", "offered", "won"),
    *("lost", "declined", "unanswered", "missed"),
)
_HANDED = (DeliveryState.SENT.value, DeliveryState.WRITTEN.value)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days, both ends counted."""

    first: date
    last: date

    def moments(self, zone: str) -> tuple[datetime, datetime]:
        """Give the beginning of the first day and the end of the last."""
        tz = ZoneInfo(zone)
        return (
            datetime.combine(self.first, time(), tz),
            datetime.combine(self.last + timedelta(days=1), time(), tz),
        )


def week_of(day: date) -> Period:
    """Give the week that ends on the Friday of a day, or on the one before it."""
    friday = day - timedelta(days=(day.weekday() - 4) % 7)
    return Period(friday - _WEEK + timedelta(days=1), friday)


@dataclass(frozen=True, slots=True)
class Won:
    """What was won: contracts, tonnes and tenge where told."""

    contracts: tuple[str, ...]
    tonnes: Decimal
    tenge: Decimal


@dataclass(frozen=True, slots=True)
class PlantReport:
    """The report of a plant. Every number is the length of its list.

    `found`: leads made in the period; `handed`: those told by mail in it; `taken`, `offered`,
    `won`, `lost`, `declined`: leads that came into this state in it by the journal, whatever they
    are now (an offer, once won or lost, was one; a bid was taken); `unanswered`: found in it or
    before, still new though open; `missed`: could be made, awarded to somebody else, and never bid
    for. `winners` names who won those, where a portal does.
    """

    period: Period
    found: tuple[Card, ...]
    handed: tuple[Card, ...]
    taken: tuple[Card, ...]
    offered: tuple[Card, ...]
    won: tuple[Card, ...]
    lost: tuple[Card, ...]
    declined: tuple[Card, ...]
    unanswered: tuple[Card, ...]
    missed: tuple[Card, ...]
    results: Won
    reasons: tuple[tuple[str, int], ...]
    remarks: tuple[tuple[Card, str], ...]
    winners: Mapping[int, Winner]

    @property
    def lists(self) -> tuple[tuple[str, tuple[Card, ...]], ...]:
        """The lists by name, in the order of the report."""
        names = [
            "found",
            "handed",
            "taken",
            "offered",
            "won",
            "lost",
            "declined",
            "unanswered",
            "missed",
        ]
        return tuple((name, getattr(self, name)) for name in names)


def plant_report(
    session: Session, plant_id: int, period: Period, clock: Clock, zone: str
) -> PlantReport:
    """Make the report of a plant from the store."""
    start, end = period.moments(zone)
    turns = turns_of(session, plant_id, start, end)
    bidding = (LeadState.BIDDING, LeadState.WON, LeadState.LOST)
    won, lost = came_into(turns, LeadState.WON), came_into(turns, LeadState.LOST)
    declined = came_into(turns, LeadState.DECLINED)
    created = (col(LeadRow.created_at) >= start) & (col(LeadRow.created_at) < end)
    before_end = col(LeadRow.created_at) < end
    waiting = (col(LeadRow.state) == LeadState.NEW.value) & before_end
    unbid = (
        (col(LeadCardRow.verdict) == Verdict.CAN.value)
        & col(LeadCardRow.phase).in_([phase.value for phase in DECIDED])
        & col(LeadRow.state).in_([LeadState.NEW.value, LeadState.LOOKING.value])
        & (col(LeadCardRow.ends_key) >= int(start.timestamp()))
        & (col(LeadCardRow.ends_key) < int(end.timestamp()))
    )
    open_now = col(LeadCardRow.gone_at).is_(None) & (
        col(LeadCardRow.ends_key) > int(clock.now().timestamp())
    )
    cards = _Cards(session, clock)
    missed, winners = _missed(session, cards.of(_ids(session, plant_id, unbid)), plant_id)
    return PlantReport(
        period=period,
        found=cards.of(_ids(session, plant_id, created)),
        handed=cards.of(_handed(session, plant_id, start, end)),
        taken=cards.of(came_into(turns, LeadState.LOOKING, *bidding)),
        offered=cards.of(came_into(turns, *bidding)),
        won=cards.of(won),
        lost=cards.of(lost),
        declined=cards.of(declined),
        unanswered=cards.of(_ids(session, plant_id, waiting & open_now)),
        missed=missed,
        results=_won(session, won),
        reasons=_reasons(turns),
        remarks=_remarks(session, cards, list(dict.fromkeys([*lost, *declined]))),
        winners=winners,
    )


def _missed(
    session: Session, unbid: Sequence[Card], plant_id: int
) -> tuple[tuple[Card, ...], Mapping[int, Winner]]:
    """Of what nobody bid for, keep what is awarded, to another; with the winners that are named."""
    plant = session.get(PlantRow, plant_id)
    own = plant.bin if plant is not None else None
    winners = winners_of(session, [card.id for card in unbid])
    ours = {id_ for id_, winner in winners.items() if own is not None and winner.bin == own}
    kept = tuple(
        card
        for card in unbid
        if card.id not in ours and (card.phase is Phase.AWARDED or card.id in winners)
    )
    return kept, {card.id: winners[card.id] for card in kept if card.id in winners}


@dataclass(frozen=True, slots=True)
class _Cards:
    session: Session
    clock: Clock

    def of(self, ids: Sequence[int]) -> tuple[Card, ...]:
        return cards_of(self.session, list(ids)[:MOST], self.clock)


def _ids(session: Session, plant_id: int, condition: ColumnElement[bool]) -> list[int]:
    query = (
        sql_select(col(LeadRow.id))
        .join(LeadCardRow, col(LeadCardRow.lead_id) == LeadRow.id)
        .where(col(LeadRow.plant_id) == plant_id, col(LeadCardRow.best).is_(True), condition)
        .order_by(col(LeadRow.id))
    )
    return [id_ for id_ in session.execute(query).scalars() if id_ is not None]


def _handed(session: Session, plant_id: int, start: datetime, end: datetime) -> list[int]:
    query = (
        sql_select(col(DigestItemRow.lead_id))
        .join(DeliveryRow, col(DeliveryRow.id) == DigestItemRow.delivery_id)
        .join(LeadRow, col(LeadRow.id) == DigestItemRow.lead_id)
        .where(
            col(LeadRow.plant_id) == plant_id,
            col(DeliveryRow.created_at) >= start,
            col(DeliveryRow.created_at) < end,
            col(DeliveryRow.state).in_(_HANDED),
        )
        .distinct()
        .order_by(col(DigestItemRow.lead_id))
    )
    return list(session.execute(query).scalars())


def _won(session: Session, ids: Iterable[int]) -> Won:
    query = sql_select(LeadResultRow).where(col(LeadResultRow.lead_id).in_(list(ids)))
    rows = list(session.execute(query.order_by(col(LeadResultRow.lead_id))).scalars())
    tonnes = [Decimal(row.quantity) for row in rows if row.quantity and row.unit == "t"]
    tenge = [row.value_minor for row in rows if row.value_currency == "KZT" and row.value_minor]
    return Won(
        contracts=tuple(row.contract for row in rows if row.contract),
        tonnes=sum(tonnes, Decimal(0)),
        tenge=Decimal(sum(tenge)) / 100,
    )


def _reasons(turns: Iterable[Turn]) -> tuple[tuple[str, int], ...]:
    said = {(turn.lead, turn.reason) for turn in turns if turn.reason}
    counted = Counter(reason for _, reason in said)
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _remarks(session: Session, cards: _Cards, ids: Sequence[int]) -> tuple[tuple[Card, str], ...]:
    query = sql_select(col(LeadRow.id), col(LeadRow.remark)).where(
        col(LeadRow.id).in_(list(ids)), col(LeadRow.remark) != ""
    )
    found = session.execute(query.order_by(col(LeadRow.id)))
    said = {id_: remark for id_, remark in found if id_ is not None}
    return tuple((card, said[card.id]) for card in cards.of(list(said)))
