"""Numbered migrations, run by the program itself when it opens a database to write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from service.errors import StoreError
from service.store.postgresql import named_lock

FOLDER = Path(__file__).parent


def configured(connection: Connection | None = None) -> Config:
    """Give Alembic's settings; `connection` is the open transaction to work in."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """Give the newest revision this program knows."""
    return ScriptDirectory.from_config(configured()).get_current_head() or ""


def upgrade(engine: Engine, *, create: bool) -> None:
    """Bring the database to the newest revision in one transaction; only check it when `create` is
    False. Raises StoreError when the database is newer than the program, or may not be changed."""
    script = ScriptDirectory.from_config(configured())
    with _unguarded(engine, create) as connection:
        if create:
            named_lock(connection, "migrations")  # two processes that start at once
        current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        known = {each.revision for each in script.walk_revisions()}
        if current is not None and current not in known:
            raise StoreError(
                f"the database is of revision {current}, which this version of Suranys does not "
                "know; use the newer version that wrote it"
            )
        if not create:
            raise StoreError("the database is of an older version; `suranys db upgrade` renews it")
        command.upgrade(configured(connection), "head")


@contextmanager
def _unguarded(engine: Engine, create: bool) -> Iterator[Connection]:
    """A transaction in which SQLite leaves references alone, as its manual wants it: a table that
    is copied is dropped, and its dropping would delete whatever refers to it (sent digests!)."""
    lite = create and engine.dialect.name == "sqlite"
    with engine.execution_options(writing=create).connect() as connection:
        try:
            _guard(connection, "OFF" if lite else None)  # inside a transaction it does nothing
            with connection.begin():
                yield connection
                if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise StoreError("a migration would leave rows that refer to nothing")
        finally:
            _guard(connection, "ON" if lite else None)


def _guard(connection: Connection, state: str | None) -> None:
    driver = connection.connection.driver_connection
    if state is not None and driver is not None:
        driver.execute(f"PRAGMA foreign_keys = {state}")
