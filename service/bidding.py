"""May this plant bid? Stands beside the verdict, never inside it: yes, no or unknown, with source.

The rules are data (`market.toml`): what the portal says of foreigners and of registration, and
phrases of a notice that decide over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from catalog.records import Plant, Standing
from catalog.words import fold
from scrapers.records import Notice
from service.market import Answer, Fact, facts_of, market
from service.texts import language

HOME = "KZ"
"""The country of every plant of the zone."""
_MEMBER = fold("в реестре отечественных товаропроизводителей")
_NOT = fold("не состоит")


@dataclass(frozen=True, slots=True)
class MayBid:
    """Whether a plant may bid, and why: `because` by language. `registration` answers whether it
    must first be registered on the portal. `as_of` is the day the fact was last checked."""

    answer: Answer
    because: Mapping[str, str] = field(hash=False)
    source: str
    as_of: date
    registration: Fact

    def said(self, code: str) -> tuple[str, str]:
        """Say both answers in a language (`ru`, `kk`, `en`), each with its reason and day."""
        words = language(code)
        return (
            f"{words.name('may_bid', self.answer)}: {self.because[code]} "
            f"({self.source}, {self.as_of:%d.%m.%Y})",
            f"{words.name('registration', self.registration.answer)}: "
            f"{self.registration.because[code]} "
            f"({self.registration.source}, {self.registration.as_of:%d.%m.%Y})",
        )


def may_bid(notice: Notice, plant: Plant) -> MayBid:
    """Answer for a plant and a notice. What neither the notice nor the portal says is unknown."""
    facts = facts_of(notice.portal)
    found = _said_by_notice(notice, plant)
    if found is None and notice.sample:
        found = market().facts["invented"]
    if found is None:
        found = market().facts["domestic"] if notice.country == HOME else facts.foreigners
    return MayBid(found.answer, found.because, found.source, found.as_of, facts.registration)


def _said_by_notice(notice: Notice, plant: Plant) -> Fact | None:
    """The first phrase of the notice that decides, in the order of the file."""
    texts = {"method": fold(f"{notice.method or ''}\n{notice.title}")}
    for override in market().overrides:
        if override.where not in texts:
            texts[override.where] = _all_text(notice)
        if any(fold(words) in texts[override.where] for words in override.words):
            return _for_member(override.fact, plant)
    return None


def _for_member(fact: Fact, plant: Plant) -> Fact:
    """A plant that is confirmed to be in the register may take part where others may not."""
    if fact.name == "members_only" and any(
        _MEMBER in fold(said) and _NOT not in fold(said) and source.standing is Standing.CONFIRMED
        for said, source in plant.facts
    ):
        return market().facts["member"]
    return fact


def _all_text(notice: Notice) -> str:
    parts = [notice.method or "", notice.title, notice.description]
    for lot in notice.lots:
        parts += [lot.title, lot.description]
        parts += [text for item in lot.items for text in (item.title, item.description)]
    return fold("\n".join(parts))
