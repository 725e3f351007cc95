"""Which documents speak of which lot, and what they add to it for the matcher."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from matcher.records import Line, LotText, PageText
from scrapers.documents import Found, Page, Read, State
from scrapers.records import Lot, Notice
from service.matching.lots import lot_texts
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
_TELLING = 10
"""Characters from which a lot's title is taken to name it: «Краска» stands in any bill."""
_SHARED = "общий для нескольких лотов, к лоту не отнесён"
_SAID = re.compile(r"специф|ерекшелі|ведомост|смет|дефект|тизим|тізім|specif|\btechn|\bтз\b", re.I)


@dataclass(frozen=True, slots=True)
class _Share:
    """What one document gives one lot."""

    pages: tuple[tuple[str, Page], ...] = ()
    items: tuple[tuple[str, Found], ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    """What a page may call a lot by: `only` what is no other lot's, `any` with a title alike."""

    only: tuple[str, ...]
    any: tuple[str, ...]


def documented_lots(notice: Notice, attached: Sequence[Attached]) -> Iterator[LotText]:
    """Give every lot of a notice as `lot_texts` does, with what its documents say.

    A document of the notice speaks of its only lot; beside several lots only the pages that name
    the lot's number, or its title where no other lot has a like one, are its own. A document that
    names none of them may be about any: it counts as not read for each, and says why.
    """
    lots = {lot.id: lot for lot in notice.lots}
    alone = len(lots) <= 1
    names = _names(notice) if attached and not alone else {}
    shared = () if alone else tuple(one.title for one in attached if _names_nobody(one, names))
    for text in lot_texts(notice):
        lot = lots.get(text.lot) or Lot(text.lot, notice.title)
        mine = [one for one in attached if one.lot in {None, lot.id}]
        yield _with_documents(text, lot, mine, names, shared) if mine else text


def _with_documents(
    lot_text: LotText,
    lot: Lot,
    mine: Sequence[Attached],
    names: Mapping[str, _Named],
    shared: Sequence[str],
) -> LotText:
    """Add to a lot what its documents say; it is the only one where `names` are empty."""
    shares = [share for one in mine if (share := _share(one, lot, names))]
    items = [pair for share in shares for pair in share.items]
    lines = [_line(source, found) for source, found in items if found.kind == "bill"]
    told = [found for _, found in items if found.kind == "specification"]
    unread = [one.title for one in mine if _hides(one) and (not names or one.lot == lot.id)]
    unread += [f"{title} ({_SHARED})" for title in shared]
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


def _share(one: Attached, lot: Lot, names: Mapping[str, _Named]) -> _Share | None:
    if one.document is None or (_PAPERS.search(one.title) and not _SAID.search(one.title)):
        return None
    own = not names or one.lot == lot.id
    called = names[lot.id].only if lot.id in names else ()
    others = [name for each, known in names.items() if each != lot.id for name in known.any]
    numbers = {lot.number, lot.id}
    read = one.document.read
    kept: dict[tuple[str, int], tuple[str, Page]] = {}
    for part, page in _pages(read):
        if own or _names_lot(page.text, called, others, within=bool(kept)):
            kept[part, page.number] = (_source(one.title, part, page), page)
    items = tuple(
        (kept[found.member, found.page][0], found)
        for found in one.document.items
        if (found.member, found.page) in kept and (found.lot is None or own or found.lot in numbers)
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


def _names(notice: Notice) -> Mapping[str, _Named]:
    """What pages may call each lot by: number, id, title."""
    titles = {lot.id: _plain(lot.title) for lot in notice.lots}
    found = {}
    for lot in notice.lots:
        title = titles[lot.id]
        alike = any(title in each or each in title for id_, each in titles.items() if id_ != lot.id)
        known = tuple(_plain(name) for name in (lot.number, lot.id) if name and len(name) >= 4)
        titled = (*known, title) if len(title) >= _TELLING else known
        found[lot.id] = _Named(known if alike else titled, titled)
    return found


def _names_lot(text: str, names: Sequence[str], others: Sequence[str], *, within: bool) -> bool:
    """Whether a page is about a lot: it names it, or follows one that did and names no other."""
    plain = _plain(text)
    if any(name in plain for name in names):
        return True
    return within and not any(name in plain for name in others)


def _names_nobody(one: Attached, names: Mapping[str, _Named]) -> bool:
    """Whether a document beside several lots was read and names none of them."""
    papers = _PAPERS.search(one.title) and not _SAID.search(one.title)
    if one.lot is not None or one.document is None or papers:
        return False
    text = " ".join(_plain(page.text) for _, page in _pages(one.document.read))
    return not any(name in text for known in names.values() for name in known.only)


@lru_cache(maxsize=1024)  # a page is asked after once a lot
def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


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
