"""Say why: verdicts and evidence in the words of DESIGN, asked against offered.

Where a plant has confirmed hardly any of its ranges, that is said once for the lead (`unconfirmed`)
and its lines stay short.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from matcher.records import Evidence, Verdict
from service.digest.cleaning import cut
from service.digest.records import LeadLine
from service.texts import Language

LONGEST_VALUE = 160
LONGEST_REASON = 300
LONGEST_TOPIC = 80
MOST_TOPICS = 4
_WORD = re.compile(r"[^\W\d_]+[²³]?")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_MARKS: dict[Verdict, Literal["✓", "✗", "?"]] = {
    Verdict.CAN: "✓",
    Verdict.CANNOT: "✗",
    Verdict.CHECK: "?",
}
_OUTSIDE = "outside_unconfirmed"
_UNCONFIRMED = frozenset({"inside_unconfirmed", _OUTSIDE})
_COMPARED = _UNCONFIRMED | {"inside", "outside"}
_WORST_FIRST = {Verdict.CANNOT: 0, Verdict.CHECK: 1, Verdict.CAN: 2}


@dataclass(frozen=True, slots=True)
class Why:
    """One line of evidence: a mark and a sentence; `foreign` where it is Russian in a mail that
    is not."""

    mark: Literal["✓", "✗", "?"]
    sentence: str
    foreign: bool = False


def attribute(key: str, lang: Language) -> str:
    """Name an attribute; one nobody named yet is its own key with blanks."""
    return cut(lang.name("attribute", key, otherwise=key.replace("_", " ")), LONGEST_VALUE)


def worded(text: str | None, lang: Language) -> str:
    """Write an asked or offered value; the matcher's Russian «мм», «от», «до» are translated."""
    shown = cut(text, LONGEST_VALUE) if text else "—"
    if lang.locale.number_symbols["latn"]["decimal"] == ".":
        shown = _DECIMAL_COMMA.sub(".", shown)
    return _WORD.sub(lambda word: lang.name("word", word.group()), shown)


def outside(evidence: Iterable[Evidence]) -> bool:
    """Tell whether a lead lies outside what is said of the plant, though the plant has not said so:
    each of its needs has something outside an unconfirmed range."""
    facts = [fact for fact in evidence if fact.attribute is not None]
    needs = {fact.need for fact in facts if fact.reason == _OUTSIDE}
    return bool(needs) and needs == {fact.need for fact in facts}


def _said_once(lead: LeadLine) -> bool:
    """Tell whether most of what was compared is unconfirmed, to be said once and not a line."""
    compared = [fact.reason for fact in lead.evidence if fact.reason in _COMPARED]
    return 2 * sum(reason in _UNCONFIRMED for reason in compared) > len(compared)


def unconfirmed(lead: LeadLine, lang: Language) -> str | None:
    """Say once of a lead that the ranges it was compared with are not confirmed."""
    if not _said_once(lead):
        return None
    return lang.text("the plant has not confirmed its ranges: ask the plant")


def _offered(fact: Evidence, lead: LeadLine, lang: Language) -> str:
    """Write what is offered: ranges that sources disagree on are alternatives, not one list."""
    ranges = (fact.offered or "").split(", ")
    if fact.attribute not in lead.disputed or len(ranges) == 1:
        return worded(fact.offered, lang)
    some, last = worded(", ".join(ranges[:-1]), lang), worded(ranges[-1], lang)
    return lang.text("%(some)s or %(last)s by different sources", some=some, last=last)


def _sentence(fact: Evidence, lead: LeadLine, lang: Language) -> tuple[str, bool]:
    """Word a fact by its stable reason; the matcher's own Russian sentence where nobody has yet."""
    offered = _offered(fact, lead, lang)
    if fact.reason in _UNCONFIRMED and _said_once(lead) and fact.attribute:
        asked, title = worded(fact.asked, lang), attribute(fact.attribute, lang)
        if fact.reason == _OUTSIDE:
            said = lang.text(
                "%(title)s %(asked)s — outside the range: %(offered)s",
                title=title,
                asked=asked,
                offered=offered,
            )
        else:
            said = lang.text(
                "%(title)s %(asked)s — the plant has %(offered)s?",
                title=title,
                asked=asked,
                offered=offered,
            )
        return said, False
    pattern = lang.name("reason", fact.reason, otherwise="")
    if pattern:
        words = {
            "title": attribute(fact.attribute, lang) if fact.attribute else "",
            "asked": worded(fact.asked, lang),
            "offered": offered,
        }
        return (pattern % words).strip(" :—"), False
    because = fact.because
    if lang.code == "ru" and fact.offered and fact.attribute in lead.disputed:
        because = because.replace(fact.offered, offered)
    return cut(because or fact.reason, LONGEST_REASON), lang.code != "ru"


