"""Awards and contracts: who won, at what price, and which notices are one purchase."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of awards, contracts and what joins a purchase."""
    op.create_table(
        "award",
        *_outcome_columns("award"),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'cancelled', 'unsuccessful') OR status IS NULL",
            name=op.f("ck_award_status"),
        ),
    )
    op.create_index(op.f("ix_award_supplier_code"), "award", ["supplier_code"])
    op.create_table(
        "contract",
        *_outcome_columns("contract"),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'cancelled', 'terminated') OR status IS NULL",
            name=op.f("ck_contract_status"),
        ),
    )
    op.create_index(op.f("ix_contract_supplier_code"), "contract", ["supplier_code"])
    op.create_table(
        "purchase_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("portal", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.CheckConstraint(
            "relation IN ('plan', 'notice', 'contract', 'procedure')",
            name=op.f("ck_purchase_link_relation"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notice.id"],
            name=op.f("fk_purchase_link_notice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_link")),
        sa.UniqueConstraint(
            "notice_id",
            "lot",
            "relation",
            "code",
            name=op.f("uq_purchase_link_notice_id_lot_relation_code"),
        ),
    )
    op.create_index(
        op.f("ix_purchase_link_portal_relation_code"),
        "purchase_link",
        ["portal", "relation", "code"],
    )


def _outcome_columns(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("lots", sa.String(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=True),
        sa.Column("supplier_code", sa.String(), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("value_currency", sa.String(), nullable=True),
        sa.Column("value_vat", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.CheckConstraint(
            "value_vat IN ('included', 'excluded', 'unknown') OR value_vat IS NULL",
            name=op.f(f"ck_{table}_value_vat"),
        ),
        sa.CheckConstraint(
            "(value_minor IS NULL) = (value_currency IS NULL)", name=op.f(f"ck_{table}_value")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f(f"fk_{table}_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "notice_id", "external_id", name=op.f(f"uq_{table}_notice_id_external_id")
        ),
    ]


def downgrade() -> None:
    """Take the tables away; indices go with them."""
    for table in ("purchase_link", "contract", "award"):
        op.drop_table(table)
