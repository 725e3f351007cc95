"""Turn a digest into the strings its templates lay out, in the recipient's language."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from matcher.records import NeedKind, Verdict
from service.digest.cleaning import cut, safe_link
from service.digest.composing import shown
from service.digest.formats import day, deadline, moment, money, percent, quantity
from service.digest.labels import labelled, unlabelled
from service.digest.nearest import NearestView, anchor, nearest
from service.digest.reasons import Why, unconfirmed, verdict_lines, verdict_words, why
from service.digest.records import (
    Addresses,
    ChangedField,
    Digest,
    Entry,
    LeadLine,
    Section,
    Shown,
)
from service.digest.remarks import ALERTS, blind, counted, period, read, waiting
from service.texts import Language, language

BRAND = "Сұраныс"
MOST_REASONS = 8
LONGEST_TITLE = 180
LONGEST_NAME = 120
LONGEST_WINNER = 300
LONGEST_SHORT = 60
NO_ADDRESSES = Addresses({})


@dataclass(frozen=True, slots=True)
class LeadWords:
    """A lead in words. `link` is None where the address is not one of the portal's."""

    anchor: str
    title: str
    link: str | None
    address: str
    source: str
    buyer: str | None
    target: str
    verdict: Verdict
    verdict_lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str, str], ...]
    unconfirmed: str | None
    why: tuple[Why, ...]
    more: str | None
    implied: bool
    sample: bool
    answer: str | None
    winner: str | None
    may_bid: str | None


