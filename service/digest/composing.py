"""Compose a digest from leads: pure, deterministic, no clock and no store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.digest.records import (
    Audience,
    ChangedField,
    Counted,
    Digest,
    Entry,
    LeadLine,
    PortalHealth,
    Recipient,
    Section,
    Shown,
)
from service.digest.workdays import working_days_left

MOST_LEADS = 30
FIRST_OF_EACH = 3
SOON_WORKING_DAYS = 2
_LIVE = frozenset({Phase.OPEN, Phase.PLAN})
_ORDER = tuple(Section)
# What gives way last when a digest is full: a change to a lead somebody works on beats a new one.
_IMPORTANCE = (
    *(Section.CLOSING, Section.CHANGED, Section.WINNER),
    *(Section.NEW, Section.IMPLIED, Section.PLANS),
)
FEW_OLD = 3
"""More leads than these, born of a new plant, product or rule, are told by their number."""
_FIELDS: tuple[ChangedField, ...] = (
    *("verdict", "state", "winner"),
    *("deadline", "quantity", "value"),
)


def shown(lead: LeadLine) -> Shown:
    """Keep of a lead what a later digest compares with."""
    return Shown(
        verdict=lead.verdict,
        state="gone" if lead.gone else lead.phase.value,
        deadline=lead.deadline,
        quantity=lead.quantity,
        unit=lead.unit,
        value=lead.value,
        winner=lead.winner,
    )


def _changes(before: Shown, after: Shown) -> tuple[ChangedField, ...]:
    differing = [name for name in _FIELDS if getattr(before, name) != getattr(after, name)]
    if before.unit != after.unit and "quantity" not in differing:
        differing.append("quantity")
    return tuple(differing)


def _section(lead: LeadLine, now: datetime, *, changed: bool) -> Section:
    """Place a lead: its kind first (a works tender's deadline is not the plant's), then urgency."""
    if lead.winner is not None and not lead.gone and lead.verdict is not Verdict.CANNOT:
        return Section.WINNER
    if changed and (lead.gone or lead.verdict is Verdict.CANNOT or lead.phase not in _LIVE):
        return Section.CHANGED
    if lead.kind is NeedKind.PLAN or lead.phase is Phase.PLAN:
        return Section.PLANS
    if lead.kind is NeedKind.IMPLIED:
        return Section.IMPLIED
    if (
        lead.deadline is not None
        and working_days_left(now, lead.deadline, lead.zone, lead.country) <= SOON_WORKING_DAYS
    ):
        return Section.CLOSING
    return Section.CHANGED if changed else Section.NEW


def _entry(lead: LeadLine, before: Shown | None, now: datetime) -> Entry | None:
    """Make an entry, or None where there is nothing to tell.

    A lead nobody has heard of is told while one can still bid; one that was told is told again
    only when something changed, also when it was cancelled or no longer fits.
    """
    if before is None:
        over = lead.deadline is not None and lead.deadline <= now
        if lead.gone or lead.verdict is Verdict.CANNOT:
            return None
        if lead.winner is None and (over or lead.phase not in _LIVE):
            return None
        return Entry(lead, _section(lead, now, changed=False))
    changed = _changes(before, shown(lead))
    if not changed:
        return None
    return Entry(lead, _section(lead, now, changed=True), before, changed)


def _by_importance(entries: list[Entry]) -> list[Entry]:
    """Order what is kept when a digest is full: the first few of every section, then by section,
    so that a flood of new leads hides neither a plan nor the demand behind works."""
    places: Counter[Section] = Counter()
    ranked = []
    for entry in entries:
        places[entry.section] += 1
        later = places[entry.section] > FIRST_OF_EACH
        ranked.append((later, _IMPORTANCE.index(entry.section), entry))
    ordered = [entry for _, _, entry in sorted(ranked, key=lambda row: row[:2])]
    return sorted(ordered, key=lambda entry: not _flipped(entry))


def _flipped(entry: Entry) -> bool:
    """Whether the verdict of a lead that somebody works on changed: that comes before all else."""
    return entry.lead.taken and "verdict" in entry.changed


def _counted(entries: list[Entry]) -> tuple[list[Entry], list[Counted]]:
    """Take out what is told by its number: implied goods without a quantity, a line a region, and
    what a new plant, product or rule made of known purchases. What closes soon is always shown."""
    vague: dict[str | None, list[Entry]] = {}
    old: list[Entry] = []
    for entry in entries:
        if entry.before is not None or entry.section in {Section.CLOSING, Section.WINNER}:
            continue
        if entry.section is Section.IMPLIED and entry.lead.quantity is None:
            vague.setdefault(entry.lead.region, []).append(entry)
        elif entry.lead.late_born:
            old.append(entry)
    counted = [
        Counted("implied", tuple(group), region)
        for region, group in vague.items()
        if len(group) > 1
    ]
    if len(old) > FEW_OLD:
        counted.append(Counted("old", tuple(old)))
    taken = {entry.lead.id for each in counted for entry in each.entries}
    return [entry for entry in entries if entry.lead.id not in taken], counted


def compose(
    recipient: Recipient,
    day: date,
    leads: Sequence[LeadLine],
    earlier: Mapping[str, Shown],
    *,
    start: datetime | None,
    end: datetime,
    portals: Sequence[PortalHealth] = (),
    most: int = MOST_LEADS,
    sample: bool = False,
    replay: bool = False,
    kind: Literal["digest", "urgent", "reminder", "weekly"] = "digest",
) -> Digest:
    """Compose the digest of `day` for one recipient.

    `leads` come ranked, best first, and keep that order inside a section; `earlier` is what was
    last said of each lead, by lead id; `end` is the present moment, `start` that of the digest
    before. A lead id given twice is told once. `sample` marks a whole run on made-up notices, also
    an empty one.
    """
    found: dict[str, Entry] = {}
    for lead in leads:
        now = lead.as_of or end
        entry = None if lead.id in found else _entry(lead, earlier.get(lead.id), now)
        if entry is not None:
            found[lead.id] = entry
    listed, counted = _counted(list(found.values()))
    ordered = _by_importance(listed)
    kept = sorted(
        ordered[:most], key=lambda entry: (_ORDER.index(entry.section), not _flipped(entry))
    )
    beyond = ordered[most:]
    if start is None and beyond:
        counted, beyond = [*counted, Counted("first", tuple(beyond))], []
    return Digest(
        recipient=recipient,
        day=day,
        start=start,
        end=end,
        entries=tuple(kept),
        beyond=len(beyond),
        counted=tuple(counted),
        portals=tuple(portals),
        sample=sample or any(entry.lead.sample for entry in found.values()),
        replay=replay,
        kind=kind,
    )


def is_due(digest: Digest, *, silent: bool | None = None) -> bool:
    """Say whether there is something to send. On an empty day plants are left in peace and
    officials get a sign of life, unless the person chose otherwise (`silent`)."""
    if silent is None:
        silent = digest.recipient.audience is Audience.PLANT
    return bool(digest.entries or digest.counted) or not silent
