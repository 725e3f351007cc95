"""The desk: sessions, tokens, notes, tasks, the journal; leads get states that people use."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

from service.store.stems import stems_of

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BATCH = 1_000
MOMENT = sa.DateTime(timezone=True)
STATES = "'new', 'looking', 'bidding', 'won', 'lost', 'declined'"
REASONS = (
    "'wrong_goods', 'wrong_size', 'not_a_purchase', 'too_small', 'too_late', 'price', 'place', "
    "'may_not_bid', 'other'"
)


def upgrade() -> None:
    """Make the tables of the desk, and turn the states of leads into the new ones."""
    _leads()
    _access()
    _written()
    _cards()
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_journal_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_at"), "journal", ["at"])
    op.create_index("ix_journal_subject_subject_id", "journal", ["subject", "subject_id"])


def _leads() -> None:
    """Renew `lead`. SQLite copies the table, twice, because neither the old check nor the new ones
    hold while states are being renamed."""
    lite = op.get_bind().dialect.name == "sqlite"
    how: Literal["always", "never"] = "always" if lite else "never"
    with op.batch_alter_table("lead", recreate=how) as table:
        table.drop_constraint(op.f("ck_lead_state"), type_="check")
        table.add_column(sa.Column("reason", sa.String(), nullable=True))
        table.add_column(sa.Column("remark", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.execute("UPDATE lead SET state = 'looking' WHERE state IN ('seen', 'taken')")
    op.execute("UPDATE lead SET reason = 'other' WHERE state = 'declined'")
    with op.batch_alter_table("lead", recreate=how) as table:
        table.alter_column("remark", existing_type=sa.String(), server_default=None)
        table.alter_column("version", existing_type=sa.Integer(), server_default=None)
        table.create_check_constraint(op.f("ck_lead_state"), f"state IN ({STATES})")
        table.create_check_constraint(
            op.f("ck_lead_reason"), f"reason IN ({REASONS}) OR reason IS NULL"
        )
        table.create_check_constraint(
            op.f("ck_lead_declined"), "(state = 'declined') = (reason IS NOT NULL)"
        )
    op.create_index(op.f("ix_lead_owner"), "lead", ["owner"])


def _access() -> None:
    op.create_table(
        "web_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        *_of_person("web_session"),
    )
    op.create_index(op.f("ix_web_session_person_id"), "web_session", ["person_id"])
    op.create_table(
        "login_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        *_of_person("login_link"),
    )
    op.create_index(op.f("ix_login_link_person_id"), "login_link", ["person_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_account_at", "sign_in_attempt", ["account", "at"])
    op.create_index("ix_sign_in_attempt_network_at", "sign_in_attempt", ["network", "at"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rights", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        *_of_person("api_token"),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"])


def _of_person(table: str) -> tuple[sa.Constraint, ...]:
    """The constraints that every table of secrets has."""
    return (
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("hash", name=op.f(f"uq_{table}_hash")),
    )


def _of_lead(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["lead_id"], ["lead.id"], name=op.f(f"fk_{table}_lead_id"), ondelete="CASCADE"
    )


def _written() -> None:
    op.create_table(
        "lead_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _of_lead("lead_note"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lead_note_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_note")),
    )
    op.create_index(op.f("ix_lead_note_lead_id"), "lead_note", ["lead_id"])
    op.create_table(
        "lead_result",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("value_currency", sa.String(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(value_minor IS NULL) = (value_currency IS NULL)", name=op.f("ck_lead_result_value")
        ),
        sa.CheckConstraint(
            "(quantity IS NULL) = (unit IS NULL)", name=op.f("ck_lead_result_quantity")
        ),
        _of_lead("lead_result"),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_result")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("plant_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plant_id"], ["plant.id"], name=op.f("fk_task_plant_id")),
        _of_lead("task"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_task_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_plant_id"), "task", ["plant_id"])
    op.create_index(op.f("ix_task_lead_id"), "task", ["lead_id"])
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_search_person_id_name")),
    )


def _cards() -> None:
    """Make the cards of leads, and the index of words."""
    op.create_table(
        "lead_card",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("plant_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("best", sa.Boolean(), nullable=False),
        sa.Column("also", sa.Integer(), nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("family", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("portal", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("buyer", sa.String(), nullable=True),
        sa.Column("buyer_id", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("value_currency", sa.String(), nullable=True),
        sa.Column("value_vat", sa.String(), nullable=True),
        sa.Column("quantity", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("tonnes", sa.Float(53), nullable=True),
        sa.Column("share", sa.Float(53), nullable=True),
        sa.Column("guessed", sa.Boolean(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("outside_key", sa.Integer(), nullable=False),
        sa.Column("share_key", sa.Float(53), nullable=False),
        sa.Column("removed_key", sa.Float(53), nullable=False),
        sa.Column("due_key", sa.BigInteger(), nullable=False),
        sa.Column("ends_key", sa.BigInteger(), nullable=False),
        sa.Column("sum_key", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('can', 'cannot', 'check')", name=op.f("ck_lead_card_verdict")
        ),
        sa.CheckConstraint("kind IN ('stated', 'implied', 'plan')", name=op.f("ck_lead_card_kind")),
        sa.CheckConstraint(
            "phase IN ('plan', 'open', 'closed', 'cancelled', 'awarded')",
            name=op.f("ck_lead_card_phase"),
        ),
        sa.CheckConstraint(
            "value_vat IN ('included', 'excluded', 'unknown') OR value_vat IS NULL",
            name=op.f("ck_lead_card_value_vat"),
        ),
        sa.CheckConstraint(
            "(value_minor IS NULL) = (value_currency IS NULL)", name=op.f("ck_lead_card_value")
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.id"], name=op.f("fk_lead_card_lead_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["plant_id"], ["plant.id"], name=op.f("fk_lead_card_plant_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_lead_card_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_lead_card_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_card")),
    )
    for column in ("plant_id", "product_id", "notice_id"):
        op.create_index(op.f(f"ix_lead_card_{column}"), "lead_card", [column])
    op.create_index(
        "ix_lead_card_best", "lead_card", ["best", "gone_at", "band", "outside_key", "share_key"]
    )
    op.create_index(
        "ix_lead_card_removed", "lead_card", ["best", "gone_at", "outside_key", "removed_key"]
    )
    op.create_index(
        "ix_lead_card_open",
        "lead_card",
        ["best", "gone_at", "ends_key", "verdict", "phase", "plant_id", "notice_id"],
    )
    op.create_index(
        "ix_lead_card_choices",
        "lead_card",
        ["best", "family", "country", "region", "portal", "plant_id"],
    )
    op.create_table(
        "notice_search",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("stems", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notice.id"],
            name=op.f("fk_notice_search_notice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice_search")),
    )
    # Counting a portal's notices must not read their records.
    op.create_index("ix_notice_portal_gone_at", "notice", ["portal", "gone_at"])
    for statement in _FIND[op.get_bind().dialect.name]:
        op.execute(statement)
    _index()


def _index() -> None:
    """Index the words of the notices there are. Nothing else would: a notice is indexed when it
    arrives or its text changes, so a search would find nothing of an earlier version."""
    notice = sa.table("notice", sa.column("id", sa.Integer), sa.column("folded", sa.String))
    search = sa.table("notice_search", sa.column("notice_id"), sa.column("stems"))
    connection, after = op.get_bind(), 0
    query = sa.select(notice).order_by(notice.c.id).limit(_BATCH)
    while rows := connection.execute(query.where(notice.c.id > after)).all():
        found = [{"notice_id": id_, "stems": stems_of(folded)} for id_, folded in rows]
        connection.execute(sa.insert(search), found)
        after = rows[-1].id


_GONE = (
    "INSERT INTO notice_fts(notice_fts, rowid, stems) VALUES ('delete', old.notice_id, old.stems)"
)
_CAME = "INSERT INTO notice_fts(rowid, stems) VALUES (new.notice_id, new.stems)"
_FIND = {
    # The tokens are ours, parted by blanks: `ascii` takes every other letter as it stands.
    "sqlite": (
        "CREATE VIRTUAL TABLE notice_fts USING fts5(stems, content='notice_search', "
        "content_rowid='notice_id', detail='none', columnsize=0, "
        "tokenize=\"ascii tokenchars '.+'\")",
        f"CREATE TRIGGER notice_search_insert AFTER INSERT ON notice_search BEGIN {_CAME}; END",
        f"CREATE TRIGGER notice_search_delete AFTER DELETE ON notice_search BEGIN {_GONE}; END",
        "CREATE TRIGGER notice_search_update AFTER UPDATE ON notice_search "
        f"BEGIN {_GONE}; {_CAME}; END",
    ),
    "postgresql": (
        "CREATE INDEX notice_search_stems ON notice_search "
        "USING gin (array_to_tsvector(string_to_array(stems, ' ')))",
    ),
}
