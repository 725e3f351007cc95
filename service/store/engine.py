"""Opening the database: the engine, units of work, the writer's lock, migrations."""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from service.clock import Clock, SystemClock
from service.errors import AS_OWNER, StoreError
from service.store.inspecting import withheld
from service.store.lock import WriterLock
from service.store.migrations import upgrade
from service.store.postgresql import (
    ServerClock,
    is_postgresql,
    postgresql_engine,
    shown,
    snapshot,
)
from service.store.sqlite import sqlite_engine, sqlite_path

__all__ = ["Store", "open_store", "sqlite_path"]


def _new_owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(slots=True)
class Store:
    """An open database. A context manager: leaving it closes connections and frees the lock.

    `owner` names this opening in the run table; no other opening ever has the same.
    """

    engine: Engine
    lock: WriterLock | None = None
    owner: str = field(default_factory=_new_owner)

    @property
    def alone(self) -> bool:
        """Whether no other process can be writing, so that a run left behind is surely dead."""
        return self.lock is not None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One unit of work that writes: committed as a whole, or not at all.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a transaction that read first
        and writes later fails with SQLITE_BUSY_SNAPSHOT without waiting. On PostgreSQL others write
        meanwhile: a unit that decides by what it reads takes a `named_lock` or locks rows first.
        """
        with Session(self.engine.execution_options(writing=True)) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One unit of work that only reads, from one snapshot."""
        engine = snapshot(self.engine) if is_postgresql(self.engine) else self.engine
        with Session(engine) as session:
            yield session

    def wall(self) -> Clock:
        """The clock that leases go by: the server's, so that machines need not agree on the time;
        on SQLite the computer's own."""
        return ServerClock(self.engine) if is_postgresql(self.engine) else SystemClock()

    def close(self) -> None:
        """Close every connection and free the writer's lock."""
        self.engine.dispose()
        if self.lock is not None:
            self.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(url: str, *, write: bool = True) -> Store:
    """Open the database, creating and migrating it when `write` is given.

    Raises StoreLocked when another process writes to the file, StoreError when a file to be read is
    missing, of another version or no database, or a server cannot be reached.
    """
    path = sqlite_path(url)
    if path is None:
        return _open_server(url, write=write)
    if why := withheld(path, write=write):
        raise StoreError(f"{why}: {AS_OWNER}")
    if not write and not path.exists():
        raise StoreError(f"there is no database {path} yet; `suranys run` makes one")
    lock = WriterLock(path).acquire() if write else None
    try:
        engine = sqlite_engine(url, write=write)
        upgrade(engine, create=write)
    except DatabaseError as error:
        if lock is not None:
            lock.release()
        raise StoreError(f"{path} cannot be opened as a database: {error.orig}") from error
    except StoreError:
        if lock is not None:
            lock.release()
        raise
    return Store(engine, lock)


def _open_server(url: str, *, write: bool) -> Store:
    engine = postgresql_engine(url, write=write)
    try:
        upgrade(engine, create=write)
    except DatabaseError as error:
        engine.dispose()
        said = str(error.orig).strip().splitlines()[:1]
        raise StoreError(f"{shown(url)} cannot be opened: {''.join(said)}") from error
    except StoreError:
        engine.dispose()
        raise
    return Store(engine)
