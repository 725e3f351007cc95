"""The coverage map: every portal of the market, read or not and why, and how well it is seen.

Nothing pretends to be covered: a portal that is off, waits for a token, was never read, failed or
brings implausibly few notices is told apart from one that is read.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from catalog.faults import Said, said
from scrapers.portal import Portal
from scrapers.portals import PORTALS
from service.clock import Clock
from service.config import Config, portal_token
from service.market import NotRead, facts_of, not_read
from service.store.arrivals import Arrivals, arrivals
from service.store.health import LastRun, last_runs
from service.store.tables.naming import Outcome
from service.store.waiting import WaitingCount, waiting_counts

IMPLAUSIBLE = "ImplausibleListing"


@dataclass(frozen=True, slots=True)
class PortalCoverage:
    """One portal of the market. `read` is False where `why` says why nobody looks there.

    `name` is that of our module, "" for a portal without one; `country` an ISO code, "" for all
    countries. `verified`: checked on real answers. `fault` names what is wrong with what is read,
    "" if nothing. `arrivals`, `waiting` and the times are None where nothing was ever stored.
    `token` is the variable of an access token, None where none is asked for. `robots` and
    `delay_seconds` say how politely it is read; `source` and `as_of` where a reason comes from.
    """

    name: str
    title: str
    country: str
    url: str
    read: bool
    why: Said | None
    verified: bool
    outcome: Outcome | None = None
    fault: str = ""
    said: str = ""
    last_ok_at: datetime | None = None
    arrivals: Arrivals | None = None
    waiting: WaitingCount | None = None
    token: str | None = None
    token_present: bool = False
    robots: str = ""
    delay_seconds: float | None = None
    source: str = ""
    as_of: date | None = None

    @property
    def why_not(self) -> str:
        """Why nobody looks there, in English or as the list of the market has it; "" if read."""
        return "" if self.why is None else str(self.why)


def coverage(
    session: Session | None, config: Config, clock: Clock, *, live: bool = True
) -> list[PortalCoverage]:
    """Give the map, Kazakhstan first, international portals last. Without a session (no database
    yet) only what the settings and the market say. A replay or sample (not `live`) covers only
    what it read, whatever is switched on."""
    health = {each.portal: each for each in last_runs(session)} if session else {}
    waiting = waiting_counts(session, clock.now) if session else {}
    covered = [
        _covered(session, config, clock, portal, health.get(name), waiting.get(name), live=live)
        for name, portal in PORTALS.items()
        if name in health or (live and name != "sample")
    ]
    if not live:
        return covered
    every = [*covered, *map(_not_read, not_read())]
    return sorted(every, key=lambda each: (_far(each.country), each.country, not each.read))


def _far(country: str) -> int:
    return 0 if country == "KZ" else 2 if not country else 1


def _covered(
    session: Session | None,
    config: Config,
    clock: Clock,
    portal: Portal,
    health: LastRun | None,
    waiting: WaitingCount | None,
    *,
    live: bool,
) -> PortalCoverage:
    table, facts = config.portal(portal.name), facts_of(portal.name)
    token = portal.token_env if live else None
    present = token is not None and portal_token(token) is not None
    why: Said | None = None
    if live and not table.enabled:
        why = said("switched off" if facts.verified else "unverified, therefore switched off")
    elif token is not None and not present:
        why = said("no access token: set %(token)s", token=token)
    found = arrivals(session, portal.name, clock.now(portal.name)) if session and health else None
    fault, reason = _fault(health, found) if why is None else ("", "")
    if why is None and health is None:
        why = said("never read yet")
    return PortalCoverage(
        name=portal.name,
        title=portal.title,
        country=_country(portal),
        url=portal.home,
        read=why is None,
        why=why,
        verified=facts.verified,
        outcome=health.outcome if health else None,
        fault=fault,
        said=reason,
        last_ok_at=health.last_ok_at if health else None,
        arrivals=found,
        waiting=waiting,
        token=token,
        token_present=present,
        robots=facts.robots,
        delay_seconds=table.delay_seconds,
    )


def _country(portal: Portal) -> str:
    return portal.country if len(portal.country) == 2 and portal.country.isupper() else ""


def _fault(health: LastRun | None, found: Arrivals | None) -> tuple[str, str]:
    """Name what is wrong: the last run's fault, else a day out of the portal's habit."""
    if health is not None and health.fault is not None:
        return health.fault, health.reason
    if found is not None and found.implausible:
        return IMPLAUSIBLE, found.implausible
    return "", ""


def _not_read(portal: NotRead) -> PortalCoverage:
    return PortalCoverage(
        name="",
        title=portal.name,
        country=portal.country,
        url=portal.url,
        read=False,
        why=said(portal.reason),
        verified=False,
        source=portal.source,
        as_of=portal.as_of,
    )
