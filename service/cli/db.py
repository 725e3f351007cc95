"""`suranys db info|upgrade`: the database file."""

import json
import sqlite3
import sys
from pathlib import Path

import typer

from service.cli.app import app
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore, exists, open_mode
from service.cli.settings import settings_for
from service.config import Config
from service.errors import StoreError
from service.places import Mode, places
from service.store.engine import sqlite_path
from service.store.inspecting import inspect, writer
from service.store.migrations import head
from service.vitals import size_of

db = typer.Typer(no_args_is_help=True, help="Look at the database, and renew its tables.")
app.add_typer(db, name="db", epilog="Example: suranys db info")


@db.command(epilog="Example: suranys db info --mode sample")
def info(
    *,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say where the database is, of what version, how large, whether it is sound."""
    path = file_of(settings_for(config, var), mode)
    facts = inspect(path)
    told: dict[str, object] = {
        "database": str(path),
        "size": size_of(path),
        "revision": facts.revision,
        "newest_revision": head(),
        "sound": not facts.problem,
        "problem": facts.problem or None,
        "journal": facts.journal,
        "sqlite": sqlite3.sqlite_version,
        "writer": writer(path),
        "rows": facts.counts,
    }
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        rows = ", ".join(f"{name} {count}" for name, count in facts.counts.items())
        for name, value in {**told, "size": f"{size_of(path) / 1e6:.1f} MB", "rows": rows}.items():
            sys.stdout.write(
                f"{name.replace('_', ' '):<16} {value if value is not None else '-'}\n"
            )
    if facts.problem:
        raise typer.Exit(1)


def file_of(config: Config, mode: Mode) -> Path:
    """The SQLite file of a mode. Raises StoreError where there is none."""
    path = sqlite_path(places(config, mode).database_url)
    if path is None:
        raise StoreError("the database is on a server: use that server's own tools")
    if not exists(config, mode):
        open_mode(config, mode).close()  # says which databases there are
    return path


@db.command(epilog="Example: suranys backup && suranys db upgrade")
def upgrade(*, mode: WhichStore = "live", config: ConfigFile = None, var: VarFolder = None) -> None:
    """Bring the tables to this version, in one transaction. `suranys run` does the same."""
    settings = settings_for(config, var)
    path = sqlite_path(places(settings, mode).database_url)
    before = inspect(path).revision if path is not None and path.exists() else None
    open_mode(settings, mode, write=True).close()
    done = "is up to date" if before == head() else f"was renewed from {before or 'nothing'}"
    sys.stdout.write(f"{path or 'the database'} {done}: revision {head()}\n")
