"""`suranys db info|upgrade|copy|personal`: the database."""

import json
import sqlite3
import sys
from pathlib import Path

import typer
from sqlmodel import func, select

from service.cli.app import app
from service.cli.db_moving import copy, personal_data
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore, exists, open_mode
from service.cli.settings import settings_for
from service.clock import SystemClock
from service.config import Config
from service.errors import StoreError
from service.health.vitals import size_of
from service.places import Mode, places
from service.store.engine import sqlite_path
from service.store.inspecting import COUNTED, inspect, writer
from service.store.migrations import head
from service.store.postgresql import database_size, shown
from service.store.tables import METADATA

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
    settings = settings_for(config, var)
    url = places(settings, mode).database_url
    if sqlite_path(url) is None:
        _tell(_server(settings, mode, url), as_json=as_json)
        return
    path = file_of(settings, mode)
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
    _tell(told, as_json=as_json)
    if facts.problem:
        raise typer.Exit(1)


def _server(config: Config, mode: Mode, url: str) -> dict[str, object]:
    """What a database on a server says of itself."""
    with open_mode(config, mode) as store, store.reading() as session:
        counts = {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
            if table.name in COUNTED
        }
        return {
            "database": shown(url),
            "size": database_size(session),
            "revision": head(),
            "newest_revision": head(),
            "rows": counts,
        }


def _tell(told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    size, counts = told["size"], told["rows"]
    assert isinstance(size, int)  # noqa: S101 - the callers put it in
    assert isinstance(counts, dict)  # noqa: S101
    rows = ", ".join(f"{name} {count}" for name, count in counts.items())
    for name, value in {**told, "size": f"{size / 1e6:.1f} MB", "rows": rows}.items():
        sys.stdout.write(f"{name.replace('_', ' '):<16} {value if value is not None else '-'}\n")


def file_of(config: Config, mode: Mode) -> Path:
    """The SQLite file of a mode. Raises StoreError where there is none."""
    path = sqlite_path(places(config, mode).database_url)
    if path is None:
        raise StoreError("the database is on a server: copy it with pg_dump, look at it with psql")
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
    changed = before is not None and before != head()
    done = f"was renewed from {before}: revision" if changed else "is up to date: revision"
    sys.stdout.write(f"{path or 'the database'} {done} {head()}\n")
    if settings.jobs.engine == "procrastinate" and mode == "live":
        # Loading procrastinate costs half a second, which others need not pay.
        from service.store.queue_tables import upgrade_queue  # noqa: PLC0415

        with open_mode(settings, mode, write=True) as store:
            upgrade_queue(store)


@db.command(epilog="Example: suranys db reindex")
def reindex(*, mode: WhichStore = "live", config: ConfigFile = None, var: VarFolder = None) -> None:
    """Make the index of words and the cards of leads anew from what is stored."""
    # Reading the families and the matcher costs a second, which the other commands need not pay.
    from service.desk.cards import refill  # noqa: PLC0415
    from service.store import stems  # noqa: PLC0415

    with open_mode(settings_for(config, var), mode, write=True) as store:
        with store.writing() as session:
            stems.clear(session)
        after: int | None = 0
        while after is not None:
            with store.writing() as session:
                after = stems.reindex(session, after=after)
        with store.writing() as session:
            cards = refill(session, SystemClock())
    sys.stdout.write(f"every notice is indexed anew; {cards} leads have their cards\n")


db.command(
    epilog="Example: suranys db copy var/suranys.db postgresql+psycopg://suranys@db/suranys"
)(copy)
db.command(name="personal", epilog="Example: suranys db personal former@zone.kz --erase")(
    personal_data
)
