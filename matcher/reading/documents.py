"""What attached documents add to a lot: lines of a bill of quantities, values left open.

Documents complete and measure; they never overrule what the lot itself says. Works whose bill was
read become the goods of the bill, each with its quantity.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalog.family import Family
from catalog.records import FamilyName
from matcher.reading.intents import intent_of
from matcher.reading.single import Understood, read_part
from matcher.records import Line, LotText, Note

MOST_PAGES = 40
_MOST_SOURCES = 3

Read = tuple[Line, Understood]


def billed(lines: Sequence[Read], lead: Family | None, *, works: bool) -> list[Read]:
    """Choose the lines of a bill that name goods.

    Of works all goods; of a purchase of goods those of its own kind. «Прокладка труб» beside the
    pipes themselves is the same metres twice: a row of works is left out where goods of its kind
    are listed.
    """
    goods: list[Read] = []
    labour: list[Read] = []
    for line, part in lines:
        if part.score <= 0 or part.family is None:
            continue
        if not works and lead is not None and part.family.name != lead.name:
            continue
        (labour if intent_of(part.words, None).works else goods).append((line, part))
    listed = {part.family.name for _, part in goods if part.family is not None}
    rest = [each for each in labour if each[1].family and each[1].family.name not in listed]
    return [each for each in lines if each in goods or each in rest]


def pages_of(
    lot: LotText, lead: Understood, families: Mapping[FamilyName, Family]
) -> Iterator[tuple[str, Understood]]:
    """Read the pages that speak of the lot's good or name no other, with their names.

    A page alone names no family for a lot: a specification speaks of many things in passing.
    """
    if lead.family is None:
        return
    kin = {lead.family.name, *lead.rivals}
    for page in lot.documents[:MOST_PAGES]:
        part = read_part(page.text, families, expected=lead.family)
        if part.score <= 0 or kin & {part.family.name if part.family else "", *part.rivals}:
            yield page.source, part


def narrowed(lead: Understood, pages: Sequence[Understood]) -> Understood:
    """Settle which of several kinds a lot means, where its pages name one of them and only one."""
    if lead.family is None or not lead.rivals:
        return lead
    named = {
        part.family.name: part.family
        for part in pages
        if part.score > 0 and part.family is not None and not part.rivals
    }
    kin = {lead.family.name, *lead.rivals}
    if len(named) != 1 or not named.keys() <= kin:
        return lead
    return lead._replace(family=next(iter(named.values())), rivals=())


def read_in(sources: Iterable[str | None]) -> tuple[Note, ...]:
    """Say from which pages something was read."""
    said = list(dict.fromkeys(source for source in sources if source))
    return (Note("read_in_document", None, _listed(said)),) if said else ()


def not_read(lot: LotText) -> tuple[Note, ...]:
    """Say which documents could not be read: what they ask for is not known."""
    return (Note("document_unread", None, _listed(lot.unread), "document"),) if lot.unread else ()


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_SOURCES
    return "; ".join(names[:_MOST_SOURCES]) + (f" +{more}" if more > 0 else "")
