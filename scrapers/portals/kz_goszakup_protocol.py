"""The protocol of results of a goszakup announcement: who bid what, and who won each lot.

A file of its own, in Kazakh and then in Russian; the Russian part is read. The winner is named in a
sentence alone, and known by his number from the tables of the same lot.
"""

import re
from decimal import Decimal

from lxml import html

from scrapers.parsing.dates import local_time
from scrapers.parsing.html import Page, changed, find, reading, words
from scrapers.parsing.numbers import number
from scrapers.portals import kz_goszakup_terms as terms
from scrapers.records import Award, AwardStatus, Bid, Code, Money, Party, Vat

_TITLE = "Протокол об итогах"
_LOT = re.compile(r"№ лота (\S+?) ?Наименование лота")
_WON = re.compile(
    r"Определить победителем по лоту № ?(\S+?): (.+?)(?:, потенциальным поставщиком,|\. ?2\.|$)"
)
_BIDS, _PRICES = "Информация о представленных заявках", "Расчет условных цен"


def awards(page: Page, notice_id: str) -> tuple[Award, ...]:
    """The awards of a protocol, one a lot; a lot without a named winner was not awarded.

    Raises LayoutChanged for what is no protocol of this announcement, or one whose winner did not
    bid.
    """
    title = f"{_TITLE} № {notice_id}-"
    heading = next((e for e in find(page.root, "//h2") if words(e).startswith(title)), None)
    if heading is None:
        raise changed(page, f"no «{title}»", "h2")
    lot, bids, winners = "", dict[str, dict[str, Bid]](), dict[str, str]()
    with reading(page, "table"):
        for part in find(heading, "./following::*[self::p or self::table]"):
            text = words(part)
            if part.tag == "p":
                named = _LOT.match(text)
                lot = named[1] if named else lot
                winners |= {found[1]: found[2].strip() for found in _WON.finditer(text)}
            elif lot and (caption := _caption(part)):
                _read(part, caption, lot, bids.setdefault(lot, {}))
    if not bids:
        raise changed(page, "no lot", "p: № лота")
    return tuple(_award(page, one, winners.get(one), found) for one, found in bids.items())


def _caption(table: html.HtmlElement) -> str:
    return " ".join(words(e) for e in find(table, "./caption"))


def _read(table: html.HtmlElement, caption: str, lot: str, bids: dict[str, Bid]) -> None:
    """Add what a table says of each bidder, by number (BIN, IIN).

    Raises ValueError for a row of more or fewer cells than the head: a price would be read from the
    next column.
    """
    if not caption.startswith((_BIDS, _PRICES)):
        return
    head = [words(cell) for cell in find(table, "(.//tr[th])[1]/th")]
    price = next((at for at, name in enumerate(head) if name.startswith("Цена")), None)
    for row in find(table, ".//tr[td]"):
        cells = [words(cell) for cell in find(row, "./td")]
        if len(cells) != len(head) or len(cells) < 4:
            raise ValueError(f"{len(cells)} cells under {len(head)} names of columns")
        name, ident = cells[1], cells[2]
        if not name or not ident:
            continue
        held = bids.get(ident) or Bid(_party(name, ident), lots=(lot,))
        if caption.startswith(_BIDS):
            when = local_time(re.sub(r"(:\d\d)\.\d+$", r"\1", cells[3]), terms.ZONE)
            bids[ident] = Bid(held.bidder, held.value, when, held.rank, held.lots)
        elif price is not None and cells[0].isdecimal():
            amount: Decimal | None = number(cells[price])
            value = Money.of(amount, "KZT", Vat.UNKNOWN) if amount else None
            bids[ident] = Bid(held.bidder, value, held.submitted_at, int(cells[0]), held.lots)


def _party(name: str, ident: str) -> Party:
    code = Code("KZ-BIN", ident) if re.fullmatch(r"\d{12}", ident) else Code("TAX", ident)
    return Party(name, code, "KZ" if code.scheme == "KZ-BIN" else None)


def _award(page: Page, lot: str, winner: str | None, bids: dict[str, Bid]) -> Award:
    offered = tuple(sorted(bids.values(), key=lambda bid: (bid.rank or 999, bid.bidder.name)))
    if winner is None:
        return Award(lot, (lot,), status=AwardStatus.UNSUCCESSFUL, bids=offered)
    won = [bid for bid in offered if bid.bidder.name == winner]
    if len(won) != 1:
        raise changed(page, f"the winner {winner[:60]!r} of lot {lot} did not bid", "p: Определить")
    return Award(
        lot, (lot,), (won[0].bidder,), won[0].value, None, AwardStatus.ACTIVE, bids=offered
    )
