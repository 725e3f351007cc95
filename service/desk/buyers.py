"""The city's own buyers, as far as their purchases are known."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from service.store.tables import LeadCardRow


class OwnBuyer(NamedTuple):
    """A buyer by BIN; `name` as a portal writes it, None where nothing of theirs was found."""

    bin: str
    name: str | None
    leads: int


def buyers_of(session: Session, bins: Sequence[str]) -> list[OwnBuyer]:
    """Give these buyers with how many leads there are of each, in the order of `bins`."""
    card = LeadCardRow
    query = (
        sql_select(col(card.buyer_id), func.max(col(card.buyer)), func.count())
        .where(col(card.buyer_id).in_(bins), col(card.best).is_(True))
        .group_by(col(card.buyer_id))
    )
    found = {bin_: (name, count) for bin_, name, count in session.execute(query)}
    return [OwnBuyer(bin_, *found.get(bin_, (None, 0))) for bin_ in bins]
