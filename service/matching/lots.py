"""A notice's lots as the matcher reads them."""

from collections.abc import Iterable, Iterator

from matcher.records import Line, LotText
from scrapers.records import Code, Item, Lot, Notice, Phase

WHOLE_NOTICE = "1"
"""Name of the only lot of a notice that has none."""


def lot_texts(notice: Notice) -> Iterator[LotText]:
    """Give every lot of a notice, or the notice as its lot `1` when it has none.

    The notice's own words go to a lot only where it is alone or has no title: beside other lots
    they would lend it their goods.
    """
    if not notice.lots:
        yield _text(notice, Lot(WHOLE_NOTICE, notice.title), alone=True)
        return
    for lot in notice.lots:
        yield _text(notice, lot, alone=len(notice.lots) == 1)


def _text(notice: Notice, lot: Lot, *, alone: bool) -> LotText:
    title = lot.title.strip() or notice.title
    single = lot.items[0] if len(lot.items) == 1 else None
    texts = [lot.description]
    if single is not None:
        texts += [single.title, single.description]
    if alone or not lot.title.strip():
        texts += [notice.title, notice.description]
    texts += [text.value for text in lot.translations]
    if single is not None:
        texts += [text.value for text in single.translations]
    if alone:
        texts += [text.value for text in notice.translations]
    codes = (*lot.codes, *(single.codes if single else ()), *(notice.codes if alone else ()))
    return LotText(
        notice=notice.id,
        lot=lot.id,
        title=title,
        texts=_distinct(texts, title),
        lines=() if single is not None else tuple(_line(item) for item in lot.items),
        quantity=single.quantity if single else None,
        unit=single.unit.name if single and single.unit else None,
        codes=_pairs(codes),
        category=notice.category,
        plan=notice.phase is Phase.PLAN,
    )


def _line(item: Item) -> Line:
    return Line(
        text="\n".join(_distinct([item.title, item.description])),
        quantity=item.quantity,
        unit=item.unit.name if item.unit else None,
        codes=_pairs(item.codes),
    )


def _distinct(texts: Iterable[str], *known: str) -> tuple[str, ...]:
    """Drop empty and repeated texts: a size said twice must not become two needs."""
    seen = {" ".join(text.split()).casefold() for text in known}
    kept: list[str] = []
    for text in texts:
        key = " ".join(text.split()).casefold()
        if key and key not in seen:
            seen.add(key)
            kept.append(text)
    return tuple(kept)


def _pairs(codes: Iterable[Code]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((code.scheme, code.id) for code in codes))
