"""How the reading of one portal is told, by `run`, `collect` and `status` alike."""

from collections.abc import Iterator

from service.digest.cleaning import cut
from service.jobs.collect import PortalResult
from service.jobs.runs import Report
from service.store.health import LastRun
from service.store.tables.naming import Outcome

# A reason may quote a page: what moves a cursor is taken out, an address is worth having whole.
LONGEST_REASON = 500


def counted(done: Report | LastRun) -> str:
    """Say what was read, of the portal's own total where it states another number."""
    of = f" of {done.total}" if done.total not in (None, done.read) else ""
    return f"{done.read} read{of}, {done.new} new, {done.changed} changed, {done.failed} failed"


def reasons(done: Report | LastRun, longest: int = LONGEST_REASON) -> Iterator[str]:
    """Why it ended so and what to do, safe to print on a terminal."""
    for said in filter(None, (done.reason, done.advice)):
        yield cut(said, longest)


def portal_lines(result: PortalResult) -> Iterator[str]:
    """One line on how a portal's reading ended, then the reason and the advice, if any."""
    done = result.report
    counts = "not read" if done.outcome is Outcome.SKIPPED else counted(done)
    yield f"{result.portal:<18} {done.outcome.value:<8} {counts}"
    for said in reasons(done):
        yield f"{'':<27} {said}"
