"""Compare the tables that the migrations made with the models."""

from alembic.migration import MigrationContext
from sqlalchemy import Connection

# Full-text search is each engine's own affair, made by the migration and in no model.
OWN_TO_AN_ENGINE = ("notice_fts", "notice_search_")


def comparing(connection: Connection) -> MigrationContext:
    """What Alembic compares with, engine-specific indices left out."""

    def counts(name: str | None, _kind: str, _parents: object) -> bool:
        return not (name or "").startswith(OWN_TO_AN_ENGINE)

    return MigrationContext.configure(connection, opts={"include_name": counts})