@dataclass(frozen=True, slots=True)
class SectionView:
    """A part of the digest with its heading and leads."""

    section: Section
    title: str
    leads: tuple[LeadWords, ...]


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest in words, ready to be laid out."""

    subject: str
    preview: str
    day: str
    recipient: str
    empty: str | None
    counts: tuple[tuple[Section, str, str], ...]
    nearest: tuple[NearestView, ...]
    sections: tuple[SectionView, ...]
    beyond: str | None
    counted: tuple[str, ...]
    blind: tuple[tuple[str, str], ...]
    read: str | None
    portals: tuple[tuple[str, int], ...]
    waiting: str | None
    period: str | None
    banner: str | None


def _worded(name: ChangedField, state: Shown, zone: str, lang: Language) -> str:
    """Word one of the things that can change."""
    match name:
        case "verdict":
            return verdict_words(state.verdict, lang)
        case "state":
            return lang.name("phase", state.state)
        case "deadline":
            return moment(state.deadline, zone, lang) if state.deadline else _unstated(name, lang)
        case "quantity" if state.quantity is not None:
            return quantity(state.quantity, state.unit, lang)
        case "winner" if state.winner is not None:
            return cut(state.winner, LONGEST_TITLE)
        case "value" if state.value is not None:
            return money(state.value, lang)
    return _unstated(name, lang)


def _unstated(name: ChangedField, lang: Language) -> str:
    """Say that a thing is not stated, in the gender of its name: «сумма не указана»."""
    return lang.name("unstated", name)


def _changes(entry: Entry, lang: Language) -> tuple[tuple[str, str, str], ...]:
    """Word what changed: (what, old, new)."""
    if entry.before is None:
        return ()
    titles: dict[ChangedField, str] = {
        "verdict": lang.text("Verdict"),
        "state": lang.text("State"),
        "deadline": lang.text("Deadline"),
        "quantity": lang.text("Quantity"),
        "value": lang.text("Sum"),
        "winner": lang.text("Winner"),
    }
    zone, now = entry.lead.zone, shown(entry.lead)
    return tuple(
        (titles[name], _worded(name, entry.before, zone, lang), _worded(name, now, zone, lang))
        for name in entry.changed
    )


def _amount(lead: LeadLine, lang: Language) -> str:
    """Write the quantity in the plant's unit against the capacity that stands idle.

    Where it does not compare to capacity, add the typical order by which the lead is ranked; where
    nothing is known, that order is all there is to say.
    """
    typical = quantity(*lead.typical, lang) if lead.typical else None
    if lead.quantity is None:
        if typical is None:
            return _unstated("quantity", lang)
        return lang.text("assumed %(amount)s, estimated by a typical order", amount=typical)
    written = quantity(lead.quantity, lead.unit, lang, estimated=lead.estimated)
    if lead.measured:
        sign = "≈" if lead.estimated else "="
        written = f"{quantity(*lead.measured, lang)} {sign} {written}"
    if lead.idle_per_year:
        share = percent(lead.quantity / lead.idle_per_year, lang)
        return written + " — " + lang.text("%(share)s of a year's idle capacity", share=share)
    if typical is None:
        return written
    return (
        written
        + "; "
        + lang.text("ranked as %(amount)s, estimated by a typical order", amount=typical)
    )


def _sum(lead: LeadLine, lang: Language) -> str:
    """Write the sum as stated, and what it is in tenge by the rate of which day."""
    if lead.value is None:
        return _unstated("value", lang)
    written = money(lead.value, lang)
    if lead.in_tenge is None:
        return written
    tenge, rate_day = lead.in_tenge
    return written + lang.text(
        " ≈ %(sum)s at the rate of %(day)s",
        sum=money(tenge, lang),
        day=day(rate_day, lang, year=True),
    )


def _source(lead: LeadLine) -> str:
    """Name the portal and the number there; not a portal that only says again: a sample."""
    number = f"№ {cut(lead.number, 60)}" if lead.number else ""
    portal = cut(lead.portal, 60)
    if lead.sample and number and labelled(portal):
        return number
    return f"{portal} {number}".strip()


def _buyer(lead: LeadLine) -> str | None:
    if not lead.buyer:
        return None
    return cut(unlabelled(lead.buyer) if lead.sample else lead.buyer, LONGEST_NAME)


def _lead(
    entry: Entry, digest: Digest, lang: Language, most_reasons: int, addresses: Addresses
) -> LeadWords:
    now = entry.lead.as_of or digest.end
    place, zone = anchor(entry, digest), digest.recipient.zone
    said = _card(entry, place, zone, now, lang.code, most_reasons)
    answer = addresses.leads.get(entry.lead.id)
    return said if answer is None else replace(said, answer=answer)


@lru_cache(maxsize=1024)  # the readers of one plant are told the same, each with links of their own
def _card(
    entry: Entry, place: str, home: str, now: datetime, code: str, most_reasons: int
) -> LeadWords:
    lead, lang = entry.lead, language(code)
    reasons = why(lead, lang)
    left = len(reasons[most_reasons:])
    products = " · ".join(cut(name, LONGEST_NAME) for name in (lead.product, *lead.also[:3]))
    return LeadWords(
        anchor=place,
        title=cut(lead.title, LONGEST_TITLE) or lang.text("Untitled purchase"),
        link=safe_link(lead.url, lead.hosts),
        address=cut(lead.url, LONGEST_TITLE),
        source=_source(lead),
        buyer=_buyer(lead),
        target=f"{cut(lead.plant, LONGEST_NAME)} — {products}",
        verdict=lead.verdict,
        verdict_lines=verdict_lines(lead, lang),
        facts=_facts(lead, home, now, lang),
        changes=_changes(entry, lang),
        unconfirmed=unconfirmed(lead, lang),
        why=reasons[:most_reasons],
        more=lang.plural("and %(n)d more reason", "and %(n)d more reasons", left) if left else None,
        implied=lead.kind is NeedKind.IMPLIED,
        sample=lead.sample,
        answer=None,
        winner=cut(lead.winner, LONGEST_WINNER) if lead.winner else None,
        may_bid=_may_bid(lead, lang),
    )


def _may_bid(lead: LeadLine, lang: Language) -> str | None:
    if lead.may_bid is None:
        return None
    said = lead.may_bid.said(lang.code)[0]
    return said[:1].upper() + said[1:]


def _facts(lead: LeadLine, home: str, now: datetime, lang: Language) -> tuple[tuple[str, str], ...]:
    facts = [
        (lang.text("Quantity"), _amount(lead, lang)),
        (lang.text("Sum"), _sum(lead, lang)),
    ]
    if not (lead.kind is NeedKind.PLAN and lead.deadline is None):
        until = deadline(now, lead.deadline, lead.zone, home, lang, lead.country)
        facts.insert(0, (lang.text("Deadline"), until))
    if lead.place:
        facts.append((lang.text("Delivery to"), cut(lead.place, LONGEST_NAME)))
    return tuple(facts)


def section_title(section: Section, lang: Language) -> str:
    """Name a section of the digest."""
    return {
        Section.CLOSING: lang.text("Closing soon"),
        Section.NEW: lang.text("New requests"),
        Section.CHANGED: lang.text("Changed"),
        Section.WINNER: lang.text("Winner named: whom to call now"),
        Section.IMPLIED: lang.text("Implied demand: goods a contractor will need"),
        Section.PLANS: lang.text("Plans: early warnings"),
    }[section]


def _count_title(section: Section, n: int, lang: Language) -> str:
    """Name what a number counts: «1 новая закупка», «5 новых закупок»."""
    return {
        Section.CLOSING: lang.plural("urgent request", "urgent requests", n),
        Section.NEW: lang.plural("new request", "new requests", n),
        Section.CHANGED: lang.plural("change", "changes", n),
        Section.WINNER: lang.plural("winner named", "winners named", n),
        Section.IMPLIED: lang.plural("implied request", "implied requests", n),
        Section.PLANS: lang.plural("plan", "plans", n),
    }[section]


def _of_kind(digest: Digest, told: str, when: str, lang: Language) -> tuple[str, str]:
    """Word the subject of a mail that is no daily digest."""
    whom = cut(digest.recipient.name, LONGEST_NAME)
    if digest.kind == "urgent":
        n = len(digest.entries)
        told = lang.plural(
            "Urgent: %(n)d request closes soon — %(whom)s",
            "Urgent: %(n)d requests close soon — %(whom)s",
            n,
            whom=whom,
        )
    elif digest.kind == "weekly":
        told = lang.text("no new requests this week — %(whom)s", whom=whom)
    elif digest.kind == "reminder":
        lead = digest.entries[0].lead
        until = moment(lead.deadline, lead.zone, lang) if lead.deadline else ""
        title = cut(lead.title, LONGEST_SHORT)
        told = lang.text("Reminder: bids close at %(when)s — %(title)s", when=until, title=title)
        when = ""  # a second date would be taken for the deadline
    return told, when


def subject(digest: Digest, lang: Language) -> str:
    """Write the subject: «Сұраныс: 5 новых заявок — ТОО «…», 23 ноября».

    A dash and no preposition, because a name cannot be declined.
    """
    new = sum(entry.before is None for entry in digest.entries) + digest.beyond
    new += sum(len(each.entries) for each in digest.counted)
    whom, when = cut(digest.recipient.name, LONGEST_NAME), day(digest.day, lang)
    if new:
        told = lang.plural(
            "%(n)d new request — %(whom)s", "%(n)d new requests — %(whom)s", new, whom=whom
        )
    elif digest.entries:
        told = lang.plural(
            "%(n)d change — %(whom)s",
            "%(n)d changes — %(whom)s",
            len(digest.entries),
            whom=whom,
        )
    else:
        told = lang.text("no new requests — %(whom)s", whom=whom)
    told, when = _of_kind(digest, told, when, lang)
    label = lang.text("SAMPLE") + " · " if digest.sample else ""
    if digest.replay:
        label = lang.text("REPLAY") + " · " + label
    return f"{label}{BRAND}: {', '.join(filter(None, (told, when)))}".replace("\u00a0", " ")


def _preview(digest: Digest, lang: Language) -> str:
    """Write the line a mail client shows beside the subject."""
    urgent = len(digest.in_section(Section.CLOSING))
    fits = sum(entry.lead.verdict is Verdict.CAN for entry in digest.entries)
    ask = sum(entry.lead.verdict is Verdict.CHECK for entry in digest.entries)
    parts = [
        (urgent, lang.text("closing soon: %(n)d", n=urgent)),
        (fits, lang.text("fit: %(n)d", n=fits)),
        (ask, lang.text("to be clarified: %(n)d", n=ask)),
    ]
    return ", ".join(text for n, text in parts if n)


def _banner(digest: Digest, lang: Language) -> str | None:
    if digest.sample:
        return lang.text(
            "SAMPLE. The purchases marked so are made up, to show how a digest looks. "
            "Do not act on them."
        )
    if digest.replay:
        return lang.text("REPLAY of saved pages: true purchases of a past day.")
    return None


def view(
    digest: Digest,
    lang: Language,
    most_reasons: int = MOST_REASONS,
    addresses: Addresses = NO_ADDRESSES,
) -> DigestView:
    """Word a whole digest, with so many reasons a lead; how many more there are is told."""
    return DigestView(
        subject=subject(digest, lang),
        preview=_preview(digest, lang),
        day=day(digest.day, lang, year=True),
        recipient=cut(digest.recipient.name, LONGEST_NAME),
        empty=None
        if digest.entries or digest.counted
        else lang.text("No new requests and no changes."),
        counts=tuple(
            (section, str(len(entries)), _count_title(section, len(entries), lang))
            for section in Section
            if (entries := digest.in_section(section))
        ),
        nearest=nearest(digest, lang),
        sections=tuple(
            SectionView(
                section,
                section_title(section, lang),
                tuple(_lead(entry, digest, lang, most_reasons, addresses) for entry in entries),
            )
            for section in Section
            if (entries := digest.in_section(section))
        ),
        beyond=lang.plural(
            "%(n)d more lead did not fit and comes in the next digest.",
            "%(n)d more leads did not fit and come in the next digest.",
            digest.beyond,
        )
        if digest.beyond
        else None,
        counted=tuple(counted(each, lang) for each in digest.counted),
        blind=tuple(blind(each, lang) for each in digest.portals if each.outcome != "ok"),
        read=read(digest, lang),
        portals=tuple((cut(each.title, 60), each.read) for each in digest.portals),
        waiting=waiting(digest, lang),
        period=None if digest.kind in ALERTS else period(digest, lang),
        banner=_banner(digest, lang),
    )