def why(lead: LeadLine, lang: Language) -> tuple[Why, ...]:
    """Give the evidence lines of a lead, what speaks against it first, none twice."""
    # Sizes say more than that the kind of goods is the same, which every lead has.
    ordered = sorted(
        lead.evidence,
        key=lambda fact: (
            _WORST_FIRST[fact.verdict],
            fact.reason != _OUTSIDE,
            fact.attribute is None,
        ),
    )
    lines = dict.fromkeys(
        Why(_MARKS[fact.verdict], *_sentence(fact, lead, lang)) for fact in ordered
    )
    return tuple(lines)


def verdict_words(verdict: Verdict, lang: Language) -> str:
    """Name a verdict alone, as in «было → стало»."""
    return {
        Verdict.CAN: lang.text("fits by its characteristics"),
        Verdict.CANNOT: lang.text("does not fit"),
        Verdict.CHECK: lang.text("to be clarified"),
    }[verdict]


def _topic(fact: Evidence, lead: LeadLine, lang: Language) -> str:
    if fact.attribute:
        return attribute(fact.attribute, lang)
    otherwise = cut(_sentence(fact, lead, lang)[0], LONGEST_TOPIC)
    return lang.name("topic", fact.reason, otherwise=otherwise)


def _topics(facts: list[Evidence], lead: LeadLine, lang: Language) -> str:
    """Name what a verdict turns on, each thing once, the first few; the evidence has them all."""
    names = dict.fromkeys(_topic(fact, lead, lang) for fact in facts)
    known = [name for name in names if name]
    return ", ".join(known[:MOST_TOPICS]) + (", …" if len(known) > MOST_TOPICS else "")


def verdict_lines(lead: LeadLine, lang: Language) -> tuple[str, ...]:
    """Say the verdict in the words people read; for `check`, a line for each to be asked."""
    if lead.verdict is Verdict.CAN:
        return (verdict_words(Verdict.CAN, lang),)
    if lead.verdict is Verdict.CANNOT:
        against = [fact for fact in lead.evidence if fact.verdict is Verdict.CANNOT]
        if not against:
            return (verdict_words(Verdict.CANNOT, lang),)
        return (lang.text("does not fit: %(what)s", what=_topics(against, lead, lang)),)
    return _asks(lead, lang) or (verdict_words(Verdict.CHECK, lang),)


def _asks(lead: LeadLine, lang: Language) -> tuple[str, ...]:
    lines = []
    for whom in ("document", "buyer", "plant"):
        facts = [fact for fact in lead.evidence if fact.ask == whom]
        if not facts:
            continue
        what = _topics(facts, lead, lang)
        if whom == "document":
            lines.append(lang.text("document not read"))
        elif whom == "buyer":
            lines.append(lang.text("ask the buyer: %(what)s", what=what))
        else:
            lines.append(_ask_the_plant(facts, lead, lang))
    return tuple(lines)


def _ask_the_plant(facts: list[Evidence], lead: LeadLine, lang: Language) -> str:
    """Name what to ask the plant: what lies outside, else what it has not told, and only then its
    unconfirmed ranges, which nearly every lead of such a plant has."""
    if outside(lead.evidence):
        beyond = [fact for fact in facts if fact.reason == _OUTSIDE]
        return lang.text(
            "outside the range, ask the plant: %(what)s", what=_topics(beyond, lead, lang)
        )
    own = [f for f in facts if f.reason != "inside_unconfirmed"] if _said_once(lead) else facts
    return lang.text(
        "ask the plant: %(what)s",
        what=_topics(own, lead, lang) if own else lang.text("ranges"),
    )


def short_verdict(lead: LeadLine, lang: Language) -> str:
    """Name the verdict of a lead in a word or two, for a list."""
    if lead.verdict is Verdict.CHECK and outside(lead.evidence):
        return lang.text("outside the range, to be clarified")
    if lead.verdict is Verdict.CAN:
        return lang.text("fits")
    return verdict_words(lead.verdict, lang)
