"""`suranys match` on the store, apart from the command because it loads the database."""

from pathlib import Path

from service.cli.output import bars
from service.cli.settings import settings_for
from service.clock import SystemClock
from service.jobs.match import match
from service.places import Mode, places
from service.store import open_store


def match_store(config: Path | None, var: Path | None, mode: Mode, *, everything: bool) -> str:
    """Match what changed in a store since it was last matched, or all; return what to say of it."""
    settings = settings_for(config, var)
    where = places(settings, mode)
    with open_store(where.database_url) as store, bars() as shown:
        done = match(
            store, settings, SystemClock(), on_progress=shown.notices, everything=everything
        )
    return (
        f"{done.outcome.value}: {done.notices} notices and {done.lots} lots matched, "
        f"{done.new_leads} new leads{f'; {done.reason}' if done.reason else ''}\n"
    )
