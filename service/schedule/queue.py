"""Jobs on Procrastinate: any number of workers on any number of machines share them.

A tick defers what is due, with a queueing lock of job and slot; the worker that takes it asks the
run table again, which decides. A portal's jobs share a lock, so it has one reader. Procrastinate's
own periodic tasks do nothing but retry the jobs of workers that were killed: they are reckoned in
UTC, and what is over ten minutes late is dropped.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from service.jobs.match import settle
from service.jobs.match_parts import Part, Prepared, match_part, parts
from service.jobs.runs import Report
from service.logs import log
from service.modes import Ground
from service.schedule.alarm import TICK, Alarm
from service.schedule.carrying import Job, Work, carry_out, due
from service.schedule.living import GRACE, give_up
from service.schedule.table import jobs
from service.store import Store
from service.store.postgresql import libpq
from service.store.queue_tables import upgrade_queue
from service.store.tables.naming import Outcome

LEASE = timedelta(seconds=60)
"""Shorter than alone: another worker waits to take over."""
URGENT, WHENEVER = 10, 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon a killed worker is noticed, in seconds. Procrastinate's own defaults."""

    heartbeat: float = 10.0
    stalled: float = 30.0
    retry_cron: str = "* * * * * */15"
    tick: timedelta = TICK
    lease: timedelta = LEASE


@dataclass(frozen=True, slots=True)
class Crew:
    """What the tasks of one worker process work with."""

    store: Store
    ground: Ground
    table: Mapping[str, Job]
    pace: Pace
    prepared: Prepared = field(default_factory=Prepared)


def run_worker(
    store: Store,
    ground: Ground,
    threads: int,
    pace: Pace | None = None,
    table: Mapping[str, Job] | None = None,
) -> None:
    """Work until SIGTERM or SIGINT. What is not done then is given up to another worker. `table`
    replaces the jobs of the settings."""
    upgrade_queue(store)
    url = libpq(ground.places.database_url)
    deferring = App(connector=SyncPsycopgConnector(conninfo=url))
    crew = Crew(store, ground, table or spread(ground, deferring), pace or Pace())
    with deferring.open():
        try:
            asyncio.run(_work(crew, deferring, url, threads))
        finally:
            give_up(store)


def spread(ground: Ground, deferring: App) -> dict[str, Job]:
    """Give the jobs of the settings; matching is spread over all workers."""
    table = {job.name: job for job in jobs(ground.config, ground.places.database_url)}
    table["match"] = replace(table["match"], do=partial(spread_match, deferring))
    return table


async def _work(crew: Crew, deferring: App, url: str, threads: int) -> None:
    app = with_tasks(App(connector=PsycopgConnector(conninfo=url, max_size=threads + 4)), crew)
    alarm = Alarm(
        tuple(crew.table.values()), partial(defer_due, deferring, crew), tick=crew.pace.tick
    )
    async with app.open_async():
        with alarm:
            await app.run_worker_async(
                concurrency=threads,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE,
                update_heartbeat_interval=crew.pace.heartbeat,
                stalled_worker_timeout=crew.pace.stalled,
            )


def with_tasks(app: App, crew: Crew) -> App:
    """Let the app know the tasks. They are named, because jobs of other processes name them."""

    @app.task(name="carry_out")
    def carry_out_job(job: str) -> None:
        known = crew.table.get(job)
        if known is not None:  # else another machine has other settings: it will do it
            carry_out(crew.store, crew.ground, known, lease=crew.pace.lease)

    @app.task(name="match_part")
    def match_one_part(basis: str, first: int, last: int) -> None:
        ground, part = crew.ground, Part(basis, first, last)
        match_part(crew.store, ground.config, ground.clock, part, crew.prepared)

    @app.periodic(cron=crew.pace.retry_cron)
    @app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
    async def retry_stalled(context: JobContext, timestamp: int) -> None:
        del timestamp
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=crew.pace.stalled):
            log.warning("stalled", task=job.task_name, arguments=job.task_kwargs)
            try:
                await manager.retry_job(job)
            except (AlreadyEnqueued, ConnectorException):
                # The same is waiting already: this one has nothing left to do.
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)

    return app


def defer_due(app: App, crew: Crew, job: Job) -> bool:
    """Put the job's due slot into the queue; says whether it is new there."""
    slot = due(crew.store, job, crew.ground.clock, crew.store.wall())
    if slot is None:
        return False
    task = app.configure_task(
        "carry_out",
        queueing_lock=f"{job.name} {slot.name}",
        lock=None if job.portal is None else f"portal {job.portal}",
        priority=URGENT,
    )
    try:
        task.defer(job=job.name)
    except AlreadyEnqueued:
        return False
    return True


def spread_match(app: App, work: Work) -> Report:
    """Put what is to be matched into the queue in parts, for every worker to take from."""
    settle(work.store, work.ground.clock)
    new = sum(defer_part(app, part) for part in parts(work.store, work.ground.config))
    return Report(Outcome.OK, f"{new} parts to match" if new else "", new=new)


def defer_part(app: App, part: Part) -> bool:
    """Put one part into the queue, once."""
    name = f"match {part.basis} {part.first}-{part.last}"
    task = app.configure_task("match_part", queueing_lock=name, lock=name, priority=WHENEVER)
    try:
        task.defer(basis=part.basis, first=part.first, last=part.last)
    except AlreadyEnqueued:
        return False
    return True
