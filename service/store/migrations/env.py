"""What Alembic runs. Always inside the transaction that the program opened."""

from alembic import context

from service.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite rolls DDL back like anything else once BEGIN is ours; Alembic assumes it does not.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
