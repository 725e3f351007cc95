"""What each job of the schedule does: it calls the job's own module and says how it ended."""

from collections import Counter

import httpx

from service.clock import Clock
from service.documents.pool import DocumentReaders
from service.jobs.alerts import write_alerts
from service.jobs.collect import Collecting, collect
from service.jobs.digest import write_digests
from service.jobs.documents import DocumentWork, read_documents
from service.jobs.health import stored_health
from service.jobs.match import match
from service.jobs.rates import fetch_rates
from service.jobs.runs import Report
from service.jobs.weekly import write_weekly
from service.keeping import back_up_daily, clean_up
from service.modes import Ground
from service.outbox.delivering import deliver_due, way_of
from service.schedule.carrying import Work
from service.store import Store
from service.store.tables.naming import DeliveryState, Outcome

HEARD_WITHIN = 10.0
"""Seconds that the heartbeat's address may take to answer."""


def collect_portal(work: Work, *, portal: str) -> Report:
    """Read one portal."""
    ground = work.ground
    (result,) = collect(
        Collecting(
            store=work.store,
            config=ground.config,
            clock=ground.clock,
            archive=ground.places.archive if ground.live else None,
            network=ground.network,
            entries=ground.entries,
            everything=not ground.live,
            held=work.held,
            wall=work.wall,
        ),
        [portal],
    )
    return result.report


def document_work(
    store: Store, ground: Ground, wall: Clock, readers: DocumentReaders | None = None
) -> DocumentWork:
    """Give what reading documents is to work with on this ground."""
    return DocumentWork(
        store=store,
        config=ground.config,
        clock=ground.clock,
        archive=ground.places.archive if ground.live else None,
        network=ground.network,
        wall=wall,
        readers=readers,
    )


def documents(work: Work) -> Report:
    """Read attached files that are due."""
    return read_documents(document_work(work.store, work.ground, work.wall)).report()


def match_new(work: Work) -> Report:
    """Match what is new or changed."""
    ground = work.ground
    return match(work.store, ground.config, ground.clock, wall=work.wall, lent=work.held).report


def digests(work: Work) -> Report:
    """Write the digests of those whose hour it is."""
    ground = work.ground
    results = write_digests(
        work.store,
        ground.config,
        ground.places,
        ground.clock,
        stored_health(work.store),
        at_their_hour=True,
    )
    failed = [result for result in results if result.action == "failed"]
    if failed:
        reason = f"{failed[0].address}: {failed[0].reason}"
        return Report(Outcome.FAILED, reason, read=len(results), failed=len(failed))
    return Report(Outcome.OK, read=len(results))


def alerts(work: Work) -> Report:
    """Write what cannot wait for a digest: urgent leads, and reminders of those taken."""
    ground = work.ground
    made = write_alerts(work.store, ground.config, ground.places, ground.clock)
    return Report(Outcome.OK, new=made)


def weekly(work: Work) -> Report:
    """Write the mails of the week that ended."""
    ground = work.ground
    made = write_weekly(work.store, ground.config, ground.places, ground.clock)
    return Report(Outcome.OK, new=made)


def deliver(work: Work) -> Report:
    """Let the mails leave that are due."""
    return deliver_to(work.store, work.ground)


def deliver_to(store: Store, ground: Ground, people: range | None = None) -> Report:
    """Let the mails leave that are due to people of these ids, to all if None."""
    way = way_of(ground.config, ground.places.digests)
    results = deliver_due(store, way, ground.clock, people=people)
    ended = Counter(result.state for result in results)
    gone = ended[DeliveryState.SENT] + ended[DeliveryState.WRITTEN]
    said = ", ".join(f"{state.value} {count}" for state, count in sorted(ended.items()))
    return Report(Outcome.OK, said, read=ended.total(), new=gone)


def rates(work: Work) -> Report:
    """Fetch the day's rates of exchange."""
    ground = work.ground
    return fetch_rates(
        work.store, ground.config, ground.clock, network=ground.network, wall=work.wall
    )


def clean(work: Work) -> Report:
    """Delete what is kept no longer."""
    ground = work.ground
    gone = clean_up(work.store, ground.config, ground.places, work.wall.now())
    said = ", ".join(f"{name} {count}" for name, count in gone.items() if count)
    return Report(Outcome.OK, said, read=sum(gone.values()))


def back_up(work: Work) -> Report:
    """Make the day's copy of the database."""
    ground = work.ground
    copy = back_up_daily(ground.places.database_url, ground.config.keep.backups, work.wall.now())
    return Report(Outcome.OK, str(copy))


def be_heard(work: Work) -> Report:
    """Tell whoever watches that the schedule lives. Silence is how they learn that it does not."""
    url = work.ground.config.schedule.heartbeat_url
    try:
        answer = httpx.get(url, timeout=HEARD_WITHIN, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        # The address may hold a token: it goes into no log.
        return Report(Outcome.FAILED, f"nobody heard it: {type(error).__name__}")
    return Report(Outcome.OK, f"answered {answer.status_code}")
