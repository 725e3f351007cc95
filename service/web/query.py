"""Read a list's filters from an address, and write them back; nonsense is named, not obeyed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.desk.filters import Filters, Sort
from service.store.tables.naming import LeadState

LONGEST = 200
MOST_VALUES = 50
_CODE = re.compile(r"[\w.:-]{1,80}")
_LISTED: Mapping[str, type[StrEnum] | None] = {
    "plant": None,
    "family": None,
    "verdict": Verdict,
    "phase": Phase,
    "kind": NeedKind,
    "country": None,
    "region": None,
    "portal": None,
    "state": LeadState,
    "buyers": None,
}
_NUMBERS = ("sum_from", "sum_to", "deadline_days")
_FLAGS = ("mine", "own", "closed")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. `wrong` names the parameters that could not be understood, with
    their values; the list is shown without them."""

    filters: Filters
    sort: Sort | None
    cursor: str | None
    wrong: tuple[tuple[str, str], ...] = ()


def asked_for(params: QueryParams) -> Asked:
    """Read the parameters of a list of leads."""
    found: dict[str, object] = {"text": params.get("text", "")[:LONGEST].strip()}
    wrong: list[tuple[str, str]] = []
    for name, values in _LISTED.items():
        given = [value for value in params.getlist(name)[:MOST_VALUES] if value]
        good = [value for value in given if _known(value, values)]
        wrong += [(name, value) for value in given if value not in good]
        found[name] = tuple(dict.fromkeys(good))
    for name in _NUMBERS:
        value = re.sub(r"\s", "", params.get(name, ""))
        if re.fullmatch(r"[0-9]{1,15}", value):
            found[name] = int(value)
        elif value:
            wrong.append((name, value))
    for name in _FLAGS:
        found[name] = params.get(name, "") in {"1", "on", "true", "yes"}
    sort = params.get("sort", "")
    if sort and sort not in {each.value for each in Sort}:
        wrong.append(("sort", sort))
    return Asked(
        filters=Filters(**found),  # type: ignore[arg-type]  # each was read by its kind above
        sort=Sort(sort) if sort in {each.value for each in Sort} else None,
        cursor=params.get("after") or None,
        wrong=tuple((name, value[:LONGEST]) for name, value in wrong),
    )


def _known(value: str, values: type[StrEnum] | None) -> bool:
    if values is None:
        return _CODE.fullmatch(value) is not None
    return value in {each.value for each in values}


def address_of(filters: Filters, sort: Sort | None = None, **more: str) -> str:
    """Write filters as the query part of an address; nothing for what asks for nothing."""
    return urlencode([*_pairs(filters), *([("sort", sort.value)] if sort else []), *more.items()])


def _pairs(filters: Filters) -> Iterable[tuple[str, str]]:
    for field in fields(filters):
        value = getattr(filters, field.name)
        if isinstance(value, tuple):
            yield from ((field.name, each) for each in value)
        elif value is True:
            yield field.name, "1"
        elif value not in (None, "", False):
            yield field.name, str(value)


@dataclass(frozen=True, slots=True)
class Used:
    """A filter in use: its name, one value of it, and the address of the list without it."""

    name: str
    value: str
    without: str


def used(filters: Filters, sort: Sort | None) -> list[Used]:
    """Give the filters in use one by one, for the chips above a list."""
    pairs = list(_pairs(filters))
    order = [("sort", sort.value)] if sort else []
    return [
        Used(name, value, urlencode([each for each in pairs if each != (name, value)] + order))
        for name, value in pairs
    ]
