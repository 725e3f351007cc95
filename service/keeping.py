"""Keeping the house small: what is deleted after a time, and the daily copies of the database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from service.config import Config
from service.errors import StoreError
from service.places import Places
from service.store import Store
from service.store.inspecting import copy
from service.store.retention import delete_old
from service.store.sqlite import sqlite_path


def clean_up(store: Store, config: Config, places: Places, now: datetime) -> dict[str, int]:
    """Delete what is kept no longer; gives how many of each."""
    keep = config.keep
    with store.writing() as session:
        gone = delete_old(
            session,
            runs_before=now - timedelta(days=keep.runs_days),
            sign_ins_before=now - timedelta(days=keep.sign_ins_days),
            now=now,
        )
    before = now - timedelta(days=keep.archive_days)
    return {**gone, "archived answers": _clean_archive(places.archive, before)}


def _clean_archive(archive: Path, before: datetime) -> int:
    """Delete raw answers that no reading has written or looked at since."""
    count = 0
    for path in _files(archive):
        try:
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                count += 1
        except OSError:  # a reading replaced it just now
            continue
    return count


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else iter(())


def back_up_daily(database_url: str, most: int, now: datetime) -> Path:
    """Copy the SQLite database into `backups` beside it and keep the newest `most` copies.

    Raises StoreError where the database is on a server, is not sound, or cannot be copied.
    """
    source = sqlite_path(database_url)
    if source is None:
        raise StoreError("the database is on a server: use that server's own tools (pg_dump)")
    folder = source.parent / "backups"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make {folder}: {error.strerror}") from error
    target = folder / f"{source.stem}-{now:%Y-%m-%dT%H%M%SZ}.db"
    copy(source, target)
    for old in sorted(folder.glob(f"{source.stem}-*Z.db"))[:-most]:
        old.unlink()
    return target
