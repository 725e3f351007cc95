"""`suranys upgrade`: after a new version was installed."""

import sys

from service.cli.app import app
from service.cli.options import ConfigFile, VarFolder, WhichStore
from service.cli.settings import settings_for
from service.cli.worker import check_engine
from service.clock import SystemClock
from service.places import places
from service.store import open_store
from service.upgrading import upgrade_database

EXAMPLE = """Examples:

\b
  sudo systemctl stop suranys && sudo suranys upgrade && sudo systemctl start suranys
"""


@app.command(epilog=EXAMPLE)
def upgrade(*, mode: WhichStore = "live", config: ConfigFile = None, var: VarFolder = None) -> None:
    """Copy the database, bring its tables to this version, and put the copy back if that fails."""
    settings = settings_for(config, var)
    check_engine(settings)
    url = places(settings, mode).database_url
    done = upgrade_database(url, SystemClock().now(), keep=settings.keep.backups)
    if settings.jobs.engine == "procrastinate" and mode == "live":
        # Loading procrastinate costs half a second, which others need not pay.
        from service.store.queue_tables import upgrade_queue  # noqa: PLC0415

        with open_store(url) as store:
            upgrade_queue(store)
    if done.backup is None:
        sys.stdout.write(f"the database is of revision {done.after}\n")
    else:
        sys.stdout.write(f"the copy of before is {done.backup}\n")
        sys.stdout.write(f"the database was of revision {done.before} and is of {done.after}\n")
