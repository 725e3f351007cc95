"""Word asked against offered, attribute by attribute, with where it was read and whom to ask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matcher.records import Evidence, Verdict
from service.desk.passages import Passage, Source, passage
from service.digest.reasons import attribute, why, worded
from service.digest.records import LeadLine
from service.texts import Language

_FIRST = {Verdict.CANNOT: 0, Verdict.CHECK: 1, Verdict.CAN: 2}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of the table. `foreign` marks a sentence left in Russian on a page that is not."""

    verdict: Verdict
    title: str
    asked: str
    offered: str
    sentence: str
    foreign: bool
    ask: str
    passage: Passage | None
    attribute: bool


def requirements(
    line: LeadLine, lang: Language, texts: Sequence[Source]
) -> tuple[list[Requirement], list[Requirement]]:
    """Give what was compared (attributes), and what else decided (kind of goods, notes)."""
    rows = [_row(fact, line, lang, texts) for fact in _distinct(line.evidence)]
    rows.sort(key=lambda row: _FIRST[row.verdict])
    return [row for row in rows if row.attribute], [row for row in rows if not row.attribute]


def _distinct(facts: Iterable[Evidence]) -> list[Evidence]:
    """Several needs of a lot ask the same; it is shown once."""
    seen: dict[tuple[object, ...], Evidence] = {}
    for fact in facts:
        seen.setdefault((fact.attribute, fact.asked, fact.offered, fact.verdict, fact.reason), fact)
    return list(seen.values())


def _row(fact: Evidence, line: LeadLine, lang: Language, texts: Sequence[Source]) -> Requirement:
    said = why(replace(line, evidence=(fact,)), lang)
    return Requirement(
        verdict=fact.verdict,
        title=attribute(fact.attribute, lang) if fact.attribute else "",
        asked=worded(fact.asked, lang) if fact.asked else "",
        offered=worded(fact.offered, lang) if fact.offered else "",
        sentence=said[0].sentence if said else "",
        foreign=said[0].foreign if said else False,
        ask=lang.name("ask", fact.ask) if fact.ask else "",
        passage=passage(fact.asked, texts) if fact.attribute else None,
        attribute=fact.attribute is not None,
    )
