"""Filling the cards of leads: what lists show, filter and sort, worked out once a match.

The order a list stands in is the digest's own (`service.digest.ordering`), as columns.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from catalog.family import Family, load_families
from catalog.records import FamilyName
from matcher.quantities import in_unit
from matcher.ranking import LeadKey, band
from matcher.records import NeedKind, Verdict
from scrapers.records import Buyer, Notice, Phase, Place
from service.clock import Clock
from service.desk.regions import region_of, region_of_text
from service.digest.lines import Line, lines
from service.digest.ordering import Standing, standing
from service.digest.reasons import outside
from service.store.leads import Lead, Records, leads_of_notices
from service.store.stems import mark_leads
from service.store.tables import (
    LeadCardRow,
    LeadRow,
    LotRow,
    MatchRow,
    NoticeRow,
)
from service.store.tables.naming import LeadState

FAR = 2**52
"""A key of sorting for what is not known: after every date and sum, exact as a float too."""
LAST = 1.0
_BATCH = 200
_CURRENCY = "KZT"
_LIVE = frozenset({Phase.PLAN, Phase.OPEN})
_ORDER = {Verdict.CAN: 0, Verdict.CHECK: 1, Verdict.CANNOT: 2}


class _Keys(NamedTuple):
    plant_id: int
    product_id: int
    notice_id: int


@dataclass
class Cards:
    """Fills cards within one session."""

    session: Session
    clock: Clock

    @cached_property
    def _records(self) -> Records:
        return Records(self.session)

    @cached_property
    def _families(self) -> Mapping[FamilyName, Family]:
        return load_families()

    def fill(self, notice_ids: Collection[int]) -> int:
        """Write the cards of every lead of these notices anew; gives how many."""
        found = leads_of_notices(self.session, notice_ids, self._records, self.clock)
        by_notice: dict[tuple[str, str], list[Lead]] = {}
        for lead in found:
            by_notice.setdefault((lead.notice.portal, lead.notice.id), []).append(lead)
        keys = _keys(self.session, [lead.id for lead in found])
        made: list[dict[str, Any]] = []
        for leads in by_notice.values():
            made += self._of_notice(leads, keys)
        ids = list(notice_ids)
        self.session.execute(delete(LeadCardRow).where(col(LeadCardRow.notice_id).in_(ids)))
        if made:
            # Rows of one form go in one statement; without this, those lacking a value go apart.
            whole = {"render_nulls": True}
            self.session.execute(insert(LeadCardRow), made, execution_options=whole)
            mark_leads(self.session, {columns["notice_id"] for columns in made})
        return len(made)

    def _of_notice(
        self, leads: Iterable[Lead], keys: Mapping[int, _Keys]
    ) -> Iterable[dict[str, Any]]:
        groups: dict[tuple[str, str], list[Lead]] = {}
        for lead in leads:
            groups.setdefault((lead.lot_id, lead.plant.id), []).append(lead)
        for group in groups.values():
            group.sort(key=_first)
            for place, lead in enumerate(group):
                line = lines([lead])[0]
                yield {
                    "lead_id": lead.id,
                    **keys[lead.id]._asdict(),
                    "best": place == 0,
                    "also": len(group) - 1,
                    **_shown(line, lead),
                    **_sorted_by(line, standing(line, self._families)),
                }


def _first(lead: Lead) -> tuple[bool, bool, int, float, int]:
    """Sort the leads of a lot and plant: the one people work on stands for all, else the best."""
    untouched = lead.state is LeadState.NEW
    return lead.gone_at is not None, untouched, _ORDER[lead.verdict], -lead.score, lead.id


def _keys(session: Session, lead_ids: Collection[int]) -> dict[int, _Keys]:
    query = select(LeadRow.id, LeadRow.plant_id, MatchRow.product_id, LotRow.notice_id).where(
        LeadRow.match_id == MatchRow.id,
        MatchRow.lot_id == LotRow.id,
        col(LeadRow.id).in_(list(lead_ids)),
    )
    return {id_: _Keys(*keys) for id_, *keys in session.exec(query) if id_ is not None}


def _shown(line: Line, lead: Lead) -> dict[str, Any]:
    """Give the columns that are shown and filtered by."""
    shown, notice = line.line, lead.notice
    buyer = notice.buyer or notice.procuring_entity
    places = _places(lead)
    return {
        "gone_at": lead.gone_at,
        "family": lead.product.family,
        "verdict": lead.verdict.value,
        "kind": (NeedKind.PLAN if notice.phase is Phase.PLAN else lead.kind).value,
        "phase": notice.phase.value,
        "score": lead.score,
        "portal": notice.portal,
        "number": shown.number,
        "title": shown.title,
        "url": notice.url,
        "buyer": shown.buyer,
        "buyer_id": buyer.id.id if buyer and buyer.id else None,
        "country": notice.country or (places[0].country if places else None),
        "region": region_of(places) or _region_of_buyer(notice, buyer),
        "place": shown.place,
        "value_minor": shown.value.minor if shown.value else None,
        "value_currency": shown.value.currency if shown.value else None,
        "value_vat": shown.value.vat.value if shown.value else None,
        "quantity": None if shown.quantity is None else str(shown.quantity),
        "unit": shown.unit,
        "estimated": shown.estimated,
        "published_at": notice.published_at,
        "ends_at": lead.ends_at,
        "zone": shown.zone,
        "sample": shown.sample,
    }


def _places(lead: Lead) -> list[Place]:
    if lead.lot is None:
        return []
    return [*lead.lot.places, *(place for item in lead.lot.items for place in item.places)]


def _region_of_buyer(notice: Notice, buyer: Buyer | None) -> str | None:
    """Take a buyer's own address where no place of delivery is stated: most buy for themselves."""
    if buyer is None or (buyer.country or notice.country) != "KZ":
        return None
    return region_of_text(buyer.address or buyer.name)


