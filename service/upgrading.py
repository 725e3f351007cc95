"""A new version of the program on the old database: copy it, migrate it, put the copy back where
that fails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.errors import StoreError, SuranysError
from service.keeping import back_up_daily
from service.store import open_store
from service.store.inspecting import copy, inspect
from service.store.lock import WriterLock
from service.store.migrations import head
from service.store.sqlite import sqlite_path


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done. `backup` is None where nothing had to change, or the database is on a
    server, whose own tools copy it."""

    before: str | None
    after: str
    backup: Path | None


def _migrate(url: str) -> None:
    open_store(url).close()


def upgrade_database(
    url: str, now: datetime, *, keep: int, migrate: Callable[[str], None] = _migrate
) -> Upgraded:
    """Back up, migrate, check; restore the copy if either fails.

    PostgreSQL migrates in one transaction, which leaves nothing behind when it fails. Raises
    StoreError where there is no database, or saying what failed and where the copy is; StoreLocked
    while another process writes.
    """
    path = sqlite_path(url)
    if path is not None and not path.exists():
        # An empty live database would keep `suranys run` from falling back on the sample.
        raise StoreError(f"there is no database {path}; `suranys run` makes one")
    if path is None:
        migrate(url)
        return Upgraded(None, head(), None)
    before = inspect(path).revision
    if before == head():
        return Upgraded(before, head(), None)
    with WriterLock(path):
        backup = back_up_daily(url, keep, now)
    try:
        migrate(url)
        _check(path)
    except Exception as error:
        with WriterLock(path):
            _put_back(backup, path)
        said = error if isinstance(error, SuranysError) else f"{type(error).__name__}: {error}"
        raise StoreError(
            f"the upgrade failed and the database is as it was before it ({backup}): {said}"
        ) from error
    return Upgraded(before, head(), backup)


def _check(path: Path) -> None:
    problem = inspect(path, whole=True).problem
    if problem:
        raise StoreError(problem)


def _put_back(backup: Path, path: Path) -> None:
    for name in (f"{path}-wal", f"{path}-shm"):
        Path(name).unlink(missing_ok=True)
    copy(backup, path)
