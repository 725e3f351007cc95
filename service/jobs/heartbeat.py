"""Keeping a lease alive while its holder works, however long one step of the work takes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError

from service.clock import Clock
from service.jobs.runs import Claim, LeaseLost, renew
from service.logs import log
from service.store import Store


@contextmanager
def heartbeat(store: Store, held: Claim, wall: Clock) -> Iterator[threading.Event]:
    """Renew the lease at a third of its length while the block runs; gives an event that is set
    once the run belongs to somebody else. A process that is suspended renews nothing, and finds
    out at its next unit of work."""
    lost, done = threading.Event(), threading.Event()

    def beat() -> None:
        while not done.wait(held.lease.total_seconds() / 3):
            try:
                with store.writing() as session:
                    renew(session, held, wall.now())
            except LeaseLost:
                if not done.is_set():
                    lost.set()
                return
            except DatabaseError as error:  # busy, or the server is gone for now: beat again
                log.warning("heartbeat", job=held.job, slot=held.slot, detail=str(error.orig))

    thread = threading.Thread(target=beat, name=f"heartbeat {held.job}", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        done.set()
        thread.join()
