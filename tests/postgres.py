"""A real PostgreSQL for tests: started once a session as a plain user, on a socket of its own.

The server sorts by Russian rules (ICU), unlike SQLite, so that nothing of ours may depend on how a
database orders text. Durability is off: the machine may lose it, a test never reads it again.
"""

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

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


def libpq(url: str) -> str:
    """The address as psycopg itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def as_plain_user(*command: str | Path) -> list[str]:
    """PostgreSQL refuses to run as root; and it ends when the tests end, however they do."""
    plain = ("--reuid=postgres", "--regid=postgres", "--clear-groups") if os.geteuid() == 0 else ()
    return ["setpriv", "--pdeathsig=INT", *plain, "--", *map(str, command)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server, or skip loudly where PostgreSQL is not installed."""
    tools = binaries()
    if tools is None or shutil.which("setpriv") is None:
        pytest.skip("PostgreSQL IS NOT INSTALLED: nothing of it is tested (apt: postgresql)")
    # Short, because a socket's path may have 107 bytes, and open to the plain user.
    folder = Path(tempfile.mkdtemp(prefix="suranys-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    log = (folder.with_name(f"{folder.name}.log")).open("w+b")
    try:
        subprocess.run(  # noqa: S603 - programs of this machine
            as_plain_user(
                tools / "initdb",
                *("-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"),
                *("--no-sync", "--locale=C.UTF-8"),
                *("--locale-provider=icu", "--icu-locale=ru"),
            ),
            check=True,
            capture_output=True,
            cwd=folder,
        )
        options = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
        with subprocess.Popen(  # noqa: S603 - programs of this machine
            as_plain_user(tools / "postgres", "-D", folder / "data", "-k", folder, *options),
            stdout=log,
            stderr=log,
            cwd=folder,
        ) as server:
            try:
                started = PostgresServer(folder)
                _wait_for(started, server, Path(log.name))
                yield started
            finally:
                server.send_signal(3)  # SIGQUIT: at once, nothing is kept
    finally:
        log.close()
        Path(log.name).unlink()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(libpq(server.url("postgres"))).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"PostgreSQL did not start: {log.read_text('utf-8')}")
            time.sleep(0.05)  # there is nothing to wait on but its answer
        else:
            return


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of an empty database of its own."""
    return postgres_server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on each engine: for contracts of the store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
