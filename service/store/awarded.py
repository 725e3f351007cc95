"""What was paid before for the like: who won lots of a family or of codes, and at what price."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_
from sqlmodel import Session, col, select

from matcher.records import Verdict
from scrapers.canonical import load_notice
from scrapers.records import Lot, Money, Notice
from service.purchases.joining import Winner
from service.store.outcomes import Outcomes
from service.store.tables import (
    AwardRow,
    ContractRow,
    ItemRow,
    LotRow,
    MatchRow,
    NoticeRow,
    ProductRow,
    PurchaseLinkRow,
)

# Lots looked at for each one asked for: most purchases have no winner yet.
_TRIES = 20


@dataclass(frozen=True, slots=True)
class AwardedLot:
    """A lot that somebody won.

    `unit_price` is for one `unit`: as stated in the award or contract, or else, with `reckoned`,
    the sum divided by the quantity of the only line it is for. None where neither can be said.
    """

    notice: Notice
    lot: Lot
    winner: Winner
    quantity: Decimal | None
    unit: str | None
    unit_price: Money | None
    reckoned: bool


def similar_awards(
    session: Session, *, family: str | None = None, codes: Collection[str] = (), limit: int
) -> list[AwardedLot]:
    """Give at most `limit` awarded lots, latest decision first.

    `family` finds what matched a product of it, `codes` items whose codes begin so; either fits.
    """
    wanted = []
    if family is not None:
        of_family = (
            select(MatchRow.lot_id)
            .where(MatchRow.product_id == ProductRow.id, ProductRow.family == family)
            .where(MatchRow.verdict != Verdict.CANNOT.value)
        )
        wanted.append(col(LotRow.id).in_(of_family))
    for code in codes:
        coded = select(ItemRow.lot_id).where(
            col(ItemRow.codes).contains(f'"{code}', autoescape=True)
        )
        wanted.append(col(LotRow.id).in_(coded))
    if not wanted:
        return []
    decided = or_(
        *(
            col(NoticeRow.id).in_(select(col(table.notice_id)))
            for table in (AwardRow, ContractRow, PurchaseLinkRow)
        )
    )
    query = (
        select(NoticeRow.id, NoticeRow.record, LotRow.external_id)
        .where(LotRow.notice_id == NoticeRow.id, decided, or_(*wanted))
        .order_by(col(NoticeRow.changed_at).desc(), col(LotRow.id))
        .limit(limit * _TRIES)
    )
    found = [(id_, text, lot) for id_, text, lot in session.exec(query) if id_ is not None]
    outcomes = Outcomes(session, {id_ for id_, _, _ in found})
    awarded: dict[tuple[object, ...], AwardedLot] = {}
    for id_, text, lot_id in found:
        notice = load_notice(text)
        lot = next((each for each in notice.lots if each.id == lot_id), None)
        winner = outcomes.winner(id_, notice, lot_id) if lot else None
        if lot is not None and winner is not None:
            # A plan, its notice and its contract tell of one award; the first has most.
            same = (winner.url, winner.contract, winner.name, lot.title)
            awarded.setdefault(same, _priced(notice, lot, winner))
    latest = sorted(awarded.values(), key=_decided, reverse=True)
    return latest[:limit]


def _decided(lot: AwardedLot) -> float:
    moment = lot.winner.signed_at or lot.winner.awarded_at
    return moment.timestamp() if moment else 0.0


def _priced(notice: Notice, lot: Lot, winner: Winner) -> AwardedLot:
    line = lot.items[0] if len(lot.items) == 1 else None
    quantity = line.quantity if line else None
    unit = line.unit.name if line and line.unit else None
    for item in winner.items if len(winner.items) == 1 else ():
        quantity = item.quantity if item.quantity is not None else quantity
        unit = item.unit.name if item.unit else unit
        if item.unit_price is not None:
            return AwardedLot(notice, lot, winner, quantity, unit, item.unit_price, False)
    price = None
    if winner.value and quantity and unit and 1 in {len(notice.lots), len(winner.items)}:
        # The sum is for all the decision covers: for one line alone it is the line's.
        value = winner.value
        price = Money.of(value.amount / quantity, value.currency, value.vat)
    return AwardedLot(notice, lot, winner, quantity, unit, price, price is not None)
