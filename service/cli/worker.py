"""`suranys worker`: carry out the jobs of the schedule, without pages."""

import os
import sys
from typing import Annotated

import typer

from service import modes
from service.cli.app import app
from service.cli.options import ConfigFile, VarFolder
from service.cli.settings import logging_to, settings_for
from service.config import Config
from service.errors import ConfigError
from service.modes import Ground
from service.schedule.living import embedded, prepare, told_to_stop, wait_for
from service.store import Store, open_store
from service.store.sqlite import sqlite_path

EXAMPLE = """Examples:

\b
  suranys worker               until it is stopped (systemd, Ctrl-C)
  suranys worker --threads 4   with [jobs] engine = "procrastinate": jobs of a worker at a time
"""


@app.command(epilog=EXAMPLE)
def worker(
    *,
    threads: Annotated[
        int, typer.Option(min=1, max=64, help="Jobs at a time (procrastinate only).")
    ] = 2,
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """Read portals, match and mail when it is time; on PostgreSQL beside any number of others."""
    settings = settings_for(config, var)
    check_engine(settings)
    with (
        modes.live(settings) as ground,
        logging_to(settings),
        open_store(ground.places.database_url) as store,
    ):
        sys.stderr.write("suranys worker: carrying out jobs; SIGTERM or Ctrl-C ends it\n")
        work(store, ground, threads)
    leave()


def check_engine(settings: Config) -> None:
    """Raises ConfigError where the jobs' engine needs another database."""
    url = settings.database.url
    if settings.jobs.engine == "procrastinate" and (not url or sqlite_path(url) is not None):
        raise ConfigError(
            '[jobs] engine = "procrastinate" needs PostgreSQL: set [database] url to '
            "postgresql+psycopg://USER@HOST/NAME"
        )


def work(store: Store, ground: Ground, threads: int) -> None:
    """Carry out jobs until the process is told to stop."""
    if ground.config.jobs.engine == "procrastinate":
        from service.schedule.queue import run_worker  # noqa: PLC0415 - asyncio and a pool

        prepare(store, ground)
        run_worker(store, ground, threads)
        return
    with told_to_stop() as stop, embedded(store, ground):
        wait_for(stop)


def leave() -> None:
    """End the process at once and well. A job in a thread may be waiting for a portal for minutes;
    its run is given up already, and it can store nothing any more."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
