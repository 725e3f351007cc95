"""Lists of leads by SQL alone: narrowed, sorted and paged without reading any notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, func, literal, tuple_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from matcher.records import Evidence, NeedKind, Verdict
from scrapers.portals import PORTALS
from scrapers.records import Money, Phase, Vat
from service.clock import Clock
from service.desk.cards import FAR
from service.desk.cursor import decode, encode
from service.desk.filters import Filters, Sort
from service.desk.scope import Scope
from service.desk.search import found_notices, query_stems
from service.digest.lines import disputed
from service.store.codec import load_evidence, load_product
from service.store.tables import LeadCardRow, LeadRow, MatchRow, PlantRow, ProductRow
from service.store.tables.naming import LeadState

MOST = 200
_DAY = 86_400
_MINOR = 100
Condition = ColumnElement[bool]
Sorted = SQLColumnExpression[Any]
_Query = TypeVar("_Query", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Card:
    """A lead in a list. `also` counts the plant's other products that may fit the same lot;
    `share` is of the product's idle yearly capacity, not capped; `as_of` is what time it is."""

    id: int
    plant: str
    plant_name: str
    product: str
    product_name: str
    family: str | None
    title: str
    number: str | None
    url: str
    portal: str
    buyer: str | None
    buyer_id: str | None
    country: str | None
    region: str | None
    place: str | None
    value: Money | None
    quantity: Decimal | None
    unit: str | None
    estimated: bool
    tonnes: float | None
    share: float | None
    guessed: bool
    verdict: Verdict
    kind: NeedKind
    phase: Phase
    state: LeadState
    owner: str | None
    published_at: datetime | None
    created_at: datetime
    ends_at: datetime | None
    zone: str
    as_of: datetime
    also: int
    gone: bool
    sample: bool
    evidence: tuple[Evidence, ...]
    disputed: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether it can still be bid for as far as is known."""
        return (
            not self.gone
            and self.verdict is not Verdict.CANNOT
            and self.phase in {Phase.PLAN, Phase.OPEN}
            and (self.ends_at is None or self.ends_at > self.as_of)
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: `after` is the cursor of the next, None on the last; `total` counts the
    whole list."""

    cards: tuple[Card, ...]
    after: str | None
    total: int


def find_leads(
    session: Session,
    scope: Scope,
    filters: Filters,
    sort: Sort,
    cursor: str | None,
    limit: int,
    clock: Clock,
) -> Page:
    """Give a page of the leads that `scope` may see and `filters` ask for.

    Raises BadCursor for a cursor of another list.
    """
    conditions = conditions_of(session, scope, filters, clock)
    counted = sql_select(func.count()).select_from(LeadCardRow)
    total = session.execute(_with_lead(counted, filters).where(*conditions)).scalar_one()
    order = _order(sort, filters, clock)
    keys: list[Sorted] = [each.label(f"key_{place}") for place, each in enumerate(order)]
    ranked = sql_select(col(LeadCardRow.lead_id), *keys).select_from(LeadCardRow)
    query = _with_lead(ranked, filters).where(*conditions)
    if cursor is not None:
        after = decode(cursor, sort.value, len(order))
        query = query.where(tuple_(*order) > tuple_(*map(literal, after)))
    limit = min(max(limit, 1), MOST)
    rows = session.execute(query.order_by(*order).limit(limit + 1)).all()
    if not rows:
        return Page((), None, total)
    more, rows = len(rows) > limit, rows[:limit]
    last = encode(sort.value, [float(each) for each in rows[-1][1:]]) if more else None
    return Page(cards_of(session, [row[0] for row in rows], clock), last, total)


def all_leads(
    session: Session, scope: Scope, filters: Filters, sort: Sort, clock: Clock, most: int
) -> list[Card]:
    """Give the whole list, at most `most`, for a file."""
    found: list[Card] = []
    cursor: str | None = None
    while len(found) < most:
        page = find_leads(session, scope, filters, sort, cursor, MOST, clock)
        found += page.cards
        cursor = page.after
        if cursor is None:
            break
    return found[:most]


