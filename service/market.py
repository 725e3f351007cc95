"""What is known of the portals as data: `market.toml`, and those that are not read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import scrapers.portals

Answer = Literal["yes", "no", "unknown"]
FILE = Path(__file__).with_name("market.toml")
NOT_READ = Path(scrapers.portals.__file__ or "").with_name("not_read.toml")


@dataclass(frozen=True, slots=True)
class Fact:
    """An answer with its reason by language (`ru`, `kk`, `en`), source and day."""

    name: str
    answer: Answer
    because: Mapping[str, str] = field(hash=False)
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class PortalFacts:
    """`verified`: the parsers were checked on real answers. `robots` says what is known of its
    robots.txt. `foreigners`: may a plant of another country bid? `registration`: is one needed?"""

    verified: bool
    robots: str
    foreigners: Fact
    registration: Fact


@dataclass(frozen=True, slots=True)
class Override:
    """A phrase in a notice that decides over what the portal says."""

    fact: Fact
    where: Literal["method", "text"]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """All of `market.toml`."""

    portals: Mapping[str, PortalFacts]
    facts: Mapping[str, Fact]
    overrides: tuple[Override, ...]


@dataclass(frozen=True, slots=True)
class NotRead:
    """A portal of the market that is not read: why, from which source, checked when. `country` is
    its ISO code, "" for an international bank."""

    country: str
    name: str
    url: str
    reason: str
    source: str
    as_of: date


@cache
def market() -> Market:
    """Read `market.toml`."""
    raw: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    facts = {name: _fact(name, fields) for name, fields in raw["facts"].items()}
    return Market(
        portals={
            name: PortalFacts(
                verified=fields["verified"],
                robots=fields["robots"],
                foreigners=facts[fields["foreigners"]],
                registration=facts[fields["registration"]],
            )
            for name, fields in raw["portals"].items()
        },
        facts=facts,
        overrides=tuple(
            Override(facts[each["fact"]], each["where"], tuple(each["words"]))
            for each in raw["overrides"]
        ),
    )


def _fact(name: str, fields: Mapping[str, Any]) -> Fact:
    because = {code: fields[code] for code in ("ru", "kk", "en")}
    return Fact(name, fields["answer"], because, fields["source"], fields["as_of"])


def facts_of(portal: str) -> PortalFacts:
    """Give what is known of a portal; of one that is not listed, that nothing is known."""
    known = market()
    not_seen = known.facts["not_seen"]
    return known.portals.get(portal, PortalFacts(False, "not seen", not_seen, not_seen))


@cache
def not_read() -> tuple[NotRead, ...]:
    """Give the portals of the market that are not read, as their file lists them."""
    raw: dict[str, Any] = tomllib.loads(NOT_READ.read_text(encoding="utf-8"))
    return tuple(NotRead(**fields) for fields in raw["portal"])
