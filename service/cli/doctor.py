"""`suranys doctor`: what on this machine could make the work fail or go wrong."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from service.cli.app import app
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore
from service.cli.settings import settings_for
from service.config import Config
from service.errors import ConfigError
from service.health.checking import Check
from service.health.checks import checks

EXAMPLE = """Examples:

\b
  suranys doctor
  suranys doctor --network    also connect to the portals and the mail server
"""


@app.command(epilog=EXAMPLE)
def doctor(
    *,
    network: Annotated[
        bool, typer.Option("--network", help="Connect to the portals and the mail server too.")
    ] = False,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Check machine, settings and database; a line each, with what to do. 1 if one is bad."""
    found: list[Check] = []
    try:
        settings = settings_for(config, var)
        found.append(Check("config", "ok", "valid"))
    except ConfigError as error:
        # The other checks are worth making with the defaults.
        settings = Config()
        found.append(Check("config", "bad", str(error), "mend it; the defaults are checked below"))
    found += checks(settings, mode, network=network)
    for check in found:
        if as_json:
            sys.stdout.write(json.dumps(asdict(check), ensure_ascii=False) + "\n")
            continue
        sys.stdout.write(f"{check.state:<5} {check.name:<11} {check.found}\n")
        if check.advice:
            sys.stdout.write(f"{'':<17} {check.advice}\n")
    if any(check.state == "bad" for check in found):
        raise typer.Exit(1)
