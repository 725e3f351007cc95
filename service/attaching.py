"""Which documents speak of which lot, and what they add to it for the matcher."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matcher.records import Line, LotText, PageText
from scrapers.documents import Found, Page, Read, State
from scrapers.records import Lot, Notice
from service.lots import lot_texts
from service.store.documents import Attached

MOST_LINES = 1_500
MOST_PAGES = 60
# What never says a size: drafts of contracts, qualification, guarantees, forms of bids, and their
# Kazakh and English names.
_PAPERS = re.compile(
    r"договор|контракт|квалифик|гаранти|обеспечени|аффилир|приложение\s*(?:№\s*)?5\b|протокол"
    r"|шарт(?:ы|тың)?\s+жоба|біліктілік|кепілдік|contract|guarantee|bid\s+form",
    re.IGNORECASE,
)
_SAID = re.compile(r"специф|ерекшелі|ведомост|смет|дефект|тизим|тізім|specif|\btechn|\bтз\b", re.I)


@dataclass(frozen=True, slots=True)
class _Share:
    """What one document gives one lot."""

    pages: tuple[tuple[str, Page], ...] = ()
    items: tuple[tuple[str, Found], ...] = ()


def documented_lots(notice: Notice, attached: Sequence[Attached]) -> Iterator[LotText]:
    """Give every lot of a notice as `lot_texts` does, with what its documents say.

    A document of the notice speaks of its only lot; beside several lots only the pages that name
    the lot's number are its own.
    """
    lots = {lot.id: lot for lot in notice.lots}
    for text in lot_texts(notice):
        lot = lots.get(text.lot) or Lot(text.lot, notice.title)
        mine = [one for one in attached if one.lot in {None, lot.id}]
        yield _with_documents(text, notice, lot, mine) if mine else text


def _with_documents(
    lot_text: LotText, notice: Notice, lot: Lot, mine: Sequence[Attached]
) -> LotText:
    """Add to a lot what its documents say."""
    alone = len(notice.lots) <= 1
    shares = [share for one in mine if (share := _share(one, notice, lot, alone=alone))]
    items = [pair for share in shares for pair in share.items]
    lines = [_line(source, found) for source, found in items if found.kind == "bill"]
    told = [found for _, found in items if found.kind == "specification"]
    unread = tuple(one.title for one in mine if _hides(one) and (alone or one.lot == lot.id))
    text = replace(
        lot_text,
        lines=(*lot_text.lines, *lines[:MOST_LINES]),
        documents=tuple(
            PageText(source, page.text) for share in shares for source, page in share.pages
        )[:MOST_PAGES],
        unread=tuple(dict.fromkeys(unread)),
    )
    return _specified(text, told)


def _hides(one: Attached) -> bool:
    """Whether a document that has no text may hold what is asked for."""
    if one.state is State.READ:
        return False
    return bool(_SAID.search(one.title)) or not _PAPERS.search(one.title)


def _share(one: Attached, notice: Notice, lot: Lot, *, alone: bool) -> _Share | None:
    if one.document is None or (_PAPERS.search(one.title) and not _SAID.search(one.title)):
        return None
    own = alone or one.lot == lot.id
    names = [name for name in (lot.number, lot.id) if name and len(name) >= 4]
    others = [name for each in notice.lots if each.id != lot.id for name in (each.number,) if name]
    read = one.document.read
    kept: dict[tuple[str, int], tuple[str, Page]] = {}
    for part, page in _pages(read):
        if own or _names_lot(page.text, names, others, within=bool(kept)):
            kept[part, page.number] = (_source(one.title, part, page), page)
    items = tuple(
        (kept[found.member, found.page][0], found)
        for found in one.document.items
        if (found.member, found.page) in kept and (found.lot is None or own or found.lot in names)
    )
    # The text of a bill's pages is in its lines already.
    billed = {(found.member, found.page) for _, found in items if found.kind == "bill"}
    pages = tuple(pair for place, pair in kept.items() if place not in billed)
    return _Share(pages, items)


def _pages(read: Read) -> Iterator[tuple[str, Page]]:
    """Every page of a document with the name of the member it is in, "" outside an archive."""
    for part in read.walk():
        for page in part.pages:
            yield ("" if part is read else part.name), page


def _names_lot(text: str, names: Sequence[str], others: Sequence[str], *, within: bool) -> bool:
    """Whether a page is about a lot: it names it, or follows one that did and names no other."""
    if any(name in text for name in names):
        return True
    return within and not any(name in text for name in others)


def _source(title: str, part: str, page: Page) -> str:
    """Name a page for people: «Спецификация.pdf, стр. 3», «Архив.zip › Смета.xlsx, лист 2»."""
    where = f"лист «{page.label}»" if page.label else f"стр. {page.number}"
    return f"{title} › {part}, {where}" if part else f"{title}, {where}"


def _line(source: str, found: Found) -> Line:
    item = found.item
    return Line(
        text="\n".join(filter(None, (item.title, item.description))),
        quantity=item.quantity,
        unit=item.unit.name if item.unit else None,
        codes=tuple((code.scheme, code.id) for code in item.codes),
        source=source,
    )


def _specified(text: LotText, told: Sequence[Found]) -> LotText:
    """Take quantity, unit and codes from the lot's specification where the portal gave none."""
    codes = [(code.scheme, code.id) for found in told for code in found.item.codes]
    text = replace(text, codes=tuple(dict.fromkeys((*text.codes, *codes))))
    amounts = {(one.item.quantity, one.item.unit.name if one.item.unit else None) for one in told}
    if text.quantity is None and not text.lines and len(amounts) == 1:
        quantity, unit = next(iter(amounts))
        text = replace(text, quantity=quantity, unit=unit)
    return text
