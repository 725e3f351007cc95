"""Procrastinate's own tables, beside ours on PostgreSQL. Their version is kept in a comment."""

import re
from importlib.metadata import version
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from service.errors import StoreError
from service.store.engine import Store
from service.store.postgresql import is_postgresql, named_lock

TABLE = "procrastinate_jobs"
_MARK = "made by Suranys for procrastinate "


def upgrade_queue(store: Store) -> str | None:
    """Make Procrastinate's tables, or bring them to the installed version, in one transaction.

    Gives the version they had, None where there were none. Raises StoreError where the database is
    no PostgreSQL, or somebody else made the tables.
    """
    if not is_postgresql(store.engine):
        raise StoreError("workers need PostgreSQL: set [database] url")
    installed = version("procrastinate")
    with store.engine.begin() as connection:
        named_lock(connection, "migrations")
        before = _version(connection)
        if before == installed:
            return before
        if before is None:
            _execute(connection, SchemaManager.get_schema())
        else:
            for file in _newer_than(before):
                _execute(connection, file.read_text(encoding="utf-8"))
        # No value of a comment can be a parameter; the installed version is no outside input.
        connection.execute(text(f"COMMENT ON TABLE {TABLE} IS '{_MARK}{installed}'"))
    return before


def _version(connection: Connection) -> str | None:
    query = "SELECT to_regclass(:name) IS NOT NULL, obj_description(to_regclass(:name))"
    there, said = connection.execute(text(query), {"name": TABLE}).one()
    if not there:
        return None
    if not str(said).startswith(_MARK):
        raise StoreError(f"the tables of procrastinate were not made by Suranys ({TABLE}: {said})")
    return str(said).removeprefix(_MARK)


def _newer_than(before: str) -> list[Path]:
    """Procrastinate's migrations since a version, in their order: `03.04.00_01_pre_….sql`."""
    known = _number(before)
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    return [file for file in files if _number(file.name.partition("_")[0]) > known]


def _number(written: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", written)[:3]))


def _execute(connection: Connection, script: str) -> None:
    """Execute a script of many statements, which only the driver itself takes, in our
    transaction."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    driver.execute(script)
