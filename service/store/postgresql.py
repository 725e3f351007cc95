"""What is special to PostgreSQL: opening it, reading from one snapshot, locks that have a name.

Any number of processes write. Where a unit of work reads before it writes and two doing so at once
would both write, it takes a `named_lock` first.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from service.errors import StoreError

if TYPE_CHECKING:
    from psycopg.abc import Buffer

READER = "-c default_transaction_read_only=on"
WRITER = "-c idle_in_transaction_session_timeout=60s"
"""A process that is suspended amid a transaction holds its locks: whoever takes its work over would
wait for it for ever. The server ends such a session, and with it the transaction."""


def postgresql_engine(url: str, *, write: bool) -> Engine:
    """Give an engine. Raises StoreError where the driver is missing or the address is none.

    A connection that the server has closed (a restart, a fail-over) is replaced before its use.
    """
    arguments = {"options": WRITER if write else READER}
    try:
        # Times are read and written in UTC whatever the server's own zone is.
        # A worker reads every portal at once, each with a heartbeat: more than the usual fifteen
        # connections for a moment, and who waited for one while it holds another would not move.
        engine = create_engine(url, pool_pre_ping=True, max_overflow=45, connect_args=arguments)
    except (ImportError, ArgumentError) as error:
        raise StoreError(f"the driver of this database is not installed: {error}") from error
    event.listen(engine, "connect", _connected)
    return engine


def _connected(connection: Any, _record: object) -> None:
    """Let no text fail for a NUL, which PostgreSQL refuses and people, files and portals send."""
    from psycopg.types.string import StrDumperUnknown  # noqa: PLC0415 - the driver is optional

    class WithoutNul(StrDumperUnknown):
        def dump(self, obj: str) -> "Buffer | None":
            return super().dump(obj.replace("\x00", "\ufffd") if "\x00" in obj else obj)

    connection.adapters.register_dumper(str, WithoutNul)


def snapshot(engine: Engine) -> Engine:
    """Give the engine for a unit that only reads: each of its queries sees the same moment."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@dataclass(frozen=True, slots=True)
class ServerClock:
    """The time of the database server, the same for every machine that asks it."""

    engine: Engine

    def now(self, portal: str | None = None) -> datetime:  # noqa: ARG002 - the protocol's argument
        """Give the server's present moment."""
        with self.engine.connect() as connection:
            moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)


def is_postgresql(bind: Engine | Connection | Session) -> bool:
    """Whether this is PostgreSQL."""
    engine = bind.get_bind() if isinstance(bind, Session) else bind
    return engine.dialect.name == "postgresql"


def named_lock(bind: Connection | Session, name: str) -> None:
    """Wait for the lock of this name and hold it until the transaction ends.

    SQLite needs none: there a unit that writes is alone already.
    """
    if is_postgresql(bind):
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        bind.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def libpq(url: str) -> str:
    """Give the address as the driver itself takes it, password included."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def shown(url: str) -> str:
    """Give the address without its password."""
    return make_url(url).render_as_string(hide_password=True)


def database_size(session: Session) -> int:
    """Give the bytes of the database on its server."""
    query = text("SELECT pg_database_size(current_database())")
    return int(session.execute(query).scalar_one())


def server_version(session: Session) -> str:
    """Give the server's version in words."""
    return str(session.execute(text("SHOW server_version")).scalar_one())
