"""What is special to SQLite: pragmas, and beginning a transaction as a writer or a reader.

WAL lets readers go on while one process writes; synchronous FULL because a "sent" mark must survive
a power cut; mmap_size is never set, it was an amplifier of the WAL fault of SQLite before 3.51.3.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from service.errors import StoreError

BUSY_SECONDS = 10
_LITTLE = 1 << 20


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
    path = sqlite_path(url)
    if path is not None:
        event.listen(engine, "handle_error", _on_full_disk(path))
    return engine


def _on_full_disk(path: Path) -> Callable[[ExceptionContext], None]:
    """Say what helps: SQLite's "database or disk is full" makes people look for damage."""

    def told(context: ExceptionContext) -> None:
        said = str(context.original_exception)
        full = "disk is full" in said
        if full or ("disk I/O error" in said and shutil.disk_usage(path.parent).free < _LITTLE):
            raise StoreError(
                f"the disk is full: free some space on that of {path.parent.resolve()}, "
                "then do it again"
            ) from context.original_exception

    return told


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
