"""Awards and contracts: who won, at what price, and which notices are one purchase."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
