"""`suranys backup [FILE]`: a sound copy of the database while it is in use."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from service.cli.app import app
from service.cli.db import file_of
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore
from service.cli.settings import settings_for
from service.clock import SystemClock
from service.errors import InputError
from service.store.inspecting import copy

EXAMPLE = """Examples:

\b
  suranys backup                     var/backups/suranys-2026-05-18T030000Z.db
  suranys backup /mnt/copy/today.db --force

To restore: end every suranys process, put the copy in the database's place, and remove the files
of the same name ending in -wal and -shm.
"""


@app.command(epilog=EXAMPLE)
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to; var/backups/… without.")] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Copy the database to a new file and check the copy. Others may go on writing."""
    source = file_of(settings_for(config, var), mode)
    target = file or _named(source)
    _check(source, target, force=force)
    facts = copy(source, target)
    size = target.stat().st_size
    if as_json:
        told = {"file": str(target), "size": size, "rows": facts.counts}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    rows = ", ".join(f"{name} {count}" for name, count in facts.counts.items())
    sys.stdout.write(f"{target}: {size / 1e6:.1f} MB, sound\n  {rows}\n")


def _named(source: Path) -> Path:
    """A name that sorts by time, in a folder beside the database."""
    folder = source.parent / "backups"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make {folder}: {error.strerror}") from error
    return folder / f"{source.stem}-{SystemClock().now():%Y-%m-%dT%H%M%SZ}.db"


def _check(source: Path, target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise InputError(f"{target} is a folder; name a file in it")
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}")
    if target.exists():
        if target.samefile(source):
            raise InputError(f"{target} is the database itself")
        if not force:
            raise InputError(f"{target} is already there; --force replaces it")
