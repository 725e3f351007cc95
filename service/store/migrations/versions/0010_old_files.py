"""Old workbooks and two more kinds of archives among the kinds of files that are read."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CHECK = "ck_document_text_file_kind"
_KINDS = ("pdf", "docx", "xlsx", "xls", "doc", "rtf", "html", "text", "zip", "rar", "7z", "image")


def upgrade() -> None:
    """Let a file be an XLS, a RAR or a 7z."""
    kinds = ", ".join(f"'{kind}'" for kind in (*_KINDS, "unknown"))
    with op.batch_alter_table("document_text") as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        table.create_check_constraint(op.f(_CHECK), f"file_kind IN ({kinds})")
