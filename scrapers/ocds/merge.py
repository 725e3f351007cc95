"""Several releases of one process made one.

The rule is that of the standard in short: releases in order of date, a later field replaces an
earlier one, objects are merged field by field, lists of objects with ids are merged by id, other
lists are replaced whole, null takes a field away. (https://standard.open-contracting.org/1.1/en/
schema/merging/; the full routine with versions is not needed to read the newest state.)
"""

from collections.abc import Mapping

from scrapers.ocds.values import Json, identifier, mapping, mappings, text

_DEEPEST = 30
"""Levels that are merged; OCDS has seven. Deeper values are taken as they are."""


class _ById(dict[str, dict[str, object]]):
    """A list of objects while it is being merged: so that a thousand releases cost one pass."""


def merged(releases: list[Json]) -> Json:
    """The newest state of a process. A single release is returned as it is."""
    if len(releases) == 1:
        return releases[0]
    ordered = sorted(releases, key=lambda release: text(release.get("date")))
    state: dict[str, object] = {}
    tags: dict[str, None] = {}
    for release in ordered:
        _lay_over(state, release)
        tag = release.get("tag")
        tags |= dict.fromkeys(text(name) for name in tag) if isinstance(tag, list) else {}
    state = {key: _plain(value) for key, value in state.items()}
    if tags:
        state["tag"] = list(tags)
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


def _lay_over(state: dict[str, object], newer: Mapping[str, object], depth: int = 0) -> None:
    """Merge `newer` into `state`, which shares nothing with any release."""
    for key, value in newer.items():
        older = state.get(key)
        if value is None:
            state.pop(key, None)
        elif depth >= _DEEPEST:
            state[key] = value
        elif isinstance(value, dict):
            fields = older if isinstance(older, dict) and not isinstance(older, _ById) else {}
            _lay_over(fields, value, depth + 1)
            state[key] = fields
        elif isinstance(value, list) and _have_ids(value):
            parts = older if isinstance(older, _ById) else _ById()
            for part in mappings(value):
                _lay_over(parts.setdefault(identifier(part.get("id")), {}), part, depth + 1)
            state[key] = parts
        else:
            state[key] = value


def _have_ids(parts: list[object]) -> bool:
    return all(isinstance(part, dict) and identifier(part.get("id")) for part in parts)


def _plain(value: object, depth: int = 0) -> object:
    """The same with lists in place of the merged ones."""
    if isinstance(value, _ById):
        return [_plain(part, depth + 1) for part in value.values()]
    if isinstance(value, dict) and depth <= _DEEPEST:
        return {key: _plain(part, depth + 1) for key, part in value.items()}
    return value
