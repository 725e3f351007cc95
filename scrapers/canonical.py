"""A Notice as JSON: to be stored, compared and fingerprinted.

`dump_notice` and `load_notice` are exact inverses. Fields that hold their default are left out, so
that a record written before a field existed still reads. `canonical` and `fingerprint` can leave
out every human text; `content_hash` leaves out what may change without the purchase changing.
"""

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from scrapers.records import Notice

Fields = dict[str, Any]  # JSON: str, int, bool, list, dict
_Record = TypeVar("_Record")


def dump_notice(notice: Notice) -> str:
    """The notice as compact JSON with sorted keys."""
    return _to_json(_dump(notice))


def load_notice(text: str) -> Notice:
    """The notice `dump_notice` wrote. Raises ValueError or TypeError for anything else."""
    return _load(Notice, json.loads(text))


_TEXTS = frozenset(
    {"title", "description", "address", "delivery", "translations", "contact", "telephone", "email"}
)
"""Human texts by field name; `name` and `text` are texts only in the records named below."""


def canonical(notice: Notice, *, texts: bool) -> Fields:
    """The notice as plain JSON values.

    Without `texts` it keeps ids, phases, sums, currency, VAT, quantities, units, codes, places'
    codes, dates and the number of everything, and no titles, descriptions or names.
    """
    fields = _dump(notice)
    return fields if texts else _without_texts(fields)


def _without_texts(fields: Fields) -> Fields:
    kept: Fields = {}
    for key, value in fields.items():
        if key in _TEXTS:
            continue
        if key == "unit":
            code = value.get("code", {})
            kept[key] = {"name": value["name"], "code": [code.get("scheme"), code.get("id")]}
        elif isinstance(value, dict):
            kept[key] = _without_names(value)
        elif isinstance(value, list):
            kept[key] = [_without_names(p) if isinstance(p, dict) else p for p in value]
        else:
            kept[key] = value
    return kept


def _without_names(fields: Fields) -> Fields:
    """For parts: a code's, buyer's or place's own words go too."""
    words = ("name", "text")
    return _without_texts({key: value for key, value in fields.items() if key not in words})


def fingerprint(notices: Iterable[Notice], *, texts: bool = False) -> str:
    """SHA-256 over the canonical JSON of the notices, whatever order they come in."""
    lines = sorted(_to_json(canonical(notice, texts=texts)) for notice in notices)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


_NO_CHANGE = frozenset({"depth", "url", "published_at", "amended_at"})


def content_hash(notice: Notice) -> str:
    """SHA-256 of what a reader would call a change: any text, phase, sum, quantity, code, place,
    deadline or file; not how deeply we read it, its address, or a new time stamp alone.

    The order in which a portal lists lots, items and files says nothing and is sorted away.
    """
    return hashlib.sha256(_to_json(_meaning(_dump(notice))).encode()).hexdigest()


def _meaning(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(map(_meaning, value), key=_to_json)
    if isinstance(value, dict):
        return {key: _meaning(part) for key, part in value.items() if key not in _NO_CHANGE}
    return value


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _to_json(value: Any) -> str:
    return _encode(value)


def _dump(record: object) -> Fields:
    fields: Fields = {}
    for name, default, _ in _plan(type(record)):
        value = getattr(record, name)
        if value is default or value == default:
            continue
        kind = type(value)
        if kind is str or kind is int or kind is bool:
            fields[name] = value
        elif kind is tuple:
            fields[name] = [part if type(part) is str else _dump(part) for part in value]
        elif kind is Decimal:
            fields[name] = str(value)
        elif kind is datetime:
            fields[name] = value.isoformat()
        elif isinstance(value, StrEnum):
            fields[name] = value.value
        elif value is None:
            fields[name] = None
        else:
            fields[name] = _dump(value)
    return fields


def _load(record: type[_Record], fields: Fields) -> _Record:
    plan = _plan(record)
    unknown = fields.keys() - {name for name, _, _ in plan}
    if unknown:
        raise ValueError(f"{record.__name__} has no field {', '.join(sorted(unknown))}")
    return record(
        **{
            name: read(fields[name]) if read and fields[name] is not None else fields[name]
            for name, _, read in plan
            if name in fields
        }
    )


_Reader = Callable[[Any], object]
_MISSING = object()


_Plan = tuple[tuple[str, object, _Reader | None], ...]
_PLANS: dict[type, _Plan] = {}


def _plan(record: type) -> _Plan:
    """For each field: name, default, and how to read it back (None: as it is). Made once."""
    if record not in _PLANS:
        _PLANS[record] = _new_plan(record)
    return _PLANS[record]


def _new_plan(record: Any) -> _Plan:
    hints = typing.get_type_hints(record)
    return tuple(
        (
            field.name,
            _MISSING if field.default is dataclasses.MISSING else field.default,
            _reader(hints[field.name]),
        )
        for field in dataclasses.fields(record)
    )


def _reader(hint: Any) -> _Reader | None:
    """How to make a value of that type from JSON. Raises TypeError for a type not known here, so
    that a new kind of field is noticed by the first test."""
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        return _reader(next(one for one in typing.get_args(hint) if one is not types.NoneType))
    if origin is tuple:
        part = typing.get_args(hint)[0]
        if part is str:
            return tuple
        return lambda values: tuple(_load(part, one) for one in values)
    if hint in {str, int, bool} or origin is typing.Literal:
        return None
    if hint is datetime:
        # isoformat writes +00:00; the records insist on the one UTC object.
        return lambda text: datetime.fromisoformat(text).astimezone(UTC)
    if hint is Decimal or issubclass(hint, StrEnum):
        return typing.cast("_Reader", hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return lambda fields: _load(hint, fields)
    raise TypeError(f"no way to read {hint} back")
