"""`suranys bounces`: read mails that came back, and stop writing to addresses that are dead."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from service.cli.app import app
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore, clock_of, open_mode
from service.cli.settings import settings_for
from service.outbox.bounces import read_mails, take_bounces

EXAMPLE = """Examples:

\b
  suranys bounces returned.eml               one notification
  suranys bounces ~/Maildir/.bounces         every mail of a folder, again and again without harm
"""


@app.command(epilog=EXAMPLE)
def bounces(
    *,
    files: Annotated[list[Path], typer.Argument(help="Mails as .eml files, or folders of them.")],
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Note mails that came back; an address that is dead gets no more mail."""
    settings = settings_for(config, var)
    contents = [content for path in files for content in read_mails(path)]
    with open_mode(settings, mode, write=True) as store:
        now = clock_of(store, mode).now()
        with store.writing() as session:
            done = take_bounces(session, contents, now)
    for each in done:
        if as_json:
            record = {"address": each.address, "status": each.status, "done": each.done}
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        else:
            sys.stdout.write(f"{each.address}  {each.status}  {each.done}\n")
    if not as_json:
        sys.stdout.write(f"{len(contents)} mails read, {len(done)} failures in them\n")
