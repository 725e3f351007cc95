"""Opening the database: pragmas, transactions, the writer's lock, migrations.

The only file with SQLite's own statements. WAL lets readers go on while one process writes;
synchronous FULL because a "sent" mark must survive a power cut; mmap_size is never set, it was an
amplifier of the WAL fault of SQLite before 3.51.3.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlmodel import Session

from service.errors import StoreError
from service.store.lock import WriterLock
from service.store.migrations import upgrade

BUSY_SECONDS = 10


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

        It takes the write lock at once (BEGIN IMMEDIATE): a transaction that read first and writes
        later fails with SQLITE_BUSY_SNAPSHOT without waiting.
        """
        with Session(self.engine.execution_options(writing=True)) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One unit of work that only reads, from one snapshot."""
        with Session(self.engine) as session:
            yield session

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

    Raises StoreLocked when another process writes, StoreError when a file to be read is missing or
    of another version, or is no database.
    """
    path = sqlite_path(url)
    if path is None:
        return _open_server(url, write=write)
    if not write and not path.exists():
        raise StoreError(f"there is no database {path} yet; `suranys run` makes one")
    lock = WriterLock(path).acquire() if write else None
    try:
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _connected if write else _connected_to_read)
        event.listen(engine, "begin", _begin)
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
    try:
        engine = create_engine(url)
        upgrade(engine, create=write)
    except (ImportError, ArgumentError) as error:
        raise StoreError(f"the driver of this database is not installed: {error}") from error
    except DatabaseError as error:
        said = str(error.orig).strip().splitlines()[:1]
        raise StoreError(f"the database cannot be opened: {''.join(said)}") from error
    return Store(engine)


def sqlite_path(url: str) -> Path | None:
    """Give the file of an SQLite address, None for another engine."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"[database] url is no address of a database: {error}") from error
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError("the database must be a file: leads and digests outlive the process")
    return Path(parsed.database)


def _connected(connection: Any, _record: object) -> None:
    # Python before 3.12 begins transactions by itself and not before SELECT or DDL; take over.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _connected_to_read(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only = ON")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
