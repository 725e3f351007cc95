"""A purchase that a person enters: stored as a notice of the portal `entered`, matched at once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from matcher.matching import match_lots
from scrapers.documents import Found, Read, State
from scrapers.records import Buyer, Item, Lot, Notice, Period, Phase
from service.clock import Clock
from service.config import Config
from service.desk.cards import Cards
from service.desk.tracing import offers_of
from service.matching.fingerprint import matcher_version
from service.matching.lots import lot_texts
from service.store.catalogue import stored_catalogue
from service.store.matches import Answered, Due, product_keys, save_matches
from service.store.notices import save_page
from service.store.tables import NoticeRow

PORTAL = "entered"
LONGEST_TITLE = 500
LONGEST_TEXT = 200_000
MOST_ITEMS = 1_500


@dataclass(frozen=True, slots=True)
class Entered:
    """What a person entered. `who` is their address; `text` the words of the purchase, pasted or
    read of a file; `items` the rows of the file's table; `address` where it stands, shown as
    text."""

    who: str
    title: str
    text: str
    buyer: str = ""
    address: str = ""
    ends_at: datetime | None = None
    items: tuple[Item, ...] = ()


def text_of(read: Read) -> str:
    """Give all that was read of a document, members of an archive too; "" where nothing was."""
    pages = [
        page.text
        for part in read.walk()
        if part.state in {State.READ, State.PARTIAL}
        for page in part.pages
    ]
    return "\n".join(pages)[:LONGEST_TEXT]


def rows_of(found: Iterable[Found]) -> tuple[Item, ...]:
    """Give the rows of a file's bills, numbered anew: run together as text, the sizes and amounts
    of several goods would be read as those of one."""
    bill = [each.item for each in found if each.kind == "bill"][:MOST_ITEMS]
    return tuple(replace(item, id=str(number)) for number, item in enumerate(bill, 1))


def enter(session: Session, entered: Entered, config: Config, clock: Clock) -> str:
    """Store a purchase and match it; gives its id. Entering the same twice gives the same one."""
    notice = _notice(entered, config.zone.timezone, clock.now())
    save_page(session, [notice], clock.now())
    session.flush()
    query = select(NoticeRow).where(
        NoticeRow.portal == PORTAL, col(NoticeRow.external_id) == notice.id
    )
    row = session.exec(query).one()
    products = stored_catalogue(session).products
    assert row.id is not None  # noqa: S101 - it was read from the database
    if products:
        lots = list(lot_texts(notice))
        rows = {
            lot.lot: list(match_lots([lot], offers_of(products), top=config.match.top))
            for lot in lots
        }
        # Its words weighed as this moment's catalogue has it: the next matching does it again.
        due = Due(row.id, row.record, matched_key=None)
        save_matches(
            session,
            [Answered(due, rows, clock.now())],
            product_keys(session),
            version=matcher_version(),
            min_score=config.match.min_score,
        )
        Cards(session, clock).fill([row.id])
    return notice.id


def _notice(entered: Entered, zone: str, now: datetime) -> Notice:
    title = entered.title.strip()[:LONGEST_TITLE]
    text = entered.text.strip()[:LONGEST_TEXT]
    mark = hashlib.sha256(f"{title}\0{text}\0{entered.buyer}".encode(errors="replace"))
    return Notice(
        portal=PORTAL,
        id=mark.hexdigest()[:16],
        url=entered.address.strip()[:2_000],
        title=title,
        phase=Phase.OPEN,
        number=entered.who,
        description=text,
        buyer=Buyer(entered.buyer.strip()[:500]) if entered.buyer.strip() else None,
        country="KZ",
        published_at=now,
        period=Period(None, entered.ends_at, zone) if entered.ends_at else None,
        lots=(Lot("1", title, items=entered.items or (Item("1", title, text),)),),
    )
