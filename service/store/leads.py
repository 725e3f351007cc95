"""Leads: the matches offered to a plant, with everything a digest or a page shows of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.records import Plant, PlantId, Product
from matcher.records import Evidence, NeedKind, PlantQuantity, Verdict
from scrapers.canonical import load_notice
from scrapers.records import Lot, Notice, Phase
from service.clock import Clock
from service.store.codec import load_evidence, load_plant, load_product, load_quantity
from service.store.tables import LeadRow, LotRow, MatchRow, NoticeRow, PlantRow, ProductRow
from service.store.tables.naming import LeadState

_VERDICTS = {Verdict.CAN: 0, Verdict.CHECK: 1, Verdict.CANNOT: 2}


@dataclass(frozen=True, slots=True)
class Lead:
    """A match offered to a plant.

    `lot` is the lot as the notice now shows it, None when the notice has no lots or no longer has
    this one; `gone_at` is when lot, notice or match vanished. `as_of` is what time it is for this
    portal. `verdict` may have become `cannot` since the lead was made.
    """

    id: int
    plant: Plant
    product: Product
    notice: Notice
    lot_id: str
    lot: Lot | None
    verdict: Verdict
    score: float
    kind: NeedKind
    evidence: tuple[Evidence, ...]
    quantity: PlantQuantity
    state: LeadState
    owner: str | None
    created_at: datetime
    changed_at: datetime
    gone_at: datetime | None
    as_of: datetime

    @property
    def ends_at(self) -> datetime | None:
        """The deadline for bids: the lot's own, or the notice's; None where it is not stated."""
        for period in (self.lot.period if self.lot else None, self.notice.period):
            if period is not None and period.end is not None:
                return period.end
        return None

    @property
    def is_open(self) -> bool:
        """Whether it can still be bid for as far as is known. A missing deadline is not closed."""
        return (
            self.gone_at is None
            and self.verdict is not Verdict.CANNOT
            and self.notice.phase in {Phase.PLAN, Phase.OPEN}
            and (self.ends_at is None or self.ends_at > self.as_of)
        )


def leads_for(
    session: Session, plant: PlantId | None, clock: Clock, *, also: Collection[int] = ()
) -> list[Lead]:
    """Give the open leads of a plant (None: of every plant), best first: can before check, then
    score. `also` names leads to give whatever became of them, because somebody was told of them."""
    query = (
        select(LeadRow, MatchRow, LotRow, NoticeRow)
        .where(
            LeadRow.match_id == MatchRow.id,
            MatchRow.lot_id == LotRow.id,
            LotRow.notice_id == NoticeRow.id,
        )
        .order_by(col(LeadRow.id))
    )
    if plant is not None:
        query = query.where(LeadRow.plant_id == PlantRow.id, PlantRow.code == plant)
    if not also:
        query = query.where(
            col(NoticeRow.gone_at).is_(None),
            col(LotRow.gone_at).is_(None),
            col(MatchRow.gone_at).is_(None),
            MatchRow.verdict != Verdict.CANNOT.value,
        )
    records = Records(session)
    leads = [_lead(rows, records, clock) for rows in session.exec(query)]
    kept = [lead for lead in leads if lead.is_open or lead.id in also]
    return sorted(kept, key=lambda lead: (_VERDICTS[lead.verdict], -lead.score, lead.id))


def lead_counts(session: Session, clock: Clock) -> dict[PlantId, dict[Verdict, int]]:
    """Count the open leads of every plant by verdict; plants without leads are there too."""
    codes = session.exec(select(PlantRow.code).order_by(col(PlantRow.id)))
    counts = {PlantId(code): {Verdict.CAN: 0, Verdict.CHECK: 0} for code in codes}
    for lead in leads_for(session, None, clock):
        counts[lead.plant.id][lead.verdict] += 1
    return counts


def set_lead_state(
    session: Session, lead_id: int, state: LeadState, now: datetime, owner: str | None = None
) -> None:
    """Record what a plant did with a lead. Raises KeyError for a lead that does not exist."""
    row = session.get(LeadRow, lead_id)
    if row is None:
        raise KeyError(lead_id)
    row.state, row.state_at = state.value, now
    row.owner = owner if owner is not None else row.owner
    session.add(row)


def leads_of_notices(
    session: Session, notice_ids: Collection[int], records: "Records", clock: Clock
) -> list[Lead]:
    """Give every lead of these notices, whatever became of it, by key."""
    query = (
        select(LeadRow, MatchRow, LotRow, NoticeRow)
        .where(
            LeadRow.match_id == MatchRow.id,
            MatchRow.lot_id == LotRow.id,
            LotRow.notice_id == NoticeRow.id,
            col(NoticeRow.id).in_(list(notice_ids)),
        )
        .order_by(col(LeadRow.id))
    )
    return [_lead(rows, records, clock) for rows in session.exec(query)]


class Records:
    """The catalogue, and notices already read: many leads share a notice, a plant or a product."""

    def __init__(self, session: Session) -> None:
        self.products = {
            row.id: load_product(row.record) for row in session.exec(select(ProductRow))
        }
        self.plants = {row.id: load_plant(row.record) for row in session.exec(select(PlantRow))}
        self._notices: dict[int | None, Notice] = {}

    def notice(self, row: NoticeRow) -> Notice:
        if row.id not in self._notices:
            self._notices[row.id] = load_notice(row.record)
        return self._notices[row.id]


def _lead(
    rows: tuple[LeadRow, MatchRow, LotRow, NoticeRow], records: Records, clock: Clock
) -> Lead:
    lead, match, lot, notice_row = rows
    assert lead.id is not None  # noqa: S101 - it was read from the database
    notice = records.notice(notice_row)
    return Lead(
        id=lead.id,
        plant=records.plants[lead.plant_id],
        product=records.products[match.product_id],
        notice=notice,
        lot_id=lot.external_id,
        lot=next((each for each in notice.lots if each.id == lot.external_id), None),
        verdict=Verdict(match.verdict),
        score=match.score,
        kind=NeedKind(match.kind),
        evidence=load_evidence(match.evidence),
        quantity=load_quantity(match.quantity),
        state=LeadState(lead.state),
        owner=lead.owner,
        created_at=lead.created_at,
        changed_at=notice_row.changed_at,
        gone_at=notice_row.gone_at or lot.gone_at or match.gone_at,
        as_of=clock.now(notice.portal),
    )
