"""`suranys doctor`: what on this machine could make the work fail or go wrong."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from service.cli.app import app
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore
from service.cli.settings import settings_for
from service.config import DEFAULT_FILE, Config
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
        found.append(_file(config))
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


def _file(config: Path | None) -> Check:
    """Name the settings that count: without a file no portal is read and no mail is sent."""
    file = config or DEFAULT_FILE
    if file.exists():
        return Check("config", "ok", f"{file.resolve()}, valid")
    return Check(
        "config",
        "warn",
        f"there is no {file} in {Path.cwd()}: the defaults count, and they read no portal",
        "run it in the folder of your config.toml, or name it: --config FILE",
    )
