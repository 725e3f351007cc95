"""Word what a portal changed in a notice: the field by its name, the values as people write."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from service.desk.lead import Change
from service.digest.cleaning import cut
from service.web.rendering import Words

LONGEST = 200
_PART = re.compile(r"^(?P<name>[^\[.]+)(?:\[(?P<key>[^\]]*)\])?")
_MONEY = {"minor", "amount", "currency", "vat"}
_INNER = {"name", "id", "scheme", *_MONEY}
"""Parts that say nothing without what they are of: `value.minor` is told as the value."""


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """A change in words; `old` or `new` is "" where there was, or is, nothing."""

    title: str
    old: str
    new: str
    seen_at: datetime


def change_words(change: Change, w: Words) -> ChangeWords:
    """Word one change."""
    path = change.field.split(".")
    names = [found["name"] for part in path if (found := _PART.match(part))]
    leaf = names[-1] if names else ""
    told = names[-2] if leaf in _INNER and len(names) > 1 else leaf
    title = w.name("field", told, "") or w.lang.text("Another detail")
    if names and names[0] == "lots" and len(names) > 1:
        key = _PART.match(path[0])
        lot = w.lang.text("Lot %(number)s", number=cut(key["key"] or "", 40) if key else "")
        title = f"{lot.strip()}: {title}"
    return ChangeWords(
        title, _value(change.old, leaf, w), _value(change.new, leaf, w), change.seen_at
    )


def _value(text: str, leaf: str, w: Words) -> str:
    if not text:
        return ""
    if leaf in {"phase", "kind"}:
        return w.name(leaf, text, text)
    if text[0] in "[{":
        return _of_record(text, w)
    if leaf == "minor" and re.fullmatch(r"-?\d{1,18}", text):
        return w.number(Decimal(text) / 100)
    if leaf in {"quantity", "amount", "tonnes"}:
        return _number(text, w)
    moment = _moment(text)
    if isinstance(moment, datetime):
        return w.moment(moment)
    return w.day(moment, year=True) if moment else cut(text, LONGEST)


def _number(text: str, w: Words) -> str:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return cut(text, LONGEST)
    return w.quantity(found, None) if found.is_finite() else cut(text, LONGEST)


def _moment(text: str) -> datetime | date | None:
    if not re.match(r"^\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2026-11-23"):
        return found.date()
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _of_record(text: str, w: Words) -> str:
    """Name a part that came or went by its title; of several, their number."""
    try:
        value = json.loads(text)
    except ValueError:
        return cut(text, LONGEST)
    if isinstance(value, list):
        named = [_named(each) for each in value[:3]]
        if all(named):
            return cut(", ".join(named), LONGEST)
        return w.lang.plural("%(n)d entry", "%(n)d entries", len(value))
    return _named(value) or w.lang.text("entry")


def _named(value: object) -> str:
    if not isinstance(value, dict):
        return cut(str(value), LONGEST)
    found = next((value[key] for key in ("title", "name", "number", "id") if value.get(key)), "")
    return cut(str(found), LONGEST)
