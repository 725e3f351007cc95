"""Word a lead of a list: the verdict, why, how much, by when."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from matcher.records import Evidence, Verdict
from scrapers.portals import PORTALS
from service.desk.entering import PORTAL
from service.desk.leads import Card
from service.digest.cleaning import cut, safe_link
from service.digest.labels import unlabelled
from service.digest.reasons import short_verdict, verdict_lines, why
from service.digest.records import LeadLine
from service.texts import Language, language
from service.web.rendering import Words

LONGEST_TITLE = 160
LONGEST_NAME = 100
MOST_FACTS = 3


@dataclass(frozen=True, slots=True)
class LeadWords:
    """A lead of a list in words. `left` is how long is left, `until` the moment itself; `link`
    is None where the address does not lead to the portal."""

    card: Card
    title: str
    verdict: str
    ask: str
    facts: str
    quantity: str
    share: str
    money: str
    left: str
    until: str
    urgent: bool
    over: bool
    source: str
    buyer: str
    product: str
    link: str | None


def lead_words(card: Card, w: Words) -> LeadWords:
    """Word one lead of a list."""
    lang = w.lang
    portal = PORTALS.get(card.portal)
    verdict, ask, facts = _said(card.verdict, card.evidence, card.disputed, lang.code)
    hosts = portal.hosts if portal and not card.sample else frozenset[str]()
    name = cut(portal.title if portal else card.portal, 40)
    return LeadWords(
        card=card,
        title=cut(_plain(card.title, card), LONGEST_TITLE) or lang.text("Untitled purchase"),
        verdict=verdict,
        ask=ask,
        facts=facts,
        quantity=_quantity(card, w),
        share=_share(card, w),
        money=w.money(card.value) if card.value else lang.name("unstated", "value"),
        left=_left(card, w),
        until=lang.text("until %(moment)s", moment=w.moment(card.ends_at, card.zone))
        if card.ends_at
        else "",
        urgent=card.ends_at is not None and 0 < (card.ends_at - card.as_of).days + 1 <= 3,
        over=not card.is_open,
        source=_source(card, name, lang),
        buyer=cut(_plain(card.buyer, card), LONGEST_NAME) if card.buyer else "",
        product=cut(_plain(card.product_name, card), LONGEST_NAME),
        link=safe_link(card.url, hosts),
    )


def _source(card: Card, name: str, lang: Language) -> str:
    """Name where a lead comes from: the portal with its number, or the person who entered it."""
    if card.portal == PORTAL:
        return lang.text("entered by %(who)s", who=cut(card.number or "", 60))
    return f"{name} № {cut(card.number, 60)}" if card.number else name


@lru_cache(maxsize=8_000)
def _said(
    verdict: Verdict, evidence: tuple[Evidence, ...], disputed: frozenset[str], code: str
) -> tuple[str, str, str]:
    """Word the verdict, what to ask, and the first facts. Lists show the same leads again and
    again, and wording their evidence was half of a page's time."""
    lang = language(code)
    line = LeadLine(
        *("", "", "", "", "", "", verdict),
        evidence=evidence,
        disputed=disputed,
    )
    facts = [f"{each.mark} {each.sentence}" for each in why(line, lang)[:MOST_FACTS]]
    said = "; ".join(verdict_lines(line, lang))
    return short_verdict(line, lang), said, " · ".join(facts)


def _plain(text: str, card: Card) -> str:
    """Take the word «sample» off a text whose row bears it as a tag already."""
    return unlabelled(text) if card.sample else text


def _quantity(card: Card, w: Words) -> str:
    if card.quantity is None:
        return w.lang.name("unstated", "quantity")
    return w.quantity(card.quantity, card.unit, estimated=card.estimated)


def _share(card: Card, w: Words) -> str:
    if card.share is None or card.guessed:
        return ""
    return w.lang.text(
        "%(share)s of a year's idle capacity", share=w.percent(Decimal(str(card.share)))
    )


def _left(card: Card, w: Words) -> str:
    if card.gone:
        return w.lang.text("no longer on the portal")
    if card.ends_at is None:
        return w.lang.text("not stated — ask the buyer")
    return w.left(card.as_of, card.ends_at, card.zone)
