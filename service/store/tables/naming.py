"""Names of constraints and column types that every table shares."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

METADATA = SQLModel.metadata
# Without fixed names a migration cannot alter a constraint later, least of all on SQLite.
METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def one_of(column: str, values: Iterable[str], *, null: bool = False) -> CheckConstraint:
    """Let a text column hold only these values. SQLModel does not validate table models, and
    SQLite would take any text."""
    listed = ", ".join(f"'{value}'" for value in values)
    alternative = f" OR {column} IS NULL" if null else ""
    return CheckConstraint(f"{column} IN ({listed}){alternative}", name=column)


class Origin(StrEnum):
    """Who wrote a catalogue row last. Only bundled rows may be replaced by a newer bundle."""

    BUNDLED = "bundled"
    EDITED = "edited"


class Role(StrEnum):
    """What a person may see: an official and an admin the whole zone, a plant's people their own
    plant. An admin also invites people."""

    OFFICIAL = "official"
    PLANT = "plant"
    ADMIN = "admin"


class RunState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a run ended. Never inferred from the absence of an error."""

    OK = "OK"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class LeadState(StrEnum):
    """What the plant did with a lead. `declined` means not for us, and carries a reason."""

    NEW = "new"
    LOOKING = "looking"
    BIDDING = "bidding"
    WON = "won"
    LOST = "lost"
    DECLINED = "declined"


class DeclineReason(StrEnum):
    """Why a lead is not for a plant. The first three say that it should not have been offered."""

    WRONG_GOODS = "wrong_goods"
    WRONG_SIZE = "wrong_size"
    NOT_A_PURCHASE = "not_a_purchase"
    TOO_SMALL = "too_small"
    TOO_LATE = "too_late"
    PRICE = "price"
    PLACE = "place"
    MAY_NOT_BID = "may_not_bid"
    OTHER = "other"


class DeliveryKind(StrEnum):
    """What a mail is. The two last are answers to what somebody just did."""

    DIGEST = "digest"
    URGENT = "urgent"
    REMINDER = "reminder"
    WEEKLY = "weekly"
    SIGN_IN = "sign_in"
    INVITATION = "invitation"


class DeliveryState(StrEnum):
    """Where a mail stands; a mail that is due and not yet written has no row.

    `frozen`: its bytes are fixed and were never tried; `sending`: somebody holds it; `retry`: put
    off; `unknown`: the link or the process was lost while the server may have taken it; `written`:
    it went into a file, as configured; `suppressed`: its reader wants or can have no mail.
    """

    FROZEN = "frozen"
    SENDING = "sending"
    RETRY = "retry"
    UNKNOWN = "unknown"
    SENT = "sent"
    WRITTEN = "written"
    REFUSED = "refused"
    SUPPRESSED = "suppressed"
