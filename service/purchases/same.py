"""Which notices are one purchase seen twice: on two portals, or announced anew. Pure.

The rules are narrow, because a false merge hides a lead while a missed one only shows it twice:

- `number`: the same portal and buyer, and the same number but for its version (`17013627-1`, `-2`),
  of a procedure that was announced again. Two that take bids at the same time are two purchases.
- `two portals`: the same announcement number of at least six digits and the same buyer.
- `same text`: on two portals the same buyer, title, deadline to the minute, and no fact that
  contradicts; only where each of the portals has one such notice.

A plan and its notice, a notice and its contract are other things: `service.purchases.joining`.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from catalog.words import fold
from scrapers.records import Code, Depth, Notice, Phase

_VERSIONED = re.compile(r"(\d{5,15})-\d{1,3}")
_LONG_NUMBER = re.compile(r"\d{6,}")
_SHORT_TITLE = 20
"""«Приобретение труб» with one deadline is said by many; a longer title of one buyer is not."""
_PHASES = {Phase.OPEN, Phase.CLOSED, Phase.CANCELLED}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A stored notice as far as it is needed to find its like. `key` is its row's, which grows in
    the order of first sight; `notice` is read only for candidates."""

    key: int
    portal: str
    number: str | None
    title: str
    phase: Phase
    ends_at: datetime | None
    notice: Callable[[], Notice]


@dataclass(frozen=True, slots=True)
class Same:
    """`notice` is the same purchase as `shown`, by this rule."""

    notice: int
    shown: int
    because: str


def same_purchases(sightings: Iterable[Sighting]) -> list[Same]:
    """Give every notice that another one stands for, each once, in the order of keys."""
    eligible = [each for each in sightings if each.phase in _PHASES]
    pairs = [*_announced_again(eligible), *_on_two_portals(eligible), *_same_text(eligible)]
    groups: dict[int, set[int]] = {}
    reasons: dict[int, str] = {}
    by_key = {each.key: each for each in eligible}
    for one, other, because in pairs:
        joined = groups.get(one.key, {one.key}) | groups.get(other.key, {other.key})
        for key in joined:
            groups[key] = joined
        for key in (one.key, other.key):
            reasons.setdefault(key, because)
    found = []
    for key in sorted(groups):
        if _at_once([by_key[each] for each in groups[key]]):
            continue
        shown = min(groups[key], key=lambda each: _rank(by_key[each]))
        if key != shown:
            found.append(Same(key, shown, reasons[key]))
    return found


def _at_once(group: Sequence[Sighting]) -> bool:
    """Whether two notices of one portal take bids at the same time: then they are two purchases,
    whatever joined them."""
    open_at = [one.portal for one in group if one.phase is Phase.OPEN]
    return len(set(open_at)) != len(open_at)


def _rank(one: Sighting) -> tuple[bool, int]:
    """The notice to show: one that takes bids, then the one seen first, of which people know."""
    return one.phase is not Phase.OPEN, one.key


_Pairs = Iterable[tuple[Sighting, Sighting, str]]


def _announced_again(sightings: Sequence[Sighting]) -> _Pairs:
    def key(one: Sighting) -> Hashable:
        versioned = _VERSIONED.fullmatch(one.number or "")
        return (one.portal, versioned[1]) if versioned else None

    for group in _groups(sightings, key):
        for one, other in combinations(group, 2):
            if _same_buyer(one.notice(), other.notice()):
                yield one, other, "number"


def _on_two_portals(sightings: Sequence[Sighting]) -> _Pairs:
    def key(one: Sighting) -> Hashable:
        number = (one.number or "").strip()
        return number if _LONG_NUMBER.search(number) else None

    for one, other in _across_portals(sightings, key):
        mine, theirs = one.notice(), other.notice()
        if _same_buyer(mine, theirs) and not _contradict(mine, theirs):
            yield one, other, "two portals"


def _same_text(sightings: Sequence[Sighting]) -> _Pairs:
    def key(one: Sighting) -> Hashable:
        title = fold(one.title).strip()
        if one.ends_at is None or len(title) < _SHORT_TITLE:
            return None
        return title, one.ends_at.replace(second=0, microsecond=0)

    for one, other in _across_portals(sightings, key):
        mine, theirs = one.notice(), other.notice()
        if _same_buyer(mine, theirs) and not _contradict(mine, theirs):
            yield one, other, "same text"


def _across_portals(
    sightings: Sequence[Sighting], key: Callable[[Sighting], Hashable]
) -> Iterable[tuple[Sighting, Sighting]]:
    """Pairs of two portals with a key in common that no portal gives to two notices."""
    for group in _groups(sightings, key):
        portals = [one.portal for one in group]
        if len(set(portals)) == len(portals):
            yield from combinations(group, 2)


def _groups(
    sightings: Sequence[Sighting], key: Callable[[Sighting], Hashable]
) -> Iterable[list[Sighting]]:
    groups: dict[Hashable, list[Sighting]] = {}
    for one in sightings:
        shared = key(one)
        if shared is not None:
            groups.setdefault(shared, []).append(one)
    return (group for group in groups.values() if len(group) > 1)


def _same_buyer(one: Notice, other: Notice) -> bool:
    """Whether both name the same buyer or procuring entity: by register number where both give one
    of the same register, else by name. A notice that names none is nobody's like."""
    mine = {_code(each.id) for each in (one.buyer, one.procuring_entity) if each and each.id}
    theirs = {_code(each.id) for each in (other.buyer, other.procuring_entity) if each and each.id}
    if {scheme for scheme, _ in mine} & {scheme for scheme, _ in theirs}:
        return bool(mine & theirs)
    if one.country and other.country and one.country != other.country:
        return False
    names = [
        {_name(each.name) for each in (notice.buyer, notice.procuring_entity) if each}
        for notice in (one, other)
    ]
    return bool((names[0] & names[1]) - {""})


def _code(code: Code) -> tuple[str, str]:
    return code.scheme.upper(), code.id.strip()


def _name(name: str) -> str:
    return re.sub(r"[\W_]+", " ", fold(name)).strip()


def _contradict(one: Notice, other: Notice) -> bool:
    """Whether something both state differs: the sum, or the number of lots read in full."""
    sums = (one.value, other.value)
    if (
        sums[0] is not None
        and sums[1] is not None
        and sums[0].currency == sums[1].currency
        and sums[0].vat is sums[1].vat
        and sums[0].minor != sums[1].minor
    ):
        return True
    ends = [notice.period.end if notice.period else None for notice in (one, other)]
    if None not in ends and ends[0] != ends[1]:
        return True
    deep = one.depth is other.depth is Depth.DETAIL
    return deep and bool(one.lots) and bool(other.lots) and len(one.lots) != len(other.lots)