def _sorted_by(line: Line, place: Standing) -> dict[str, Any]:
    """Give the columns that lists are sorted by."""
    lead, key = line.lead, place.key
    tonnes = in_unit(lead.quantity, "t")
    days = lead.product.lead_time_days or 0
    ends = FAR if lead.ends_at is None else _seconds(lead.ends_at)
    removed = place.removed
    kzt = key.amount is not None
    return {
        "tonnes": None if tonnes is None else float(tonnes),
        "share": None if key.idle_share is None else float(key.idle_share),
        "guessed": key.guessed,
        "band": int(band(_while_open(key, lead))),
        "outside_key": int(outside(lead.evidence)),
        "share_key": LAST if key.idle_share is None else -min(float(key.idle_share), 1.0),
        "removed_key": LAST if removed is None else -float(removed),
        "due_key": FAR if lead.ends_at is None else ends - days * 86_400,
        "ends_key": ends,
        "sum_key": -(key.amount or 0) if kzt else FAR,
    }


def _while_open(key: LeadKey, lead: Lead) -> LeadKey:
    """Give the key as it is until the deadline: a card must not grow wrong by lying there."""
    live = lead.gone_at is None and lead.notice.phase in _LIVE
    still = None if lead.ends_at is None else True
    return replace(key, open=still if live and lead.verdict is not Verdict.CANNOT else False)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def fill_missing(session: Session, clock: Clock) -> int:
    """Make the cards of leads that have none: of a store made before there were cards."""
    query = (
        select(LotRow.notice_id)
        .where(
            LeadRow.match_id == MatchRow.id,
            MatchRow.lot_id == LotRow.id,
            ~select(LeadCardRow.lead_id).where(LeadCardRow.lead_id == LeadRow.id).exists(),
        )
        .distinct()
    )
    return _fill_all(session, list(session.exec(query)), clock)


def note_gone(session: Session, clock: Clock) -> None:
    """Renew the cards of notices that vanished, or came back, since their cards were made."""
    lost = col(LeadCardRow.gone_at).is_(None) & col(NoticeRow.gone_at).is_not(None)
    back = col(LeadCardRow.gone_at).is_not(None) & col(NoticeRow.gone_at).is_(None)
    seen = col(NoticeRow.last_seen_at) >= col(LeadCardRow.gone_at)
    query = (
        select(LeadCardRow.notice_id)
        .where(LeadCardRow.notice_id == NoticeRow.id, lost | (back & seen))
        .distinct()
    )
    _fill_all(session, list(session.exec(query)), clock)


def _fill_all(session: Session, ids: list[int], clock: Clock) -> int:
    cards = Cards(session, clock)
    return sum(cards.fill(ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH))


def refill(session: Session, clock: Clock) -> int:
    """Make every card anew; gives how many."""
    session.execute(delete(LeadCardRow))
    return fill_missing(session, clock)