def _with_lead(query: _Query, filters: Filters) -> _Query:
    """Join the lead where people's own columns are asked for; the card has all others."""
    if not (filters.state or filters.mine):
        return query
    return query.join(LeadRow, col(LeadRow.id) == LeadCardRow.lead_id)


def conditions_of(
    session: Session, scope: Scope, filters: Filters, clock: Clock
) -> list[Condition]:
    """Give the conditions on `lead_card` (and on `lead`, for state and owner) of a list."""
    card = LeadCardRow
    found: list[Condition] = [col(card.best).is_(True)]
    if scope.plant_id is not None:
        found.append(col(card.plant_id) == scope.plant_id)
    if not filters.closed:
        found += still_open(clock)
    if filters.plant:
        ids = sql_select(col(PlantRow.id)).where(col(PlantRow.code).in_(filters.plant))
        found.append(col(card.plant_id).in_(ids))
    listed = (
        (card.family, filters.family),
        (card.verdict, filters.verdict),
        (card.phase, filters.phase),
        (card.kind, filters.kind),
        (card.country, filters.country),
        (card.region, filters.region),
        (card.portal, filters.portal),
        (card.buyer_id, filters.buyers),
    )
    found += [col(column).in_(values) for column, values in listed if values]
    stems = query_stems(filters.text)
    if stems:
        found.append(col(card.notice_id).in_(found_notices(session, stems, leads=True)))
    return found + _bounds(filters, clock) + _of_people(scope, filters)


def still_open(clock: Clock) -> list[Condition]:
    """Give the conditions on a card that can still be bid for as far as is known."""
    return [
        col(LeadCardRow.gone_at).is_(None),
        col(LeadCardRow.verdict) != Verdict.CANNOT.value,
        col(LeadCardRow.phase).in_((Phase.PLAN.value, Phase.OPEN.value)),
        col(LeadCardRow.ends_key) > now_of(clock),
    ]


def now_of(clock: Clock) -> ColumnElement[int] | int:
    """Give the time in seconds: one number, or by portal where a replay gives each its own day."""
    moments = {name: int(clock.now(name).timestamp()) for name in PORTALS}
    common = int(clock.now().timestamp())
    differing = {name: moment for name, moment in moments.items() if moment != common}
    if not differing:
        return common
    return case(differing, value=col(LeadCardRow.portal), else_=common)


def _bounds(filters: Filters, clock: Clock) -> list[Condition]:
    card = LeadCardRow
    found: list[Condition] = []
    if filters.sum_from is not None or filters.sum_to is not None:
        found.append(col(card.value_currency) == "KZT")
    if filters.sum_from is not None:
        found.append(col(card.value_minor) >= min(filters.sum_from * _MINOR, FAR))
    if filters.sum_to is not None:
        found.append(col(card.value_minor) <= min(filters.sum_to * _MINOR, FAR))
    if filters.deadline_days is not None:
        until = now_of(clock) + min(filters.deadline_days, 36_500) * _DAY
        found.append(col(card.ends_key) <= until)
    return found


def _of_people(scope: Scope, filters: Filters) -> list[Condition]:
    found: list[Condition] = []
    if filters.state:
        found.append(col(LeadRow.state).in_(filters.state))
    if filters.mine:
        found.append(col(LeadRow.owner) == (scope.address or ""))
    if filters.own:
        found.append(col(LeadCardRow.buyer_id).in_(scope.own_buyers))
    return found


