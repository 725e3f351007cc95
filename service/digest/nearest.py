"""The few deadlines that come first, for the head of a digest: which to bid for, and by when."""

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.digest.cleaning import cut
from service.digest.formats import deadline
from service.digest.labels import labelled
from service.digest.reasons import short_verdict
from service.digest.records import Audience, Digest, Entry
from service.texts import Language

FEW = 3
"""Up to so many leads are seen at a glance and need no list."""
MOST_NEAREST = 5
LONGEST_SHORT_TITLE = 90


@dataclass(frozen=True, slots=True)
class NearestView:
    """A line of the list; `anchor` is that of the lead's card."""

    anchor: str
    until: str
    title: str
    plants: str | None
    verdict: Verdict
    words: str
    sample: bool


def anchor(entry: Entry, digest: Digest) -> str:
    """Name the card of an entry by its place in the digest; nothing scraped is in the name."""
    return f"lead-{digest.entries.index(entry) + 1}"


def nearest(digest: Digest, lang: Language) -> tuple[NearestView, ...]:
    """Give the nearest deadlines of what can be bid for, the earliest first, at most five.

    Empty in a digest of few leads. Works and plans are left out: their deadlines are not the
    plant's. A lot that several plants could serve is one line with their names.
    """
    if len(digest.entries) <= FEW:
        return ()
    lots: dict[tuple[str, str | None, str], list[int]] = {}
    for _, place in sorted(_open(digest), key=lambda pair: pair[0]):
        lead = digest.entries[place].lead
        lots.setdefault((lead.url, lead.number, lead.title), []).append(place)
    first = list(lots.values())[:MOST_NEAREST]
    return tuple(_view([digest.entries[place] for place in each], digest, lang) for each in first)


def _open(digest: Digest) -> Iterator[tuple[float, int]]:
    """Give the moment of each deadline still ahead and the place of its entry."""
    for place, entry in enumerate(digest.entries):
        lead = entry.lead
        ahead = lead.deadline is not None and lead.deadline > (lead.as_of or digest.end)
        biddable = lead.phase is Phase.OPEN and not lead.gone and lead.kind is NeedKind.STATED
        if lead.deadline is not None and ahead and biddable and lead.verdict is not Verdict.CANNOT:
            yield lead.deadline.timestamp(), place


def _view(entries: list[Entry], digest: Digest, lang: Language) -> NearestView:
    """Word a lot by the entry of the plant that is ranked first, and name the others' plants."""
    lead = entries[0].lead
    plants = dict.fromkeys(cut(entry.lead.plant, LONGEST_SHORT_TITLE) for entry in entries)
    title = cut(lead.title, LONGEST_SHORT_TITLE) or lang.text("Untitled purchase")
    official = digest.recipient.audience is Audience.OFFICIAL
    until = deadline(
        lead.as_of or digest.end,
        lead.deadline,
        lead.zone,
        digest.recipient.zone,
        lang,
        lead.country,
    )
    return NearestView(
        anchor=anchor(entries[0], digest),
        until=until,
        title=title,
        plants=", ".join(plants) if official else None,
        verdict=lead.verdict,
        words=short_verdict(lead, lang),
        sample=lead.sample and not labelled(title),
    )
