"""One lead with everything known about it: the purchase, why, its history, what people did."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from scrapers.records import Money
from service.bidding import MayBid, may_bid
from service.clock import Clock
from service.desk.leads import Card, cards_of
from service.desk.scope import Scope
from service.digest.lines import lines
from service.digest.records import LeadLine
from service.store.awarded import AwardedLot, similar_awards
from service.store.documents import Attached, attached
from service.store.journal import Happening, happenings
from service.store.lead_work import (
    Note,
    Result,
    Work,
    assignable,
    notes_of,
    result_of,
    work_of,
)
from service.store.leads import Lead, find_lead
from service.store.rates import TENGE, stored_rates
from service.store.tables import (
    ChangeRow,
    DocumentRow,
    LeadCardRow,
    LeadRow,
    LotRow,
    MatchRow,
    NoticeRow,
)

MOST_CHANGES = 100
MOST_AWARDS = 5
MOST_OTHERS = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the notice that the portal changed; the values as text."""

    field: str
    old: str
    new: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """An attached file and what became of reading it; `reason` says, as stored, why it has no text
    or not all of it."""

    title: str
    url: str
    state: str
    pages: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeadView:
    """Everything the page of a lead shows. `others` are leads of the same lot that the asker may
    see; `people` who may deal with it, as (address, name). `tenge` is a foreign sum in tenge with
    the day of the rate, None where it is in tenge already or no rate is known."""

    id: int
    plant_id: int
    lead: Lead
    line: LeadLine
    work: Work
    version: int
    result: Result | None
    notes: tuple[Note, ...]
    happenings: tuple[Happening, ...]
    changes: tuple[Change, ...]
    awards: tuple[AwardedLot, ...]
    files: tuple[File, ...]
    attached: tuple[Attached, ...]
    others: tuple[Card, ...]
    people: tuple[tuple[str, str], ...]
    read_at: datetime | None
    may: MayBid
    tenge: tuple[Money, date] | None


def lead_view(session: Session, scope: Scope, lead_id: int, clock: Clock) -> LeadView | None:
    """Give a lead, None where there is none, or it is of a plant that may not be seen."""
    try:
        work, version, plant_id = work_of(session, lead_id)
    except KeyError:
        return None
    if scope.plant_id not in {None, plant_id}:
        return None
    lead = find_lead(session, lead_id, clock)
    if lead is None:
        return None
    notice_id, lot_key, last_seen = _keys(session, lead_id)
    family = lead.product.family
    return LeadView(
        id=lead_id,
        plant_id=plant_id,
        lead=lead,
        line=lines([lead])[0].line,
        work=work,
        version=version,
        result=result_of(session, lead_id),
        notes=tuple(notes_of(session, lead_id)),
        happenings=tuple(happenings(session, "lead", lead_id)),
        changes=tuple(_changes(session, notice_id)),
        awards=tuple(similar_awards(session, family=family, limit=MOST_AWARDS)) if family else (),
        files=tuple(_files(session, notice_id)),
        attached=attached(session, [notice_id]).get(notice_id, ()),
        others=_others(session, scope, lot_key, lead_id, clock),
        people=tuple(assignable(session, plant_id, zone=scope.zone)),
        read_at=last_seen,
        may=may_bid(lead.notice, lead.plant),
        tenge=_tenge(session, lines([lead])[0].line.value, lead.as_of.date()),
    )


def _tenge(session: Session, value: Money | None, day: date) -> tuple[Money, date] | None:
    if value is None or value.currency == TENGE:
        return None
    return stored_rates(session).in_tenge(value, day)


def _keys(session: Session, lead_id: int) -> tuple[int, int, datetime | None]:
    query = select(NoticeRow.id, LotRow.id, NoticeRow.last_seen_at).where(
        LeadRow.id == lead_id,
        LeadRow.match_id == MatchRow.id,
        MatchRow.lot_id == LotRow.id,
        LotRow.notice_id == NoticeRow.id,
    )
    notice_id, lot_key, seen = session.exec(query).one()
    return notice_id or 0, lot_key or 0, seen


def _changes(session: Session, notice_id: int) -> list[Change]:
    query = (
        select(ChangeRow)
        .where(ChangeRow.notice_id == notice_id)
        .order_by(col(ChangeRow.id).desc())
        .limit(MOST_CHANGES)
    )
    return [
        Change(row.field, _plain(row.old), _plain(row.new), row.seen_at)
        for row in session.exec(query)
    ]


def _plain(record: str) -> str:
    """Write a stored value as people read it: a text as itself, anything else as it is kept."""
    value = json.loads(record)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _files(session: Session, notice_id: int) -> list[File]:
    query = select(DocumentRow).where(DocumentRow.notice_id == notice_id)
    return [
        File(row.title, row.url, row.state, row.pages, row.reason)
        for row in session.exec(query.order_by(col(DocumentRow.id)))
    ]


def _others(
    session: Session, scope: Scope, lot_key: int, lead_id: int, clock: Clock
) -> tuple[Card, ...]:
    query = (
        sql_select(col(LeadCardRow.lead_id))
        .join(LeadRow, col(LeadRow.id) == LeadCardRow.lead_id)
        .join(MatchRow, col(MatchRow.id) == LeadRow.match_id)
        .where(
            col(MatchRow.lot_id) == lot_key,
            col(MatchRow.gone_at).is_(None),
            col(LeadRow.id) != lead_id,
        )
        .order_by(col(LeadRow.id))
        .limit(MOST_OTHERS)
    )
    if scope.plant_id is not None:
        query = query.where(col(LeadRow.plant_id) == scope.plant_id)
    return cards_of(session, list(session.execute(query).scalars()), clock)
