"""Rates of the tenge as stored, and sums in tenge by them."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from scrapers.rates import Rate
from scrapers.records import Money
from service.store.tables import RateRow

TENGE = "KZT"


@dataclass(frozen=True, slots=True)
class Rates:
    """The stored rates by currency, each in the order of days."""

    by_currency: Mapping[str, tuple[Rate, ...]] = field(default_factory=dict)

    def in_tenge(self, money: Money, day: date) -> tuple[Money, date] | None:
        """Give a sum in tenge by the latest rate that held on `day`, with that rate's own day,
        however old; None where no rate is known. Tenge stay as they are."""
        if money.currency == TENGE:
            return money, day
        known = self.by_currency.get(money.currency, ())
        place = bisect_right([rate.day for rate in known], day)
        if not place:
            return None
        rate = known[place - 1]
        amount = money.amount * rate.tenge / rate.quantity
        return Money.of(amount, TENGE, money.vat), rate.day

    @property
    def latest(self) -> date | None:
        """The day of the newest rate."""
        days = [rates[-1].day for rates in self.by_currency.values() if rates]
        return max(days, default=None)


def stored_rates(session: Session) -> Rates:
    """Give all stored rates."""
    found: dict[str, list[Rate]] = {}
    for row in session.exec(select(RateRow).order_by(col(RateRow.currency), col(RateRow.day))):
        rate = Rate(row.currency, date.fromisoformat(row.day), row.quantity, Decimal(row.tenge))
        found.setdefault(row.currency, []).append(rate)
    return Rates({currency: tuple(rates) for currency, rates in found.items()})


def save_rates(session: Session, rates: Iterable[Rate], source: str, now: datetime) -> int:
    """Store rates; a rate of a day that is known already is brought to what is published now.
    Returns how many are new."""
    new = 0
    for rate in rates:
        query = select(RateRow).where(
            RateRow.currency == rate.currency, RateRow.day == rate.day.isoformat()
        )
        row = session.exec(query).first()
        new += row is None
        row = row or RateRow(
            currency=rate.currency,
            day=rate.day.isoformat(),
            quantity=rate.quantity,
            tenge=str(rate.tenge),
            source=source,
            fetched_at=now,
        )
        row.quantity, row.tenge = rate.quantity, str(rate.tenge)
        row.source, row.fetched_at = source, now
        session.add(row)
    return new
