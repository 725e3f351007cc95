"""`suranys status`: one screen on how things stand."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from matcher.records import Verdict
from service.cli.app import app
from service.cli.coverage_lines import coverage_lines, coverage_record
from service.cli.options import (
    AsJson,
    ConfigFile,
    VarFolder,
    WhichStore,
    clock_of,
    exists,
    open_mode,
)
from service.cli.portal_lines import counted, reasons
from service.cli.settings import settings_for
from service.cli.vital_lines import vital_lines, vital_record
from service.clock import SystemClock
from service.config import Config
from service.health.status import PortalStatus, Status, status_of
from service.places import places
from service.store.tables.naming import Outcome

EXAMPLE = """Examples:

\b
  suranys status
  suranys status --mode sample
  suranys status --json | jq '.portals[] | select(.outcome == "FAILED")'
"""

# One screen for all portals.
LONGEST_REASON = 120


@app.command(epilog=EXAMPLE)
def status(
    *,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show portals, leads, digests and database, and what to do next."""
    settings = settings_for(config, var)
    url = places(settings, mode).database_url
    if exists(settings, mode):
        with open_mode(settings, mode) as store:
            found = status_of(settings, mode, clock_of(store, mode), store, url)
    else:
        found = status_of(settings, mode, SystemClock(), None, url)
    if as_json:
        sys.stdout.write(json.dumps(record(found), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(_lines(found, settings)) + "\n")


def _lines(found: Status, settings: Config) -> Iterator[str]:
    zone = ZoneInfo(settings.zone.timezone)
    yield f"Suranys, {found.mode}, {found.now.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
    yield ""
    yield "Portals"
    for portal in found.portals:
        yield from _portal(portal, zone)
    yield ""
    yield "Coverage"
    for each in found.coverage:
        yield from coverage_lines(each, zone)
    yield ""
    yield "Leads open now, by plant"
    for plant in found.plants:
        can, check = (plant.leads.get(verdict, 0) for verdict in (Verdict.CAN, Verdict.CHECK))
        alone = "" if plant.mailed else "   nobody gets its mail"
        yield f"  {plant.plant.name:<56.56} can {can:>4}   check {check:>4}{alone}"
    if not found.plants:
        yield "  none: no plant is stored"
    yield ""
    yield "Last digests"
    for made in found.digests:
        why = f" ({made.reason})" if made.reason else ""
        yield f"  {made.day}  {made.recipient}, {made.items} leads: {made.state.value}{why}"
        yield f"  {'':<10}  {made.body_path}"
    if not found.digests:
        yield "  none yet"
    yield ""
    yield from _database(found)
    yield ""
    if found.vitals is not None:
        yield from vital_lines(found.vitals, zone)
        yield ""
    yield f"Next: {next_step(found, settings)}"


def _portal(portal: PortalStatus, zone: ZoneInfo) -> Iterator[str]:
    health = portal.health
    outcome = health.outcome.value if health else "-"
    if portal.why_not:
        word = "BLIND" if portal.enabled else "OFF"
        yield f"  {portal.name:<18} {word:<8} {portal.why_not.removeprefix('off: ')}"
        if health is None:
            return
    if health is None:
        yield f"  {portal.name:<18} {outcome:<8} never read"
        return
    name = "" if portal.why_not else portal.name
    yield f"  {name:<18} {outcome:<8} {local(health.ended_at, zone)}  {counted(health)}"
    yield f"  {'':<18} {'':<8} {portal.notices} stored; last OK {local(health.last_ok_at, zone)}"
    for said in reasons(health, LONGEST_REASON):
        yield f"  {'':<27} {said}"


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment on the zone's clock, or that it never was."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "never"


def _database(found: Status) -> Iterator[str]:
    if found.database is None:
        yield "Database: none yet"
        return
    size = f", {found.size / 1e6:.1f} MB" if found.size is not None else ""
    yield f"Database: {found.database}{size}"
    stored = sum(portal.notices for portal in found.portals)
    yield (
        f"          {stored} notices ({found.gone} gone), {found.lots} lots, "
        f"{found.products} products, {found.matches} matches, {found.leads} leads"
    )
    if found.mode == "live":
        yield f"          rates of the tenge: {found.rates_day or 'none yet'}"


def next_step(found: Status, settings: Config) -> str:
    """The one thing most worth doing now."""
    if found.mode != "live" and found.database is not None:
        return f"suranys explain --mode {found.mode} NUMBER, or suranys run for live portals"
    blind = [each for each in found.portals if each.enabled and each.why_not]
    failed = [each for each in found.portals if each.health and each.health.outcome == "FAILED"]
    if found.database is None:
        others = [other for other in ("sample", "replay") if exists(settings, other)]
        seen = "".join(f"; suranys status --mode {other} shows that database" for other in others)
        return f"suranys run{seen}"
    if not any(each.enabled for each in found.portals):
        return "enable a portal in config.toml, then suranys run"
    if failed:
        return f"suranys collect {failed[0].name}, after what is said beside it"
    if blind:
        return f"{blind[0].name}: {blind[0].why_not}"
    if any(each.health is None for each in found.portals if each.enabled):
        return "suranys run"
    return "suranys run, once a day; suranys doctor when something looks wrong"


def record(found: Status) -> dict[str, object]:
    """The status as one JSON object. Times are UTC."""
    return {
        "mode": found.mode,
        "now": found.now.isoformat(),
        "portals": [_portal_record(each) for each in found.portals],
        "coverage": [coverage_record(each) for each in found.coverage],
        "plants": [
            {
                "plant": each.plant.id,
                "name": each.plant.name,
                "sample": each.plant.sample,
                "mailed": each.mailed,
                "leads": {verdict.value: count for verdict, count in each.leads.items()},
            }
            for each in found.plants
        ],
        "digests": [
            {**asdict(made), "state": made.state.value, "created_at": made.created_at.isoformat()}
            for made in found.digests
        ],
        "database": found.database,
        "size": found.size,
        "gone": found.gone,
        "lots": found.lots,
        "products": found.products,
        "matches": found.matches,
        "leads": found.leads,
        "vitals": vital_record(found.vitals) if found.vitals is not None else None,
        "rates_day": found.rates_day.isoformat() if found.rates_day else None,
    }


def _portal_record(portal: PortalStatus) -> dict[str, object]:
    health = portal.health
    outcome: Outcome | None = health.outcome if health else None
    return {
        "portal": portal.name,
        "title": portal.title,
        "enabled": portal.enabled,
        "why_not": portal.why_not or None,
        "token": portal.token_env,
        "token_present": portal.has_token if portal.token_env else None,
        "notices": portal.notices,
        "outcome": outcome.value if outcome else None,
        "fault": health.fault if health else None,
        "reason": health.reason if health else None,
        "advice": health.advice if health else None,
        "read": health.read if health else None,
        "new": health.new if health else None,
        "changed": health.changed if health else None,
        "failed": health.failed if health else None,
        "total": health.total if health else None,
        "ended_at": health.ended_at.isoformat() if health else None,
        "last_ok_at": health.last_ok_at.isoformat() if health and health.last_ok_at else None,
    }
