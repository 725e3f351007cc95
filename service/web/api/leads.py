"""Leads by API."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from matcher.answers import evidence_to_json
from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.desk.filters import Filters, Sort
from service.desk.leads import Card, cards_of, find_leads
from service.desk.scope import Scope
from service.desk.winners import winners_of_cards
from service.purchases.joining import Winner as Winning
from service.store.tables import LeadRow
from service.store.tables.naming import LeadState
from service.web.access import NotThere, Reader
from service.web.api.answers import PROBLEMS, Money, answer, money_of
from service.web.desk import desk_of

router = APIRouter(tags=["leads"])
_MOST_VALUES = 50
_Code = Annotated[str, Field(pattern=r"^[\w.:-]{1,80}$")]
_Sum = Annotated[int, Field(ge=0, le=10**15)]


class LeadsQuery(BaseModel):
    """What a list is narrowed by. Parameters that repeat are alternatives."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=200, description="Words, in any form of Russian or Kazakh")
    plant: list[_Code] = Field([], max_length=_MOST_VALUES)
    family: list[_Code] = Field([], max_length=_MOST_VALUES)
    verdict: list[Verdict] = Field([], max_length=3)
    phase: list[Phase] = Field([], max_length=5)
    kind: list[NeedKind] = Field([], max_length=3)
    country: list[_Code] = Field([], max_length=_MOST_VALUES)
    region: list[_Code] = Field([], max_length=_MOST_VALUES, description="KATO, two digits")
    portal: list[_Code] = Field([], max_length=_MOST_VALUES)
    state: list[LeadState] = Field([], max_length=6)
    buyers: list[_Code] = Field([], max_length=_MOST_VALUES, description="BINs of buyers")
    sum_from: _Sum | None = Field(None, description="Whole tenge")
    sum_to: _Sum | None = Field(None, description="Whole tenge")
    deadline_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    mine: bool = False
    own: bool = Field(False, description="Of the city's own buyers alone")
    closed: bool = Field(False, description="Also what nobody can bid for any more")
    sort: Sort | None = None
    after: str | None = Field(None, max_length=500, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class Evidence(BaseModel):
    """Why: what one stage says of one attribute. `because` is Russian, `reason` its key."""

    need: int
    stage: str
    attribute: str | None
    asked: str | None
    offered: str | None
    verdict: Verdict
    reason: str
    because: str
    ask: Literal["buyer", "plant", "document"] | None


class Winner(BaseModel):
    """Who won the purchase of a lead; `id` is its number in its register (BIN, VAT…)."""

    name: str
    id: str | None
    value: Money | None
    awarded_at: datetime | None
    signed_at: datetime | None
    contract: str | None
    url: str


class Lead(BaseModel):
    """A lot that a product of a plant may serve. `quantity` counts in `unit`; `share` is of the
    product's idle yearly capacity; what is not known is null."""

    id: int
    plant: str
    plant_name: str
    product: str
    product_name: str
    family: str | None
    verdict: Verdict
    kind: NeedKind
    phase: Phase
    state: LeadState
    owner: str | None
    open: bool
    title: str
    number: str | None
    portal: str
    url: str
    buyer: str | None
    buyer_id: str | None
    country: str | None
    region: str | None
    place: str | None
    value: Money | None
    quantity: float | None
    unit: str | None
    estimated: bool
    tonnes: float | None
    share: float | None
    published_at: datetime | None
    ends_at: datetime | None
    zone: str
    created_at: datetime
    sample: bool
    evidence: list[Evidence]
    winner: Winner | None


class Leads(BaseModel):
    """A page of leads. `next` is the cursor of the page after it."""

    items: list[Lead]
    next: str | None
    total: int


@router.get("/leads", response_model=Leads, responses=PROBLEMS)
def leads(request: Request, viewer: Reader, asked: Annotated[LeadsQuery, Query()]) -> Response:
    """Give a page of the leads that the token's person may see."""
    desk = desk_of(request)
    sort = asked.sort or (Sort.IDLE if viewer.is_zone else Sort.BEST)
    with desk.store.reading() as session:
        page = find_leads(
            session, viewer.scope, _filters(asked), sort, asked.after, asked.limit, desk.clock
        )
        winners = winners_of_cards(session, page.cards)
    items = [lead_of(card, winners.get(card.id)) for card in page.cards]
    return answer(request, Leads(items=items, next=page.after, total=page.total))


@router.get("/leads/{lead_id}", response_model=Lead, responses=PROBLEMS)
def lead(
    request: Request, viewer: Reader, lead_id: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> Response:
    """Give one lead."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        row = session.get(LeadRow, lead_id)
        found = cards_of(session, [lead_id], desk.clock)
        winners = winners_of_cards(session, found)
    if row is None or not found or not _may_see(viewer.scope, row):
        raise NotThere
    return answer(request, lead_of(found[0], winners.get(lead_id)))


def _may_see(scope: Scope, row: LeadRow) -> bool:
    return scope.plant_id in {None, row.plant_id}


def _filters(asked: LeadsQuery) -> Filters:
    given = asked.model_dump(mode="json", exclude={"sort", "after", "limit"})
    listed = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return Filters(**{**given, **listed})


def lead_of(card: Card, winner: Winning | None = None) -> Lead:
    """Give a lead for JSON."""
    return Lead(
        open=card.is_open,
        value=money_of(card.value),
        quantity=None if card.quantity is None else float(card.quantity),
        evidence=[Evidence(**evidence_to_json(each)) for each in card.evidence],
        winner=_winner(winner) if winner else None,
        **{name: getattr(card, name) for name in _SAME},
    )


def _winner(winner: Winning) -> Winner:
    return Winner(
        name=winner.name,
        id=winner.bin,
        value=money_of(winner.value),
        awarded_at=winner.awarded_at,
        signed_at=winner.signed_at,
        contract=winner.contract,
        url=winner.url,
    )


_OWN = {"open", "value", "quantity", "evidence", "winner"}
_SAME = tuple(name for name in Lead.model_fields if name not in _OWN)
