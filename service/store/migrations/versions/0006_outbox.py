"""The outbox: every mail that is to leave, its attempts and its end.

Digests become deliveries of a person. Who got one and is not yet in the list of people is added
with the least rights; the recipients of the configuration then say who it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PEOPLE = """
INSERT INTO person (address, name, role, preferences, origin, created_at, updated_at,
                    suppressed_for)
SELECT recipient, recipient, 'plant', '{}', 'bundled', min(created_at), min(created_at), ''
FROM digest WHERE recipient NOT IN (SELECT address FROM person) GROUP BY recipient
"""
DELIVERIES = """
INSERT INTO delivery (id, person_id, kind, slot, address, message_id, state, body_path, attempts,
                      doubts, fencing, due_at, reply, created_at, state_at)
SELECT digest.id, person.id, 'digest', day, recipient, message_id, state, body_path, 0,
       CASE WHEN state = 'unknown' THEN 1 ELSE 0 END, 0,
       CASE WHEN state = 'frozen' THEN digest.created_at END, reason, digest.created_at, state_at
FROM digest JOIN person ON person.address = digest.recipient
"""
ITEMS = """
INSERT INTO digest_item_new (id, delivery_id, person_id, lead_id, telling, section, shown)
SELECT digest_item.id, digest_id, person.id, lead_id, telling, section, shown
FROM digest_item JOIN person ON person.address = digest_item.recipient
"""


def upgrade() -> None:
    """Make the tables, and move what digests there are."""
    _make_delivery()
    _make_items("digest_item_new")
    for statement in (PEOPLE, DELIVERIES, ITEMS):
        op.execute(statement)
    _go_on_counting("delivery")
    op.drop_table("digest_item")
    op.drop_table("digest")
    _make_items("digest_item")
    op.execute("INSERT INTO digest_item SELECT * FROM digest_item_new")
    _go_on_counting("digest_item")
    op.drop_table("digest_item_new")
    op.create_index(op.f("ix_digest_item_delivery_id"), "digest_item", ["delivery_id"])


def _make_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("body_path", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("fencing", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('digest', 'urgent', 'reminder', 'weekly', 'sign_in', 'invitation')",
            name=op.f("ck_delivery_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('frozen', 'sending', 'retry', 'unknown', 'sent', 'written', 'refused', "
            "'suppressed')",
            name=op.f("ck_delivery_state"),
        ),
        sa.CheckConstraint(
            "(state = 'sending') = (lease_owner IS NOT NULL)", name=op.f("ck_delivery_lease")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivery_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
        sa.UniqueConstraint(
            "person_id", "kind", "slot", name=op.f("uq_delivery_person_id_kind_slot")
        ),
    )
    op.create_index(op.f("ix_delivery_due_at"), "delivery", ["due_at"])
    op.create_index(op.f("ix_delivery_handed_at"), "delivery", ["handed_at"])


def _make_items(table: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("telling", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f(f"fk_{table}_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.id"], name=op.f(f"fk_{table}_lead_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "person_id", "lead_id", "telling", name=op.f(f"uq_{table}_person_id_lead_id_telling")
        ),
    )


def _go_on_counting(table: str) -> None:
    """Let the next row get a number of its own: PostgreSQL does not notice copied numbers."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} "  # noqa: S608 - our own table names
            "HAVING max(id) IS NOT NULL"
        )
