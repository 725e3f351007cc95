"""Jobs on Procrastinate: any number of workers on any number of machines share them.

A tick defers what is due, with a queueing lock of job and slot; the worker that takes it asks the
run table again, which decides. What reads a portal shares a lock, so it has one reader.
Procrastinate's own periodic tasks do nothing but retry the jobs of workers that were killed: they
are reckoned in UTC, and what is over ten minutes late is dropped.
"""

import asyncio
import signal
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from service.documents.reader import document_readers
from service.logs import log
from service.modes import Ground
from service.schedule.alarm import Alarm
from service.schedule.carrying import Job, carry_out, due
from service.schedule.crew import Crew, Pace
from service.schedule.living import GRACE, give_up
from service.schedule.spreading import (
    PORTAL_QUEUE,
    QUEUE,
    URGENT,
    add_parts,
    portal_lock,
    spread,
)
from service.store import Store
from service.store.postgresql import libpq
from service.store.queue_tables import upgrade_queue

SPARE = 4
"""Connections of a worker besides those of its jobs: to listen, to beat, to fetch, to retry."""


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
    url, pace = libpq(ground.places.database_url), pace or Pace()
    deferring = App(connector=SyncPsycopgConnector(conninfo=url))
    with deferring.open(), document_readers(ground.config.documents) as readers:
        jobs = table or spread(ground, deferring, pace)
        crew = Crew(store, ground, deferring, readers, pace, jobs)
        try:
            asyncio.run(_work(crew, url, threads))
        finally:
            give_up(store)


async def _work(crew: Crew, url: str, threads: int) -> None:
    """Take jobs by `threads`, and what waits for portals by a thread for each portal: such a job
    lasts for minutes and does next to nothing, and digests must not stand behind it."""
    portals = max(1, sum(job.portal is not None for job in crew.table.values()))
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(threads + portals + SPARE))
    connector = PsycopgConnector(conninfo=url, max_size=threads + portals + 2 * SPARE)
    app = with_tasks(App(connector=connector), crew)
    alarm = Alarm(tuple(crew.table.values()), partial(defer_due, crew), tick=crew.pace.tick)
    async with app.open_async():
        with alarm:
            workers = [
                asyncio.create_task(_worker(app, crew.pace, queue, count))
                for queue, count in ((QUEUE, threads), (PORTAL_QUEUE, portals))
            ]
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, _end, workers)
            # One that ended by itself lost the server, say: nobody is served by half a process.
            await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
            _end(workers)
            await asyncio.wait(workers)
    for each in workers:
        if not each.cancelled():
            each.result()  # raises what ended it


def _end(workers: list["asyncio.Task[None]"]) -> None:
    for each in workers:
        each.cancel()  # Procrastinate waits for its jobs then, as long as it may


async def _worker(app: App, pace: Pace, queue: str, count: int) -> None:
    await app.run_worker_async(
        queues=[queue],
        concurrency=count,
        install_signal_handlers=False,
        delete_jobs="successful",
        shutdown_graceful_timeout=GRACE,
        update_heartbeat_interval=pace.heartbeat,
        stalled_worker_timeout=pace.stalled,
    )


def with_tasks(app: App, crew: Crew) -> App:
    """Let the app know the tasks. They are named, because jobs of other processes name them."""
    add_parts(app, crew)

    @app.task(name="carry_out")
    def carry_out_job(job: str) -> None:
        known = crew.table.get(job)
        if known is not None:  # else another machine has other settings: it will do it
            carry_out(crew.store, crew.ground, known, lease=crew.pace.lease)

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


def defer_due(crew: Crew, job: Job) -> bool:
    """Put the job's due slot into the queue; says whether it is new there."""
    slot = due(crew.store, job, crew.ground.clock, crew.store.wall())
    if slot is None:
        return False
    task = crew.deferring.configure_task(
        "carry_out",
        queueing_lock=f"{job.name} {slot.name}",
        lock=None if job.portal is None else portal_lock(job.portal),
        priority=URGENT,
        queue=QUEUE if job.portal is None else PORTAL_QUEUE,
    )
    try:
        task.defer(job=job.name)
    except AlreadyEnqueued:
        return False
    return True
