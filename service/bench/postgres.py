"""A PostgreSQL of one's own, on a socket in a folder of its own, gone with the process.

It sorts by Russian rules (ICU), unlike SQLite, so that nothing may depend on how a database orders
text. Durability is off: nobody reads it again.
"""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from service.bench.figures import BenchError
from service.store.postgresql import libpq

STARTS_WITHIN = 60
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
}


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL of this machine, None where there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[4])
    )
    if found:
        return found[-1].parent
    there = shutil.which("postgres")
    return Path(there).resolve().parent if there else None


@dataclass(slots=True)
class PostgresServer:
    """A running server. `socket` is the folder of its socket."""

    socket: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str) -> str:
        """An SQLAlchemy address."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket}"

    def new_database(self) -> str:
        """Make an empty database and give its address. Nobody drops it: the server goes first."""
        name = f"t{next(self.numbers)}"
        with psycopg.connect(libpq(self.url("postgres")), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """Start a server as a plain user. Raises BenchError where PostgreSQL is not installed."""
    tools = binaries()
    if tools is None or shutil.which("setpriv") is None:
        raise BenchError("PostgreSQL is not installed (apt: postgresql)")
    # Short, because a socket's path may have 107 bytes, and open to the plain user.
    folder = Path(tempfile.mkdtemp(prefix="suranys-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    log = folder.with_name(f"{folder.name}.log")
    try:
        with log.open("wb") as said:
            _initialise(tools, folder)
            options = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
            with subprocess.Popen(  # noqa: S603 - programs of this machine
                _as_plain_user(tools / "postgres", "-D", folder / "data", "-k", folder, *options),
                stdout=said,
                stderr=said,
                cwd=folder,
            ) as process:
                try:
                    server = PostgresServer(folder)
                    _wait_for(server, process, log)
                    yield server
                finally:
                    process.send_signal(signal.SIGQUIT)  # at once: nothing is kept
    finally:
        log.unlink()
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(tools: Path, folder: Path) -> None:
    command = _as_plain_user(
        tools / "initdb",
        *("-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"),
        *("--no-sync", "--locale=C.UTF-8"),
        *("--locale-provider=icu", "--icu-locale=ru"),
    )
    done = subprocess.run(command, capture_output=True, cwd=folder, check=False)  # noqa: S603
    if done.returncode:
        raise BenchError(f"initdb failed: {done.stderr.decode()[-500:]}")


def _as_plain_user(*command: str | Path) -> list[str]:
    """PostgreSQL refuses to run as root; and it ends with whoever started it, however they do."""
    plain = ("--reuid=postgres", "--regid=postgres", "--clear-groups") if os.geteuid() == 0 else ()
    return ["setpriv", "--pdeathsig=INT", *plain, "--", *map(str, command)]


def _wait_for(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(libpq(server.url("postgres"))).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise BenchError(f"PostgreSQL did not start: {log.read_text('utf-8')}") from error
            time.sleep(0.05)  # there is nothing to wait on but its answer
        else:
            return
