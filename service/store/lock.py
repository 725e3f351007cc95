"""One writing process per SQLite file.

SQLite before 3.51.3 can corrupt a WAL when two processes write and checkpoint at once, so a second
writer is refused, not made to wait. The kernel drops the lock with the process, however it dies.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from service.errors import StoreError, StoreLocked


class WriterLock:
    """An exclusive lock on `PATH.lock`, which holds the pid of its owner.

    The file is never removed: a process could otherwise lock a name that another has unlinked.
    """

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}.lock")
        self._handle: int | None = None

    def acquire(self) -> Self:
        """Take the lock or raise StoreLocked naming the process that has it.

        Raises StoreError where the folder cannot be written to.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"cannot write {self.path}: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
            os.close(handle)
            pid = int(holder) if holder.isdigit() else None
            who = f"process {pid}" if pid else "another process"
            raise StoreLocked(
                f"{who} is writing to {self.path.with_suffix('')}; wait for it to end, "
                "or stop it (systemctl stop suranys, where it is the service)",
                pid=pid,
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)
        self._handle = handle
        return self

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self if self._handle is not None else self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
