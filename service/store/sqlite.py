"""What is special to SQLite: pragmas, and beginning a transaction as a writer or a reader.

WAL lets readers go on while one process writes; synchronous FULL because a "sent" mark must survive
a power cut; mmap_size is never set, it was an amplifier of the WAL fault of SQLite before 3.51.3.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from service.errors import StoreError

BUSY_SECONDS = 10


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


def sqlite_engine(url: str, *, write: bool) -> Engine:
    """Give an engine whose units of work may say `writing=True` to take the write lock at once."""
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _connected if write else _connected_to_read)
    event.listen(engine, "begin", _begin)
    return engine


def _connected(connection: Any, _record: object) -> None:
    # Python before 3.12 begins transactions by itself and not before SELECT or DDL; take over.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    _like_postgresql(connection)


def _connected_to_read(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only = ON")
    _like_postgresql(connection)


def _like_postgresql(connection: Any) -> None:
    # Else LIKE would ignore case, and of Latin letters only.
    connection.execute("PRAGMA case_sensitive_like = ON")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
