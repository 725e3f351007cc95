"""Looking at a SQLite file from outside: its state, a sound copy of it. Never writes to it."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from service.errors import StoreError

SAFE_SQLITE = (3, 51, 3)
"""The first version without the WAL-reset fault: sqlite.org/wal.html#walresetbug."""
COUNTED = ("notice", "lot", "product", "match", "lead", "digest")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a database file says of itself. `problem` is what the check found wrong, "" if sound;
    `revision` is None where no migration has made its tables."""

    revision: str | None
    journal: str
    problem: str
    counts: dict[str, int]


def inspect(path: Path, *, whole: bool = False) -> FileFacts:
    """Check a database file; `whole` also compares every index with its table.

    Raises StoreError when it is no database.
    """
    try:
        with _reading(path) as connection:
            return _facts(connection, "integrity_check" if whole else "quick_check")
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} cannot be read as a database: {error}") from error


def withheld(path: Path, *, write: bool) -> str | None:
    """Say why this process may not use a database, None where it may: SQLite itself only says that
    it is «unable to open database file», or tells of it in the middle of the work."""
    wanted = os.R_OK | (os.W_OK if write else 0)
    # os.path: unlike pathlib's it answers no where a folder above may not be entered.
    near = next(each for each in path.absolute().parents if os.path.isdir(each))  # noqa: PTH112
    if not os.access(near, os.X_OK | (wanted if write else 0)):
        return _whose(near)
    beside = (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", ".lock")))
    barred = [each for each in beside if each.exists() and not os.access(each, wanted)]
    return _whose(barred[0]) if barred else None


def _whose(path: Path) -> str:
    try:
        owner = path.owner()
    except KeyError:  # a user of another machine or container
        owner = str(path.stat().st_uid)
    return f"{path} belongs to {owner}, and this user may not use it"


def copy(source: Path, target: Path) -> FileFacts:
    """Copy a database while others may write to it, check the copy, and put it in place whole.

    Raises StoreError when the source is no sound database or the copy cannot be written.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _reading(source) as old, closing(sqlite3.connect(partial)) as new:
            old.backup(new, pages=1000)
            # One file, without a -wal beside it that would have to be carried along.
            new.execute("PRAGMA journal_mode = DELETE")
            facts = _facts(new, "integrity_check")
        if facts.problem:
            raise StoreError(f"the copy of {source} is not sound: {facts.problem}")
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    except (sqlite3.DatabaseError, OSError) as error:
        raise StoreError(f"cannot copy {source} to {target}: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return facts


def writer(path: Path) -> str | None:
    """Say which process holds the writer's lock, None where nobody does."""
    lock = path.with_name(f"{path.name}.lock")
    try:
        handle = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
    finally:
        os.close(handle)
    return None


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise StoreError(f"there is no database {path}")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection


def _facts(connection: sqlite3.Connection, check: str) -> FileFacts:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    found = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(5)")]
    revision = None
    if "alembic_version" in tables:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        revision = str(row[0]) if row else None
    counts = {
        # The names are our own, from the tuple above.
        name: int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608
        for name in COUNTED
        if name in tables
    }
    return FileFacts(
        revision=revision,
        journal=str(connection.execute("PRAGMA journal_mode").fetchone()[0]),
        problem="" if found == ["ok"] else "; ".join(found),
        counts=counts,
    )
