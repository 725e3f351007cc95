"""How two readings of one notice become one, and what changed between them. Pure.

A detail reading replaces everything; a listing reading never overwrites what a detail page said.
Readings of a listing show only the lots that stood on their page, so their lots are united by id.
Awards, contracts and what joins a purchase are united always: they stand on other pages than the
rest, and one taken back says so by its status.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

from scrapers.canonical import canonical
from scrapers.records import Depth, Lot, Notice, Phase

_Record = TypeVar("_Record", Notice, Lot)

# Where a listing may move a notice that was read in detail: only forward along its life. A listing
# that words phases more coarsely than the page would otherwise turn it back and forth for ever.
_ALIVE = {Phase.PLAN: 0, Phase.OPEN: 1}
_FINISHED = {Phase.CLOSED, Phase.CANCELLED, Phase.AWARDED}
_STATE = frozenset({"phase", "status"})
# A newer stamp in a listing is the sign that the page must be opened again; it may not vanish.
_KEPT = frozenset({"depth", "lots", "amended_at"})


def merge(old: Notice, new: Notice) -> Notice:
    """Give the notice as known after `new` was read; `old` is what was known before."""
    new = _with_outcome(old, new)
    if new.depth is Depth.DETAIL:
        return replace(new, lots=unique_lots(new.lots))
    lots = _united(old.lots, new.lots, complete=old.depth is Depth.DETAIL)
    if old.depth is Depth.LISTING:
        return replace(_filled(new, old, {"lots", "depth"}), lots=lots)
    merged = replace(
        _filled(old, new, _KEPT | _STATE),
        lots=lots,
        awards=new.awards,
        contracts=new.contracts,
        related=new.related,
    )
    if _moves_forward(old.phase, new.phase):
        merged = replace(merged, phase=new.phase, status=new.status or old.status)
    return merged


def _with_outcome(old: Notice, new: Notice) -> Notice:
    """Give `new` with the awards, contracts and relations of both; of two readings the newer."""
    if not (old.awards or old.contracts or old.related):
        return new
    awards = {award.id: award for award in (*old.awards, *new.awards)}
    contracts = {contract.id: contract for contract in (*old.contracts, *new.contracts)}
    return replace(
        new,
        awards=tuple(awards.values()),
        contracts=tuple(contracts.values()),
        related=tuple(dict.fromkeys((*old.related, *new.related))),
    )


def unique_lots(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """Drop repeated lots; two different lots of one id are told apart as `ID#2`.

    Losing either would be a wrong record, and the store holds one lot to an id.
    """
    seen: dict[str, Lot] = {}
    for lot in lots:
        id_, count = lot.id, 1
        while id_ in seen and replace(seen[id_], id=lot.id) != lot:
            count += 1
            id_ = f"{lot.id}#{count}"
        seen.setdefault(id_, replace(lot, id=id_) if count > 1 else lot)
    return tuple(seen.values())


def _filled(first: _Record, second: _Record, kept: Iterable[str]) -> _Record:
    """Give `first` with its empty fields taken from `second`, all but `kept`."""
    empty: tuple[object, ...] = (None, "", ())
    gaps = {
        field.name: getattr(second, field.name)
        for field in fields(first)
        if field.name not in kept and getattr(first, field.name) in empty
    }
    return replace(first, **gaps)


def _moves_forward(old: Phase, new: Phase) -> bool:
    if old in _ALIVE:
        return new in _FINISHED or _ALIVE[new] > _ALIVE[old]
    return False


def _united(old: tuple[Lot, ...], new: tuple[Lot, ...], *, complete: bool) -> tuple[Lot, ...]:
    """Unite lots by id. `complete` lots come from a detail page: nothing is added to their number,
    and what they say stays."""
    known = {lot.id: lot for lot in old}
    for lot in unique_lots(new):
        before = known.get(lot.id)
        if before is not None:
            known[lot.id] = _filled(before, lot, ()) if complete else _filled(lot, before, ())
        elif not complete:
            known[lot.id] = lot
    return tuple(known.values()) if complete else in_order(known.values())


def in_order(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """Order lots as people number them, whichever page of a listing was read first."""
    return tuple(sorted(lots, key=_place))


def _place(lot: Lot) -> tuple[list[tuple[int, str]], str]:
    """2 before 10, which plain text would turn round."""
    parts = re.findall(r"\d{1,18}|\D+", (lot.number or lot.id)[:200])
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], lot.id


# What may differ without the purchase having changed; the same fields content_hash leaves out.
_NO_CHANGE = frozenset({"depth", "url", "published_at", "amended_at"})
Change = tuple[str, str, str]
"""Path of a field, its old and its new value as JSON (`null` where it was not stated)."""


def changes(old: Notice, new: Notice) -> list[Change]:
    """List the fields that differ. What was not known before is no change, unless both readings
    were of the same depth."""
    deepened = old.depth is Depth.LISTING and new.depth is Depth.DETAIL
    return [
        (path, _text(before), _text(after))
        for path, before, after in _differences(
            "", canonical(old, texts=True), canonical(new, texts=True)
        )
        if not (deepened and before is None)
    ]


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key not in _NO_CHANGE:
                inner = f"{path}.{key}" if path else key
                yield from _differences(inner, old.get(key), new.get(key))
    elif isinstance(old, list) or isinstance(new, list):
        yield from _in_lists(path, old or [], new or [])
    else:
        yield path, old, new


def _in_lists(path: str, old: list[Any], new: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Compare parts that have ids one by one, others as a whole; their order says nothing."""
    if all(isinstance(part, dict) and "id" in part for part in (*old, *new)):
        before = {str(part["id"]): part for part in old}
        after = {str(part["id"]): part for part in new}
        for key in sorted(before.keys() | after.keys()):
            yield from _differences(f"{path}[{key}]", before.get(key), after.get(key))
    elif sorted(map(_text, old)) != sorted(map(_text, new)):
        yield path, old or None, new or None


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
