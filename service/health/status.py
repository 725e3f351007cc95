"""How things stand: portals, leads, digests, database; for one screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from catalog.faults import Said, said
from catalog.records import Plant, PlantId
from matcher.records import Verdict
from scrapers.portal import Portal
from scrapers.portals import PORTALS
from service.clock import Clock
from service.config import Config, portal_token
from service.health.coverage import PortalCoverage, coverage
from service.health.vitals import Vitals, size_of, vitals_of
from service.people.listing import known_people
from service.places import Mode
from service.store import Store
from service.store.catalogue import stored_catalogue
from service.store.digests import Made, last_digests
from service.store.engine import sqlite_path
from service.store.health import LastRun, counts, last_runs, notices_by_portal
from service.store.leads import lead_counts
from service.store.postgresql import shown
from service.store.rates import stored_rates


@dataclass(frozen=True, slots=True)
class PortalStatus:
    """One portal. `why` says why it is not read, `why_not` the same in English; None and ""
    where it is."""

    name: str
    title: str
    enabled: bool
    token_env: str | None
    has_token: bool
    notices: int
    health: LastRun | None

    @property
    def why(self) -> Said | None:
        if not self.enabled:
            phrase = "off: set enabled = true under [portals.%(portal)s] in config.toml"
            return said(phrase, portal=self.name)
        if self.token_env is not None and not self.has_token:
            return said("no access token: set %(token)s in the environment", token=self.token_env)
        return None

    @property
    def why_not(self) -> str:
        return "" if self.why is None else str(self.why)


@dataclass(frozen=True, slots=True)
class PlantStatus:
    """A plant and its open leads by verdict. `mailed` tells whether anybody of it gets mail."""

    plant: Plant
    leads: Mapping[Verdict, int]
    mailed: bool = True


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `suranys status` shows. `database` is None before the first run, `rates_day` (of
    the newest rate of the tenge) before any was fetched."""

    mode: Mode
    now: datetime
    portals: tuple[PortalStatus, ...]
    coverage: tuple[PortalCoverage, ...] = ()
    plants: tuple[PlantStatus, ...] = ()
    digests: tuple[Made, ...] = ()
    database: str | None = None
    size: int | None = None
    gone: int = 0
    lots: int = 0
    products: int = 0
    matches: int = 0
    leads: int = 0
    rates_day: date | None = None
    vitals: Vitals | None = None


def status_of(config: Config, mode: Mode, clock: Clock, store: Store | None, url: str) -> Status:
    """Gather the status; without a store only what the settings say."""
    if store is None:
        market = tuple(coverage(None, config, clock, live=mode == "live"))
        return Status(mode, clock.now(), _portals(config, mode, {}, {}), market)
    with store.reading() as session:
        held = counts(session)
        health = {each.portal: each for each in last_runs(session)}
        plants: dict[PlantId, Plant] = {
            plant.id: plant for plant in stored_catalogue(session).plants
        }
        leads = lead_counts(session, clock)
        digests = last_digests(session)
        market = tuple(coverage(session, config, clock, live=mode == "live"))
        rates_day = stored_rates(session).latest
        mailed = {each.plant for each in known_people(session, config) if each.gets_mail}
    path = sqlite_path(url)
    return Status(
        mode=mode,
        now=clock.now(),
        portals=_portals(config, mode, health, held.notices),
        coverage=market,
        plants=tuple(PlantStatus(plants[id_], by, id_ in mailed) for id_, by in leads.items()),
        digests=tuple(digests),
        database=str(path) if path is not None else shown(url),
        size=size_of(path) if path is not None else None,
        gone=held.gone,
        lots=held.lots,
        products=held.products,
        matches=held.matches,
        leads=held.leads,
        vitals=vitals_of(config, mode, clock, store),
        rates_day=rates_day,
    )


def portals_of(config: Config, mode: Mode, store: Store) -> tuple[PortalStatus, ...]:
    """Give every portal with its last reading."""
    with store.reading() as session:
        health = {each.portal: each for each in last_runs(session)}
        return _portals(config, mode, health, notices_by_portal(session))


def _portals(
    config: Config,
    mode: Mode,
    health: Mapping[str, LastRun],
    notices: Mapping[str, int],
) -> tuple[PortalStatus, ...]:
    shown = [
        portal
        for portal in PORTALS.values()
        # Sample and replay read what their run finds; what is switched on is of no meaning there.
        if (mode == "live" and portal.name != "sample") or portal.name in health
    ]
    return tuple(_portal(config, mode, portal, health, notices) for portal in shown)


def _portal(
    config: Config,
    mode: Mode,
    portal: Portal,
    health: Mapping[str, LastRun],
    notices: Mapping[str, int],
) -> PortalStatus:
    token = portal.token_env
    return PortalStatus(
        name=portal.name,
        title=portal.title,
        enabled=mode != "live" or config.portal(portal.name).enabled,
        token_env=token if mode == "live" else None,
        has_token=token is not None and portal_token(token) is not None,
        notices=notices.get(portal.name, 0),
        health=health.get(portal.name),
    )
