"""Options that several commands share, and opening the database that they mean."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from service.clock import Clock, ReplayClock, SystemClock
from service.config import Config
from service.errors import StoreError
from service.places import Mode, places
from service.store import Store, open_store
from service.store.engine import sqlite_path
from service.store.health import last_seen

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings; ./config.toml.")]
VarFolder = Annotated[Path | None, typer.Option("--var", help="Database and digests; var.")]
WhichStore = Annotated[Mode, typer.Option("--mode", help="Which database is meant.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


def open_mode(config: Config, mode: Mode, *, write: bool = False) -> Store:
    """Open the database of a mode that a run has made.

    Raises StoreError when there is none, naming those of other modes that there are.
    """
    url = places(config, mode).database_url
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise StoreError(f"there is no database {path} yet; {_instead(config, mode)}")
    return open_store(url, write=write)


def _instead(config: Config, mode: Mode) -> str:
    others = [other for other in get_args(Mode) if other != mode and exists(config, other)]
    if not others:
        return "`suranys run` makes one"
    said = " or ".join(f"--mode {other}" for other in others)
    return f"only the {' and '.join(others)} database is there: add {said}"


def exists(config: Config, mode: Mode) -> bool:
    """Whether a mode has a database. One on a server is taken to exist."""
    path = sqlite_path(places(config, mode).database_url)
    return path is None or path.exists()


def clock_of(store: Store, mode: Mode) -> Clock:
    """The clock a mode lives by: a replay stands in the days its pages were saved."""
    if mode == "replay":
        with store.reading() as session:
            captured = last_seen(session)
        if captured:
            return ReplayClock(captured)
    return SystemClock()
