"""Leads: the matches offered to a plant, with everything a digest or a page shows of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from catalog.records import Plant, PlantId, Product
from matcher.records import Evidence, NeedKind, PlantQuantity, Verdict
from scrapers.canonical import load_notice
from scrapers.records import Lot, Notice, Phase
from service.clock import Clock
from service.purchases.joining import Winner
from service.store.codec import load_evidence, load_plant, load_product, load_quantity
from service.store.outcomes import DECIDED, Outcomes, batches
from service.store.same import hidden
from service.store.tables import LeadRow, LotRow, MatchRow, NoticeRow, PlantRow, ProductRow
from service.store.tables.naming import LeadState

_VERDICTS = {Verdict.CAN: 0, Verdict.CHECK: 1, Verdict.CANNOT: 2}
_Rows = tuple[LeadRow, MatchRow, LotRow, NoticeRow]
# Where the contract's end is not published: works of a year; later the pipe is in the ground.
_BUYS_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Lead:
    """A match offered to a plant.

    `lot` is the lot as the notice now shows it, None when the notice has no lots or no longer has
    this one; `gone_at` is when lot, notice or match vanished, or another
    notice was found to show the same purchase. `as_of` is what time it is for this
    portal. `verdict` may have become `cannot` since the lead was made. `winner` is who supplies the
    lot: the contractor of an implied need, who buys the goods after winning, or, for `find_lead`
    alone, the rival who won what could have been made.
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
    winner: Winner | None = None

    @property
    def ends_at(self) -> datetime | None:
        """The deadline for bids: the lot's own, or the notice's; None where it is not stated."""
        for period in (self.lot.period if self.lot else None, self.notice.period):
            if period is not None and period.end is not None:
                return period.end
        return None

    @property
    def takes_bids(self) -> bool:
        """Whether it can still be bid for as far as is known. A missing deadline is not closed."""
        return (
            self.gone_at is None
            and self.verdict is not Verdict.CANNOT
            and self.notice.phase in {Phase.PLAN, Phase.OPEN}
            and (self.ends_at is None or self.ends_at > self.as_of)
        )

    @property
    def winner_named(self) -> bool:
        """Whether bidding is over and a contractor is named who has yet to buy the goods."""
        if self.winner is None or self.winner.ended or self.takes_bids:
            return False
        if self.kind is not NeedKind.IMPLIED:
            return False
        decided = self.winner.signed_at or self.winner.awarded_at
        ends = self.winner.ends_at or (decided and decided + _BUYS_FOR)
        return (
            self.gone_at is None
            and self.verdict is not Verdict.CANNOT
            and (ends is None or ends > self.as_of)
        )

    @property
    def is_open(self) -> bool:
        """Whether somebody can still be sold to: the buyer by a bid, or the winner by a call."""
        return self.takes_bids or self.winner_named


def leads_for(
    session: Session, plant: PlantId | None, clock: Clock, *, also: Collection[int] = ()
) -> list[Lead]:
    """Give the open leads of a plant (None: of every plant), best first: can before check, then
    score. `also` names leads to give whatever became of them, because somebody was told of them.
    Of a purchase seen twice only the notice that is shown gives leads."""
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
    leads = _leads(session, session.exec(query).all(), records, clock)
    kept = [lead for lead in leads if lead.is_open or lead.id in also]
    return sorted(kept, key=lambda lead: (_VERDICTS[lead.verdict], -lead.score, lead.id))


def find_lead(session: Session, lead_id: int, clock: Clock) -> Lead | None:
    """Give one lead, whatever became of it; None where there is none of this id."""
    query = select(LeadRow, MatchRow, LotRow, NoticeRow).where(
        LeadRow.id == lead_id,
        LeadRow.match_id == MatchRow.id,
        MatchRow.lot_id == LotRow.id,
        LotRow.notice_id == NoticeRow.id,
    )
    rows = session.exec(query).first()
    return (
        None if rows is None else _leads(session, [rows], Records(session), clock, rivals=True)[0]
    )


def lead_counts(session: Session, clock: Clock) -> dict[PlantId, dict[Verdict, int]]:
    """Count the open leads of every plant by verdict; plants without leads are there too."""
    codes = session.exec(select(PlantRow.code).order_by(col(PlantRow.id)))
    counts = {PlantId(code): {Verdict.CAN: 0, Verdict.CHECK: 0} for code in codes}
    for lead in leads_for(session, None, clock):
        counts[lead.plant.id][lead.verdict] += 1
    return counts


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
    return _leads(session, session.exec(query).all(), records, clock)


class Records:
    """Plants, products and notices already read: many leads share one of each."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._products: dict[int, Product] = {}
        self._plants: dict[int, Plant] = {}
        self._notices: dict[int | None, Notice] = {}

    def read(self, products: Collection[int], plants: Collection[int]) -> None:
        """Read these products and plants at once, those that are not known yet."""
        for part in batches(sorted(set(products) - self._products.keys())):
            query = select(ProductRow.id, ProductRow.record).where(col(ProductRow.id).in_(part))
            for id_, record in self._session.exec(query):
                if id_ is not None:
                    self._products[id_] = load_product(record)
        for part in batches(sorted(set(plants) - self._plants.keys())):
            known = select(PlantRow.id, PlantRow.record).where(col(PlantRow.id).in_(part))
            for id_, record in self._session.exec(known):
                if id_ is not None:
                    self._plants[id_] = load_plant(record)

    def product(self, key: int) -> Product:
        """Give a product that was read, by its row's key."""
        return self._products[key]

    def plant(self, key: int) -> Plant:
        """Give a plant that was read, by its row's key."""
        return self._plants[key]

    def notice(self, row: NoticeRow) -> Notice:
        """Give the notice of a row."""
        if row.id not in self._notices:
            self._notices[row.id] = load_notice(row.record)
        return self._notices[row.id]


def _leads(
    session: Session,
    found: Iterable[_Rows],
    records: Records,
    clock: Clock,
    *,
    rivals: bool = False,
) -> list[Lead]:
    """Read leads out of their rows, with the winners of implied needs looked up all at once.

    `rivals` asks for those of stated needs too: digests and counts drop what is decided, and a
    year's purchases would be joined for nothing.
    """
    found = list(found)
    decided = {
        notice.id
        for _, match, _, notice in found
        if notice.id is not None
        and (match.kind == NeedKind.IMPLIED.value or (rivals and notice.phase in DECIDED))
    }
    outcomes = Outcomes(session, decided)
    records.read(
        {match.product_id for _, match, _, _ in found}, {lead.plant_id for lead, _, _, _ in found}
    )
    seen_twice = hidden(session, {lot.notice_id for _, _, lot, _ in found})
    return [
        _lead(rows, records, outcomes if rows[3].id in decided else None, seen_twice, clock)
        for rows in found
    ]


def _lead(
    rows: _Rows,
    records: Records,
    outcomes: Outcomes | None,
    seen_twice: Mapping[int, datetime],
    clock: Clock,
) -> Lead:
    lead, match, lot, notice_row = rows
    assert lead.id is not None  # noqa: S101 - it was read from the database
    notice = records.notice(notice_row)
    winner = None
    if outcomes is not None and notice_row.id is not None:
        winner = outcomes.winner(notice_row.id, notice, lot.external_id)
    return Lead(
        id=lead.id,
        plant=records.plant(lead.plant_id),
        product=records.product(match.product_id),
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
        gone_at=notice_row.gone_at or lot.gone_at or match.gone_at or seen_twice.get(lot.notice_id),
        as_of=clock.now(notice.portal),
        winner=winner,
    )
