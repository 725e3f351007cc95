"""How the portals were read last, as digests speak of it."""

from scrapers.portals import PORTALS
from service.digest.records import PortalHealth
from service.jobs.collect import PortalResult
from service.jobs.drafting import portals_health
from service.jobs.runs import Report
from service.store import Store
from service.store.health import last_runs


def stored_health(store: Store) -> tuple[PortalHealth, ...]:
    """How the last run of each portal ended, as digests speak of it."""
    with store.reading() as session:
        known = last_runs(session)
    return portals_health(
        PortalResult(
            each.portal,
            PORTALS[each.portal].title if each.portal in PORTALS else each.portal,
            Report(each.outcome, each.reason, each.advice, each.fault, read=each.read),
        )
        for each in known
    )
