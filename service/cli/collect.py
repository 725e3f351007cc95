"""`suranys collect`: read portals into the store, without matching or digests."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from catalog.faults import nearest
from scrapers.portals import PORTALS
from service import modes
from service.cli.app import app
from service.cli.options import AsJson, ConfigFile, VarFolder
from service.cli.output import bars
from service.cli.portal_lines import portal_lines
from service.cli.run import ground_for
from service.cli.settings import logging_to, settings_for
from service.errors import ConfigError, InputError
from service.jobs.collect import Collecting, PortalResult, collect, enabled_portals
from service.modes import Ground
from service.store import open_store
from service.store.catalogue import fill_empty
from service.store.engine import sqlite_path
from service.store.tables.naming import Outcome

EXAMPLE = """Examples:

\b
  suranys collect                                    every enabled portal
  suranys collect kz_goszakup --budget 30            one portal, half a minute
  suranys collect kz_goszakup --notice 17013627-1    one notice by its number or address
  suranys collect --replay ../shared/payloads        pages saved from real portals
  suranys collect kz_mitwork --capture saved/        keep the pages under readable names too
"""


@app.command(name="collect", epilog=EXAMPLE)
def collect_command(
    portals: Annotated[
        list[str] | None, typer.Argument(metavar="PORTAL", help="Names; all enabled without.")
    ] = None,
    *,
    replay: Annotated[
        Path | None, typer.Option(help="Folder of saved pages to read instead of the portals.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Read the sample portal.")] = False,
    as_of: Annotated[
        str | None, typer.Option(help="Clock of a replay, e.g. 2026-05-18; else day of capture.")
    ] = None,
    capture: Annotated[
        Path | None, typer.Option(help="Archive raw pages here, under readable names too.")
    ] = None,
    notice: Annotated[
        list[str] | None, typer.Option(help="Only this notice, by number or address; repeatable.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option(min=1, help="Seconds a portal may take, then PARTIAL.")
    ] = None,
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Read portals and store what they show; a line for each says how it ended."""
    if as_of is not None and replay is None:
        raise typer.BadParameter("--as-of sets the clock of a replay: give --replay DIR too")
    if sample and replay is not None:
        raise typer.BadParameter("give either --sample or --replay DIR")
    named = [check_portal(name) for name in portals or ()]
    entries = divide(notice or (), named)
    settings = settings_for(config, var, budget)
    standing = (
        ground_for(settings, replay, as_of, sample=sample)
        if replay is not None or sample
        else modes.live(settings)
    )
    with standing as ground, logging_to(settings):
        results = read(ground, named or list(entries), entries, capture)
    write(results, as_json=as_json)
    outcomes = {result.report.outcome for result in results} - {Outcome.SKIPPED}
    if outcomes == {Outcome.FAILED}:
        raise typer.Exit(1)


def check_portal(name: str) -> str:
    """Give the name back, or refuse one that no portal has, with the nearest."""
    if name in PORTALS:
        return name
    near = nearest(name, PORTALS)
    hint = f"did you mean {near}?" if near else f"known: {', '.join(PORTALS)}"
    raise typer.BadParameter(f"there is no portal {name!r}; {hint}")


def divide(texts: Sequence[str], named: Sequence[str]) -> dict[str, list[str]]:
    """Give each number or address to the portals it can be of."""
    divided: dict[str, list[str]] = {}
    for text in texts:
        able = holders(text, named or list(PORTALS))
        if not able:
            where = f"of {', '.join(named)}" if named else "of any portal"
            raise typer.BadParameter(f"{text!r} is no notice number or address {where}")
        # The first of the registry: an API needs a token and shows the same notices.
        for name in able if named else able[:1]:
            divided.setdefault(name, []).append(text)
    return divided


def holders(text: str, names: Sequence[str]) -> list[str]:
    """The portals among `names` that would know a notice by this number or address."""
    found = []
    for name in names:
        entry = PORTALS[name].entry
        if entry is not None and entry(text) is not None:
            found.append(name)
    return found


def read(
    ground: Ground,
    named: Sequence[str],
    entries: Mapping[str, Sequence[str]],
    capture: Path | None,
) -> list[PortalResult]:
    """Collect on this ground. Raises InputError for a portal that has no page in a replay."""
    enabled = enabled_portals(ground.config)
    absent = [name for name in named if not ground.live and name not in enabled]
    if absent:
        raise InputError(f"nothing is saved of {', '.join(absent)}; saved: {', '.join(enabled)}")
    if not named and not enabled:
        raise ConfigError(f"no portal is enabled in config.toml; name one: {', '.join(PORTALS)}")
    path = sqlite_path(ground.places.database_url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with open_store(ground.places.database_url) as store, bars() as shown:
        with store.writing() as session:
            fill_empty(session, ground.catalogue, ground.clock.now())
        work = Collecting(
            store=store,
            config=ground.config,
            clock=ground.clock,
            archive=capture or (ground.places.archive if ground.live else None),
            readable_names=capture is not None,
            network=ground.network,
            entries=entries or ground.entries,
            only_entries=bool(entries),
            everything=not ground.live,
            on_progress=shown.portal,
        )
        return collect(work, named or None)


def write(results: Sequence[PortalResult], *, as_json: bool) -> None:
    """Print how each portal ended: one JSON object, or two or three lines."""
    for result in results:
        if as_json:
            record = {"portal": result.portal, "title": result.title, **asdict(result.report)}
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
            continue
        for line in portal_lines(result):
            sys.stdout.write(f"{line}\n")
