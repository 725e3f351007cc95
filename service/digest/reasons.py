"""Say why: verdicts and evidence in the words of DESIGN, asked against offered."""

import re
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


def _value(text: str | None, lang: Language) -> str:
    """Write an asked or offered value; the matcher's Russian «мм», «от», «до» are translated."""
    shown = cut(text, LONGEST_VALUE) if text else "—"
    if lang.locale.number_symbols["latn"]["decimal"] == ".":
        shown = _DECIMAL_COMMA.sub(".", shown)
    return _WORD.sub(lambda word: lang.name("word", word.group()), shown)


def _sentence(fact: Evidence, lang: Language) -> tuple[str, bool]:
    """Word a fact by its stable reason; the matcher's own Russian sentence where nobody has yet."""
    pattern = lang.name("reason", fact.reason, otherwise="")
    if pattern:
        words = {
            "title": attribute(fact.attribute, lang) if fact.attribute else "",
            "asked": _value(fact.asked, lang),
            "offered": _value(fact.offered, lang),
        }
        return (pattern % words).strip(" :—"), False
    return cut(fact.because or fact.reason, LONGEST_REASON), lang.code != "ru"


def why(lead: LeadLine, lang: Language) -> tuple[Why, ...]:
    """Give the evidence lines of a lead, what speaks against it first, none twice."""
    # Sizes say more than that the kind of goods is the same, which every lead has.
    ordered = sorted(
        lead.evidence, key=lambda fact: (_WORST_FIRST[fact.verdict], fact.attribute is None)
    )
    lines = dict.fromkeys(Why(_MARKS[fact.verdict], *_sentence(fact, lang)) for fact in ordered)
    return tuple(lines)


def verdict_words(verdict: Verdict, lang: Language) -> str:
    """Name a verdict alone, as in «было → стало»."""
    return {
        Verdict.CAN: lang.text("fits by its characteristics"),
        Verdict.CANNOT: lang.text("does not fit"),
        Verdict.CHECK: lang.text("to be clarified"),
    }[verdict]


def _topic(fact: Evidence, lang: Language) -> str:
    if fact.attribute:
        return attribute(fact.attribute, lang)
    return lang.name("topic", fact.reason, otherwise=cut(_sentence(fact, lang)[0], LONGEST_TOPIC))


def _topics(facts: list[Evidence], lang: Language) -> str:
    """Name what a verdict turns on, each thing once, the first few; the evidence has them all."""
    names = dict.fromkeys(_topic(fact, lang) for fact in facts)
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
        return (lang.text("does not fit: %(what)s", what=_topics(against, lang)),)
    return _asks(lead, lang) or (verdict_words(Verdict.CHECK, lang),)


def _asks(lead: LeadLine, lang: Language) -> tuple[str, ...]:
    lines = []
    for whom in ("document", "buyer", "plant"):
        facts = [fact for fact in lead.evidence if fact.ask == whom]
        if not facts:
            continue
        what = _topics(facts, lang)
        if whom == "document":
            lines.append(lang.text("document not read"))
        elif whom == "buyer":
            lines.append(lang.text("ask the buyer: %(what)s", what=what))
        else:
            lines.append(lang.text("ask the plant: %(what)s", what=what))
    return tuple(lines)
