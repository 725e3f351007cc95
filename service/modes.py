"""What a run stands on: the live portals, the sample portal, or pages saved from real portals.

The three never share a database. Sample and replay serve their pages on loopback and the
collectors read them over HTTP exactly as they read a live portal.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import httpcore

from catalog.records import Catalogue
from catalog.zone import load_zone
from scrapers.fetch import LoopbackNetwork
from scrapers.portals import PORTALS
from scrapers.sample import sample_pages
from service.clock import Clock, FixedClock, ReplayClock, SystemClock
from service.config import Config, PortalTable
from service.errors import InputError
from service.places import Places, places
from service.replay import Archived, ReplayServer, is_archive, load_maps

MORNING = time(8, 0)
"""When a day given by its date alone begins for a replay: the hour of the digest."""
YEARS = range(2000, 2100)
"""In which a replay may take place."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a run needs to know of its mode. `catalogue` fills an empty store."""

    config: Config
    places: Places
    clock: Clock
    catalogue: Catalogue
    network: httpcore.NetworkBackend | None = None
    entries: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        return self.places.mode == "live"


@contextmanager
def live(config: Config) -> Iterator[Ground]:
    """The enabled portals over the network."""
    yield Ground(config, places(config), SystemClock(), load_zone(config.zone.name))


@contextmanager
def sample(config: Config, clock: Clock | None = None) -> Iterator[Ground]:
    """The sample portal, its deadlines counted from today, matched with zone and sample plants."""
    clock = clock or SystemClock()
    zone, made_up = load_zone(config.zone.name), load_zone("sample")
    catalogue = Catalogue(zone.plants + made_up.plants, zone.products + made_up.products)
    with ReplayServer.from_pages(sample_pages(clock.now())) as server:
        yield Ground(
            config=_only(config, {"sample": PortalTable(enabled=True, delay_seconds=0)}),
            places=places(config, "sample"),
            clock=clock,
            catalogue=catalogue,
            network=LoopbackNetwork(server.port),
        )


@contextmanager
def replay(config: Config, folder: Path, as_of: datetime | None = None) -> Iterator[Ground]:
    """Saved pages of real portals; each portal lives in its day of capture, or all at `as_of`.

    The folder holds files that the maps name, or the archive of a live run, or both; a portal that
    is in the archive is read from there. Raises InputError when it holds neither.
    """
    maps = load_maps(folder)
    archived = Archived(folder) if is_archive(folder) else None
    kept = archived.portals(PORTALS, config) if archived else {}
    held = [m for m in maps if m.answers and m.portal in PORTALS and m.portal not in kept]
    if not held and not kept:
        raise InputError(
            f"{folder} holds no archive of answers and no page that service/replay/maps knows; "
            f"expected for instance {folder / maps[0].absent[0]}"
        )
    captured = {name: as_of or moment for name, moment in kept.items()}
    captured |= {each.portal: as_of or each.captured for each in held}
    tables = {name: _archived_table(config.portal(name)) for name in kept} | {
        each.portal: PortalTable(
            enabled=True,
            delay_seconds=0,
            max_bytes=config.portal(each.portal).max_bytes,
            query=dict(each.query),  # what was saved does not depend on the owner's settings
        )
        for each in held
    }
    before = archived.reply if archived else lambda _asked: None
    with ReplayServer.from_maps(held, folder, before=before) as server:
        yield Ground(
            config=_only(config, tables),
            places=places(config, "replay"),
            clock=FixedClock(as_of) if as_of else ReplayClock(captured),
            catalogue=load_zone(config.zone.name),
            network=LoopbackNetwork(server.port),
            entries={each.portal: each.entries for each in held},
        )


def _archived_table(table: PortalTable) -> PortalTable:
    """The owner's settings without what is for a live portal: pace, way through a proxy, band."""
    live_only = ("proxy", "ca_file", "min_per_run", "max_per_run")
    return PortalTable(
        **table.model_dump(exclude={"enabled", "delay_seconds", *live_only}),
        enabled=True,
        delay_seconds=0,
    )


def _only(config: Config, portals: Mapping[str, PortalTable]) -> Config:
    return config.model_copy(update={"portals": dict(portals)})


def moment(text: str, timezone: str) -> datetime:
    """Read `--as-of`: a day (then at 08:00 of the zone) or a moment with or without an offset.

    Raises InputError for anything else, and outside of 2000–2099: at the ends of the calendar a
    day cannot be added, nor an hour taken away.
    """
    local = ZoneInfo(timezone)
    try:
        if len(text) == len("2026-05-18"):
            given = datetime.combine(date.fromisoformat(text), MORNING)
        else:
            given = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{text!r} is no date; write 2026-05-18 or 2026-05-18T12:00+05:00"
        ) from error
    if given.year not in YEARS:
        raise InputError(f"{text!r}: the year must be from {YEARS.start} to {YEARS.stop - 1}")
    return (given if given.tzinfo else given.replace(tzinfo=local)).astimezone(UTC)
