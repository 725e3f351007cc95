"""`suranys run`: the main job once, on live portals, the sample portal or saved pages."""

import json
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from scrapers.portals import PORTALS
from service import modes
from service.cli.app import app
from service.cli.output import bars
from service.cli.report import as_json, as_text
from service.cli.settings import logging_to, settings_for
from service.config import Config
from service.errors import InputError
from service.jobs.collect import enabled_portals
from service.jobs.main import run_main, start_afresh
from service.modes import Ground, moment
from service.network import unreachable
from service.places import places
from service.store.engine import sqlite_path
from service.store.tables.naming import Outcome

EXAMPLE = """Examples:

\b
  suranys run                                the enabled portals; without a network, the sample
  suranys run --sample                       invented notices, labelled as such
  suranys run --replay ../shared/payloads    pages saved from real portals
"""


@app.command(epilog=EXAMPLE)
def run(
    replay: Annotated[
        Path | None, typer.Option(help="Folder of saved pages to read instead of the portals.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Clock of a replay, e.g. 2026-05-18; by default the day of capture."),
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Read the sample portal.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Replay into the store of the last replay.")
    ] = False,
    budget: Annotated[
        float | None, typer.Option(min=1, help="Seconds a portal may take, then PARTIAL.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Settings; default ./config.toml.")] = None,
    var: Annotated[
        Path | None, typer.Option(help="Where database and digests go; default: var.")
    ] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Do the main job once: collect notices, match them, write the digests, say what was done."""
    if as_of is not None and replay is None:
        raise typer.BadParameter("--as-of sets the clock of a replay: give --replay DIR too")
    if sample and replay is not None:
        raise typer.BadParameter("give either --sample or --replay DIR")
    settings = settings_for(config, var, budget)
    with ground_for(settings, replay, as_of, sample=sample) as ground, logging_to(settings):
        if ground.places.mode == "replay" and not keep:
            start_afresh(ground)
        with bars() as shown:
            report = run_main(
                ground,
                on_collect=shown.portal,
                on_documents=shown.documents,
                on_match=shown.notices,
            )
    sys.stdout.write(
        json.dumps(as_json(report), ensure_ascii=False) + "\n" if as_json_ else as_text(report, var)
    )
    if report.outcome is Outcome.FAILED:
        raise typer.Exit(1)


def ground_for(
    settings: Config, replay: Path | None, as_of: str | None, *, sample: bool
) -> AbstractContextManager[Ground]:
    """Choose what to run on, and say so when there is no network."""
    if replay is not None:
        if not replay.is_dir():
            raise InputError(f"{replay} is no folder of saved pages")
        clock = moment(as_of, settings.zone.timezone) if as_of else None
        return modes.replay(settings, replay, clock)
    if sample:
        return modes.sample(settings)
    # Behind a proxy only the proxy can be connected to.
    homes = {
        name: settings.portal(name).proxy or PORTALS[name].home
        for name in enabled_portals(settings)
    }
    failed = unreachable(homes.values())
    path = sqlite_path(places(settings).database_url)
    if homes.keys() and len(failed) < len(set(homes.values())):
        return modes.live(settings)
    if path is None or path.exists():
        # A server that lost its network must not turn to samples: its portals are reported blind.
        return modes.live(settings)
    reasons = "; ".join(failed.values()) or "no portal is enabled in config.toml"
    sys.stderr.write(
        f"No portal can be reached ({reasons}).\n"
        "This run reads the sample portal instead: invented notices, labelled as samples,\n"
        "in a database of their own, never mailed. Try again with a network for real ones.\n\n"
    )
    return modes.sample(settings)