def _order(sort: Sort, filters: Filters, clock: Clock) -> tuple[Sorted, ...]:
    """Give what a list is sorted by, all ascending, the key last so that no two rows tie."""
    card = LeadCardRow
    late = case((col(card.due_key) < now_of(clock), 1), else_=0)
    rest = (late, col(card.due_key), col(card.sum_key), col(card.lead_id))
    by_share = (col(card.band), col(card.outside_key), col(card.share_key), *rest)
    orders: dict[Sort, tuple[Sorted, ...]] = {
        Sort.BEST: by_share,
        Sort.IDLE: (
            col(card.outside_key),
            col(card.removed_key),
            col(card.band),
            col(card.share_key),
            *rest,
        ),
        Sort.DEADLINE: (col(card.ends_key), col(card.lead_id)),
        Sort.SUM: (col(card.sum_key), col(card.lead_id)),
        Sort.NEW: (-col(card.lead_id),),
    }
    if not filters.closed:
        return orders[sort]
    # What is over comes after all that is not, whatever its share or sum.
    over = col(card.gone_at).is_not(None) | (col(card.ends_key) <= now_of(clock))
    return case((over, 1), else_=0), *orders[sort]


def cards_of(session: Session, lead_ids: Sequence[int], clock: Clock) -> tuple[Card, ...]:
    """Give these leads as a list shows them, in the order asked for; unknown keys left out."""
    query = (
        sql_select(LeadCardRow, LeadRow, col(MatchRow.evidence))
        .add_columns(col(PlantRow.code), col(PlantRow.name))
        .add_columns(col(ProductRow.code), col(ProductRow.name), col(ProductRow.record))
        .join(LeadRow, col(LeadRow.id) == LeadCardRow.lead_id)
        .join(MatchRow, col(MatchRow.id) == LeadRow.match_id)
        .join(PlantRow, col(PlantRow.id) == LeadCardRow.plant_id)
        .join(ProductRow, col(ProductRow.id) == LeadCardRow.product_id)
        .where(col(LeadCardRow.lead_id).in_(lead_ids))
    )
    found = {row[0].lead_id: _card(*row, clock=clock) for row in session.execute(query)}
    return tuple(found[id_] for id_ in lead_ids if id_ in found)


def _card(
    card: LeadCardRow,
    lead: LeadRow,
    evidence: str,
    plant: str,
    plant_name: str,
    product: str,
    product_name: str,
    record: str,
    *,
    clock: Clock,
) -> Card:
    return Card(
        id=card.lead_id,
        plant=plant,
        plant_name=plant_name,
        product=product,
        product_name=product_name,
        family=card.family,
        title=card.title,
        number=card.number,
        url=card.url,
        portal=card.portal,
        buyer=card.buyer,
        buyer_id=card.buyer_id,
        country=card.country,
        region=card.region,
        place=card.place,
        value=_money(card),
        quantity=None if card.quantity is None else Decimal(card.quantity),
        unit=card.unit,
        estimated=card.estimated,
        tonnes=card.tonnes,
        share=card.share,
        guessed=card.guessed,
        verdict=Verdict(card.verdict),
        kind=NeedKind(card.kind),
        phase=Phase(card.phase),
        state=LeadState(lead.state),
        owner=lead.owner,
        published_at=_utc(card.published_at),
        created_at=_utc(lead.created_at) or lead.created_at,
        ends_at=_utc(card.ends_at),
        zone=card.zone,
        as_of=clock.now(card.portal),
        also=card.also,
        gone=card.gone_at is not None,
        sample=card.sample,
        evidence=_evidence(evidence),
        disputed=_disputed(record),
    )


def _money(card: LeadCardRow) -> Money | None:
    if card.value_minor is None or card.value_currency is None:
        return None
    return Money(card.value_minor, card.value_currency, Vat(card.value_vat or Vat.UNKNOWN))


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC)


@lru_cache(maxsize=4_000)
def _evidence(record: str) -> tuple[Evidence, ...]:
    """Pages show the same leads again and again; reading their evidence is half of a page."""
    return load_evidence(record)


@lru_cache(maxsize=1_000)
def _disputed(record: str) -> frozenset[str]:
    return disputed(load_product(record))
