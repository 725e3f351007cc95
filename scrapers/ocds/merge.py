"""Several releases of one process made one.

The rule is that of the standard in short: releases in order of date, a later field replaces an
earlier one, objects are merged field by field, lists of objects with ids are merged by id, other
lists are replaced whole, null takes a field away. (https://standard.open-contracting.org/1.1/en/
schema/merging/; the full routine with versions is not needed to read the newest state.)
"""

from collections.abc import Mapping
from typing import cast

from scrapers.ocds.values import Json, identifier, mapping, text


def merged(releases: list[Json]) -> Json:
    """The newest state of a process. A single release is returned as it is."""
    if len(releases) == 1:
        return releases[0]
    ordered = sorted(releases, key=lambda release: text(release.get("date")))
    state: dict[str, object] = {}
    tags: list[object] = []
    for release in ordered:
        _lay_over(state, release)
        tag = release.get("tag")
        tags += [name for name in tag if name not in tags] if isinstance(tag, list) else []
    if tags:
        state["tag"] = tags
    _keep_first_publication(state, ordered)
    return state


def _keep_first_publication(state: dict[str, object], ordered: list[Json]) -> None:
    """Without `datePublished` the first tender release says when the tender came out."""
    tender = mapping(state.get("tender"))
    if not tender or "datePublished" in tender:
        return
    with_tender = [release for release in ordered if mapping(release.get("tender"))]
    tagged = [release for release in with_tender if release.get("tag") == ["tender"]]
    first = next(iter(tagged or with_tender), None)
    if first and text(first.get("date")):
        state["tender"] = {**tender, "datePublished": first["date"]}


def _lay_over(state: dict[str, object], newer: Mapping[str, object]) -> None:
    for key, value in newer.items():
        older = state.get(key)
        if value is None:
            state.pop(key, None)
        elif isinstance(value, dict) and isinstance(older, dict):
            copy = dict(cast("dict[str, object]", older))
            _lay_over(copy, value)
            state[key] = copy
        elif isinstance(value, list) and isinstance(older, list):
            state[key] = _lists(older, value)
        else:
            state[key] = value


def _lists(older: list[object], newer: list[object]) -> list[object]:
    """Merge lists of objects by id; a list without ids is replaced."""
    both = [*older, *newer]
    if not all(isinstance(part, dict) and identifier(part.get("id")) for part in both):
        return newer
    result: dict[str, dict[str, object]] = {}
    for part in both:
        fields = mapping(part)
        entry = result.setdefault(identifier(fields.get("id")), {})
        _lay_over(entry, fields)
    return list(result.values())
