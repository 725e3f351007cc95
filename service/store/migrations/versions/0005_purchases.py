"""What waits to be opened, one purchase seen twice, and the tenge's rates."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the four tables, and let the arrivals of a portal be counted without reading rows."""
    with op.batch_alter_table("notice") as table:
        table.create_index("ix_notice_reader_first_seen_at", ["reader", "first_seen_at"])
    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_waiting_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_waiting_notice_id")),
    )
    with op.batch_alter_table("waiting") as table:
        table.create_index(op.f("ix_waiting_reader"), ["reader"], unique=False)
    op.create_table(
        "portal_day",
        sa.Column("portal", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("portal", name=op.f("pk_portal_day")),
    )
    op.create_table(
        "same_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("same_as", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("notice_id <> same_as", name=op.f("ck_same_notice_another")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_same_notice_notice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["same_as"], ["notice.id"], name=op.f("fk_same_notice_same_as"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_notice")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_same_notice_notice_id")),
    )
    with op.batch_alter_table("same_notice") as table:
        table.create_index(op.f("ix_same_notice_same_as"), ["same_as"], unique=False)
    op.create_table(
        "rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("tenge", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate")),
        sa.UniqueConstraint("currency", "day", name=op.f("uq_rate_currency_day")),
    )
