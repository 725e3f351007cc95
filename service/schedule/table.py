"""The jobs of the schedule and when each is due. What they do is in `doing`."""

from collections.abc import Iterator
from datetime import time, timedelta
from functools import partial

from service.config import Config
from service.jobs.collect import enabled_portals
from service.schedule import doing
from service.schedule.carrying import Job
from service.schedule.slots import Daily, Every
from service.store.sqlite import sqlite_path

MORNING = (time(6, 30),)
EVERY_HOUR = tuple(time(hour) for hour in range(24))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def jobs(config: Config, database_url: str) -> tuple[Job, ...]:
    """Give every job that the settings ask for, collecting first. Raises ConfigError for a portal
    nobody knows."""
    return tuple(_jobs(config, database_url))


def _jobs(config: Config, database_url: str) -> Iterator[Job]:
    zone, told = config.zone.timezone, config.schedule
    at = tuple(map(time.fromisoformat, told.collect))
    for name in enabled_portals(config) if at else ():
        do = partial(doing.collect_portal, portal=name)
        yield Job(f"collect:{name}", Daily(at, zone), do, portal=name)
    often = Every(told.match_minutes)
    if config.documents.enabled:
        yield Job("documents", often, doing.documents, back=HOUR)
    yield Job("match", often, doing.match_new, back=HOUR)
    # Each reader has an hour; what is asked at every hour does nothing for the others.
    yield Job("digest", Daily(EVERY_HOUR, zone), doing.digests, back=20 * HOUR)
    yield Job("alerts", Daily(EVERY_HOUR, zone), doing.alerts, back=HOUR)
    yield Job("weekly", Daily(EVERY_HOUR, zone), doing.weekly, back=15 * HOUR)
    yield Job("deliver", Every(1), doing.deliver, back=10 * MINUTE, again_after=MINUTE)
    yield Job("rates", Daily(MORNING, zone), doing.rates)
    yield Job("clean", Daily((time(2, 30),), zone), doing.clean)
    if sqlite_path(database_url) is not None:
        yield Job("backup", Daily((time.fromisoformat(told.backup),), zone), doing.back_up)
    if told.heartbeat_url:
        yield Job("heartbeat", Every(5), doing.be_heard, back=5 * MINUTE, attempts=1)
