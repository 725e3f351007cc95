"""Whether the robots.txt of the enabled portals let us in, as far as their last reading tells."""

from collections.abc import Iterator

from scrapers.errors import NotAllowed
from service.config import Config
from service.errors import ConfigError, StoreError
from service.health.checking import Check
from service.jobs.collect import enabled_portals
from service.store import open_store
from service.store.health import LastRun, last_runs
from service.store.tables.naming import Outcome

_UNTOLD = (Outcome.FAILED, Outcome.SKIPPED)


def robots(config: Config, url: str) -> Iterator[Check]:
    """Tell it by portal; robots.txt is obeyed at each reading, so nobody is asked here."""
    try:
        names = enabled_portals(config)
        with open_store(url, write=False) as store, store.reading() as session:
            known = {each.portal: each for each in last_runs(session)}
    except ConfigError:
        return  # told by another check
    except StoreError:
        known = {}
    for name in names:
        yield _told(name, known.get(name))


def _told(name: str, last: LastRun | None) -> Check:
    if last is not None and last.fault == NotAllowed.__name__:
        return Check(
            "robots",
            "warn",
            f"{name}: refused at its last reading, {last.ended_at:%Y-%m-%d}: {last.reason}",
            "ask the portal's operator, or disable it in config.toml",
        )
    if last is None or last.outcome in _UNTOLD:
        return Check("robots", "ok", f"{name}: unknown, it was not read yet or could not be")
    return Check("robots", "ok", f"{name}: forbade nothing asked for on {last.ended_at:%Y-%m-%d}")
