"""A worker process for tests: `python -m …working URL FOLDER HOW`, HOW being queue or alarm.

Its jobs are due once a day and note in FOLDER when they begin and end; noting the end is a unit of
work under the run's claim, as for any real job, and being too late for it is noted as lost. The
slow one goes on until there is a file `go` in FOLDER.
"""

import os
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from catalog.records import Catalogue
from service.clock import SystemClock
from service.config import Config
from service.jobs.runs import LeaseLost, Report, renew
from service.modes import Ground
from service.places import Places
from service.schedule import queue
from service.schedule.alarm import Alarm
from service.schedule.carrying import Job, Work, carry_out
from service.schedule.crew import Pace
from service.schedule.living import told_to_stop, wait_for
from service.schedule.slots import Every
from service.store import open_store
from service.store.tables.naming import Outcome

LEASE = timedelta(seconds=4)
"""Long enough that no process of a loaded machine stands still for it between two steps."""
TICK = timedelta(milliseconds=200)
PACE = Pace(heartbeat=0.5, stalled=2, retry_cron="* * * * * */1", wait=1, tick=TICK, lease=LEASE)
NAMES = ("first", "second", "third", "slow")


def note(folder: Path, word: str, work: Work) -> None:
    with (folder / "notes").open("a") as file:
        file.write(f"{word} {work.held.job} {work.slot.name} {os.getpid()} {work.held.fencing}\n")


def do(work: Work, *, folder: Path) -> Report:
    """Work, then store that it is done, unless somebody else has taken the run over."""
    note(folder, "begin", work)
    while work.held.job == "slow" and not (folder / "go").exists():
        time.sleep(0.05)  # the work
    try:
        with work.store.writing() as session:
            renew(session, work.held, work.wall.now())
            note(folder, "end", work)
    except LeaseLost:
        note(folder, "lost", work)
        raise
    return Report(Outcome.OK)


def table(folder: Path) -> Sequence[Job]:
    return [
        Job(name, Every(1440), partial(do, folder=folder), back=timedelta(days=2)) for name in NAMES
    ]


def main(url: str, folder: Path, how: str) -> None:
    ground = Ground(Config(), Places("live", url, folder, folder), SystemClock(), Catalogue((), ()))
    with open_store(url) as store:
        if how == "queue":
            jobs = {job.name: job for job in table(folder)}
            queue.run_worker(store, ground, 2, PACE, table=jobs)
            return
        start = partial(carry_out, store, ground, lease=LEASE)
        with told_to_stop() as stop, Alarm(table(folder), start, tick=TICK):
            wait_for(stop)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
