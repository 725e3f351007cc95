"""Answering from an archive of raw answers, so that a live run can be read again offline.

Each address gives its newest archived answer. Two things differ from the live run: a failure is not
archived, so its address is not saved; and a replay asks for everything, where a live run may have
asked only for what changed since the last one. So a listing that was asked more narrowly answers
the wider question too: its request says all that is asked, and more (`PD>=20260601`, `since=…`).
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import httpx

from scrapers.fetch import Archive, ArchiveDamagedError
from scrapers.fetch.archive import Kept
from scrapers.portal import Portal, Query, Request
from service.config import Config
from service.replay.server import Asked, Reply

_Key = tuple[str, str, str, bytes]  # method, host, path with query, body


class Archived:
    """The archive of `folder` by the addresses it answers. Bodies are read when asked for."""

    def __init__(self, folder: Path) -> None:
        self._archive = Archive(folder)
        self._newest: dict[_Key, Kept] = {}
        self._listings: dict[tuple[str, str, str], dict[_Key, None]] = {}
        self._clocks: dict[str, datetime] = {}
        for kept in self._archive.index():
            self._add(kept)

    def portals(self, portals: Mapping[str, Portal], config: Config) -> dict[str, datetime]:
        """The portals whose listings were asked, each with the time of its newest answer.

        Which listings a portal opens is a matter of its settings: those of `config` should be
        those of the run that is repeated.
        """
        found: dict[str, datetime] = {}
        if not self._clocks:
            return found
        query = Query(max(self._clocks.values()))
        for name, portal in portals.items():
            tops = portal.first(replace(query, settings=config.portal(name).query))
            asked = {_key(top)[1] for top in tops} & self._clocks.keys()
            if asked:
                hosts = asked | (portal.hosts & self._clocks.keys())
                found[name] = max(self._clocks[host] for host in hosts)
        return found

    def _add(self, kept: Kept) -> None:
        key = _key(kept.request)
        self._newest[key] = kept
        method, host, target, _ = key
        if kept.request.kind == "listing":
            place = (method, host, target.partition("?")[0])
            self._listings.setdefault(place, {})[key] = None
        known = self._clocks.get(host, kept.received_at)
        self._clocks[host] = max(known, kept.received_at)
        final = _key(Request(kept.url))
        if final[1:3] != (host, target):
            self._newest[final] = kept

    def reply(self, asked: Asked) -> Reply | None:
        """The answer as it came, a redirect where the portal redirected; None if none was kept."""
        key = (asked.method, asked.host, asked.target, asked.body)
        kept = self._newest.get(key) or self._narrower(key)
        if kept is None:
            return None
        if _key(Request(kept.url))[1:3] not in {key[1:3], _key(kept.request)[1:3]}:
            return Reply(status=303, headers=(("location", kept.url),))
        try:
            body = self._archive.load(kept.sha)
        except ArchiveDamagedError:
            return None
        return Reply(body, kept.content_type, kept.status)

    def _narrower(self, key: _Key) -> Kept | None:
        """The listing asked for with the least beyond what is asked now; of equals the newest."""
        method, host, target, _ = key
        words = _words(key)
        fitting = [
            (sum((_words(other) - words).values()), other)
            for other in self._listings.get((method, host, target.partition("?")[0]), ())
            if words <= _words(other)
        ]
        least = min((beyond for beyond, _ in fitting), default=0)
        found = [self._newest[other] for beyond, other in fitting if beyond == least]
        return max(found, key=lambda kept: kept.received_at, default=None)


def is_archive(folder: Path) -> bool:
    """Whether the folder holds an index of archived answers."""
    return next(folder.glob("index-*.jsonl"), None) is not None


def _key(request: Request) -> _Key:
    """The request as it goes over the wire, which is what the server sees of it."""
    url = httpx.URL(request.url)
    body = b""
    if request.method == "POST":
        body = (request.json if request.json is not None else urlencode(request.form)).encode()
    return request.method, url.host.lower(), url.raw_path.decode("ascii"), body


def _words(key: _Key) -> Counter[str]:
    """Everything a request says, word by word: parameters, form fields, leaves of its JSON."""
    said = [f"{name}={value}" for name, value in parse_qsl(key[2].partition("?")[2])]
    text = key[3].decode("utf-8", "replace")
    try:
        said += _leaves(json.loads(text)) if text else []
    except ValueError:
        said += [f"{name}={value}" for name, value in parse_qsl(text)]
    return Counter(said)


def _leaves(value: object, name: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in _leaves(part, f"{name}.{key}")]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part, name)]
    return [f"{name}={word}" for word in str(value).split()]
