"""The job that fetches the day's rates of the tenge. It never stops a run: sums in other
currencies are then told by an older rate with its day, or not in tenge at all."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import httpcore

from scrapers.errors import SourceError
from scrapers.fetch.client import Fetcher
from scrapers.fetch.settings import FetchSettings
from scrapers.rates import PUBLISHER, SOURCE, read_rates, request_for
from service.clock import Clock
from service.config import Config
from service.jobs.runs import Report, claim, day_slot, finish
from service.store import Store
from service.store.rates import save_rates
from service.store.tables.naming import Outcome

JOB = "rates"
_SECONDS = 20
"""One answer of a few kilobytes; a publisher that is slower must not hold up the run."""


def fetch_rates(
    store: Store,
    config: Config,
    clock: Clock,
    *,
    network: httpcore.NetworkBackend | None = None,
    wall: Clock | None = None,
) -> Report:
    """Fetch and store the rates of today, once a day; say how it ended. Raises nothing that the
    publisher could cause."""
    real = wall or store.wall()
    now = clock.now()
    slot = day_slot(now, config.zone.timezone)
    with store.writing() as session:
        held = claim(
            session, JOB, slot, owner=store.owner, now=real.now(), alone=store.alone, again=False
        )
    if held is None:
        return Report(Outcome.SKIPPED, f"the rates of {slot} are there")
    ended = Report(Outcome.OK)
    try:
        with Fetcher(PUBLISHER, _settings(config), now=clock.now, network=network) as fetcher:
            day = now.astimezone(ZoneInfo(config.zone.timezone)).date()
            rates = read_rates(fetcher.fetch(request_for(day)))
    except SourceError as error:
        ended = Report(Outcome.FAILED, str(error), error.advice, type(error).__name__)
        rates = ()
    with store.writing() as session:
        new = save_rates(session, rates, SOURCE, now)
        ended = replace(ended, read=len(rates), new=new)
        finish(session, held, ended, real.now())
    return ended


def _settings(config: Config) -> FetchSettings:
    shared = config.collect
    return FetchSettings(
        user_agent=f"{shared.user_agent} ({shared.contact})",
        delay_seconds=shared.delay_seconds,
        read_timeout=_SECONDS,
        deadline=_SECONDS,
        retries=0,
    )
