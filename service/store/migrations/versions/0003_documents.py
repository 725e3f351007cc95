"""Documents: what became of each attached file, and its text."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATES = (
    "'read', 'partial', 'unread', 'encrypted', 'too_large', 'bomb', 'wrong_type', 'broken', "
    "'timed_out', 'crashed', 'waiting', 'unreachable', 'refused', 'gone', 'not_saved'"
)
_KINDS = "'pdf', 'docx', 'xlsx', 'doc', 'rtf', 'html', 'text', 'zip', 'image', 'unknown'"


def upgrade() -> None:
    """Make the tables of attached files, of their texts, and of what was considered."""
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_document_state")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_document_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("notice_id", "url", name=op.f("uq_document_notice_id_url")),
    )
    with op.batch_alter_table("document") as table:
        table.create_index(op.f("ix_document_sha256"), ["sha256"], unique=False)
        table.create_index(op.f("ix_document_next_at"), ["next_at"], unique=False)
    op.create_table(
        "document_text",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file_kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_document_text_state")),
        sa.CheckConstraint(f"file_kind IN ({_KINDS})", name=op.f("ck_document_text_file_kind")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document_text")),
    )
    op.create_table(
        "document_check",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notice.id"],
            name=op.f("fk_document_check_notice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_document_check")),
    )
