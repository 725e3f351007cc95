"""`suranys digest`: write today's digests from what is stored, or show what they would say."""

import json
import sys
from typing import Annotated

import typer

from service.cli.app import app
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore, clock_of, open_mode
from service.cli.report import SAID
from service.cli.settings import logging_to, settings_for
from service.digest.rendering import render
from service.jobs.digest import DigestResult, write_digests
from service.jobs.health import stored_health
from service.jobs.preview import Preview, preview_digests
from service.places import places

EXAMPLE = """Examples:

\b
  suranys digest                           write today's digests, or send them if so configured
  suranys digest --dry-run --mode sample   print what they would say, store and write nothing
"""


@app.command(epilog=EXAMPLE)
def digest(
    *,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Print what it would do and say; store, write and send nothing."
        ),
    ] = False,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write the digest of today for every recipient: once a day, whatever is repeated."""
    settings = settings_for(config, var)
    spot = places(settings, mode)
    with open_mode(settings, mode, write=not dry_run) as store:
        clock, portals = clock_of(store, mode), stored_health(store)
        if dry_run:
            for each in preview_digests(store, settings, spot, clock, portals):
                show(each, as_json=as_json)
            return
        with logging_to(settings):
            results = write_digests(store, settings, spot, clock, portals)
    for result in results:
        tell(result, as_json=as_json)
    if any(result.action == "failed" for result in results):
        raise typer.Exit(1)


def show(preview: Preview, *, as_json: bool) -> None:
    """Print what the job would do for one recipient, with the text it would deliver."""
    digest = preview.digest
    mail = render(digest) if digest is not None else None
    if as_json:
        record = {
            "recipient": preview.address,
            "day": preview.day,
            "action": preview.action,
            "leads": len(digest.entries) if digest is not None else 0,
            "beyond": digest.beyond if digest is not None else 0,
            "path": str(preview.path) if preview.path is not None else None,
            "subject": mail.subject if mail is not None else None,
            "text": mail.text if mail is not None else None,
        }
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    who = f"{preview.recipient} <{preview.address}>"
    if mail is not None:
        sys.stdout.write(f"To: {who}\nSubject: {mail.subject}\n\n{mail.text}\n")
        return
    said = (
        f"the digest of {preview.day} is still to be delivered:"
        if preview.action == "waiting"
        else SAID[preview.action]
    )
    where = f" {preview.path}" if preview.path is not None else ""
    sys.stdout.write(f"{who}: {said}{where}\n")


def tell(result: DigestResult, *, as_json: bool) -> None:
    """Print what became of one recipient's digest."""
    where = str(result.path) if result.path is not None else None
    if as_json:
        record = {
            "recipient": result.address,
            "day": result.day,
            "action": result.action,
            "leads": result.leads,
            "beyond": result.beyond,
            "path": where,
            "reason": result.reason,
        }
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    leads = f", {result.leads} leads" if result.leads else ""
    late = f", the digest put off on {result.day}" if result.late else ""
    said = f"{result.recipient} <{result.address}>{leads}{late}: {result.action}"
    parts = [said, *filter(None, (where, result.reason))]
    sys.stdout.write("  ".join(dict.fromkeys(parts)) + "\n")
