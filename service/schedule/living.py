"""The life of a process that carries jobs out: begin, go on until told to stop, give runs up."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from service.jobs.runs import abandon
from service.modes import Ground
from service.schedule.alarm import Alarm
from service.schedule.carrying import carry_out
from service.schedule.table import jobs
from service.store import Store
from service.store.catalogue import fill_empty

GRACE = 10.0
"""Seconds for what is being done when the process is told to stop. What is not done then is given
up: it goes on from what it stored, in the next process."""


@contextmanager
def embedded(store: Store, ground: Ground) -> Iterator[Alarm]:
    """Carry jobs out in threads of this process while the block runs."""
    prepare(store, ground)
    table = jobs(ground.config, ground.places.database_url)
    alarm = Alarm(table, partial(carry_out, store, ground))
    try:
        with alarm:
            yield alarm
    finally:
        give_up(store)
        alarm.wait(GRACE)


def prepare(store: Store, ground: Ground) -> None:
    """Fill an empty store with the bundled catalogue."""
    with store.writing() as session:
        fill_empty(session, ground.catalogue, ground.clock.now())


def give_up(store: Store) -> None:
    """Free the runs this process holds, so that another may take them at once."""
    with store.writing() as session:
        abandon(session, store.owner, store.wall().now())


def wait_for(stop: threading.Event) -> None:
    """Wait in the main thread until `stop` is set, looking every second.

    Python runs handlers of signals in the main thread only, and the kernel may give a signal to
    another one, as it does to a process just woken from suspension: a wait without end would then
    go on, and the process could not be stopped. Nor is it `stop.wait` again and again: that holds a
    lock for a moment which the handler, in this very thread, would wait for.
    """
    while not stop.is_set():
        time.sleep(1.0)


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set, instead of ending the process; see `wait_for`."""
    stop = threading.Event()

    def note(_number: int, _frame: object) -> None:
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
