"""The alarm clock: wakes every few seconds and carries out what the run table says is due.

APScheduler is nothing but the clock and the threads. Its memory holds no truth: a process that is
killed, suspended or late finds in the run table what it missed.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, timedelta
from types import TracebackType
from typing import Self

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from service.clock import Clock, SystemClock
from service.errors import SuranysError
from service.logs import log
from service.schedule.carrying import Job

Start = Callable[[Job], object]
"""Carries a due job out, or hands it to a queue; called in a thread of its own for each job."""
TICK = timedelta(seconds=10)
_TICK = "tick"


class Alarm:
    """Asks of each job at every tick whether it is due, by `start`. A context manager: leaving it
    starts nothing any more, and does not wait for what is being done; `wait` does."""

    def __init__(
        self,
        jobs: Sequence[Job],
        start: Start,
        *,
        tick: timedelta = TICK,
        clock: Clock | None = None,
    ) -> None:
        self._jobs, self._start, self._tick = tuple(jobs), start, tick
        self._clock = clock or SystemClock()
        self._busy: set[str] = set()
        self._freed = threading.Condition()
        self._stopping = threading.Event()
        # max_instances and the grace time matter: by default a tick over a second late is dropped.
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={
                "default": ThreadPoolExecutor(1),
                "jobs": ThreadPoolExecutor(max(1, len(self._jobs))),
            },
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._watch = threading.Thread(target=self._mind_the_clock, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._tick.total_seconds(),
            id=_TICK,
            next_run_time=self._clock.now(),
        )
        self._scheduler.start()
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        self._watch.join()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is being done; says whether that came within `seconds`."""
        with self._freed:
            return self._freed.wait_for(lambda: not self._busy, seconds)

    def tick(self) -> None:
        """Start every job that nothing in this process is busy with."""
        for job in self._jobs:
            with self._freed:
                if job.name in self._busy or self._stopping.is_set():
                    continue
                self._busy.add(job.name)
            # `_busy` alone says what is being done: APScheduler still counts a job for a moment
            # after it has ended, would drop the next one then, and leave it busy for ever.
            self._scheduler.add_job(
                self._one, args=[job], executor="jobs", id=job.name, max_instances=1000
            )

    def _one(self, job: Job) -> None:
        try:
            self._start(job)
        except SuranysError as error:
            log.error("unstarted", job=job.name, detail=str(error))
        except Exception as error:  # the next tick tries again; the alarm must not end
            log.error("unstarted", job=job.name, exc_info=error)
        finally:
            with self._freed:
                self._busy.discard(job.name)
                self._freed.notify_all()

    def _mind_the_clock(self) -> None:
        """Set the tick anew after the clock was put back: APScheduler reckons by wall time and
        would sleep until the old hour comes round again."""
        while not self._stopping.wait(self._tick.total_seconds()):
            job = self._scheduler.get_job(_TICK)
            now = self._clock.now()
            if job is not None and job.next_run_time - now > 2 * self._tick:
                job.modify(next_run_time=now)
