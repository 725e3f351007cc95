"""What stored matches rest on, so that a changed product re-matches only what it can affect."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the last matching, and room for the families of a lot."""
    op.create_table(
        "matching",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("catalogue", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching")),
    )
    op.create_table(
        "matched_product",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("matched", sa.String(), nullable=True),
        sa.Column("learned", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_matched_product_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_matched_product")),
    )
    op.add_column("lot", sa.Column("families", sa.String(), nullable=True))
