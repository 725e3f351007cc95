"""What the outbox hands around."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from service.store.tables.naming import DeliveryKind, DeliveryState

ANSWERS = frozenset({DeliveryKind.SIGN_IN, DeliveryKind.INVITATION})
"""Mails that answer what somebody just did: they go first, and to the unsubscribed too."""
LEASE = timedelta(seconds=60)
"""Until the text is handed over. A slow server may outlast it: then the hand-over is refused and
whoever came after goes on, so a short lease costs no duplicate."""
HANDED_LEASE = timedelta(minutes=11)
"""From the hand-over on: the server has ten minutes to answer the final dot."""
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
RETRY_DAILY = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(days=5)
DOUBT_AFTER = timedelta(minutes=15)
MOST_DOUBTS = 2
"""After a doubt one more attempt with the same Message-ID; a second doubt ends it, and is shown."""


@dataclass(frozen=True, slots=True)
class Held:
    """A mail as its holder has it. `fencing` proves the holding."""

    id: int
    person_id: int
    kind: DeliveryKind
    slot: str
    address: str
    message_id: str
    body_path: str
    fencing: int
    owner: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """How one mail stands after a round. `reply` is the server's words, or why it stays."""

    id: int
    person_id: int
    kind: DeliveryKind
    slot: str
    state: DeliveryState
    reply: str = ""
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Brakes:
    """How many mails may leave within 24 hours, in all and to one person."""

    a_day: int
    a_person: int


def next_attempt(attempts: int, created_at: datetime, now: datetime) -> datetime | None:
    """Give when a mail put off `attempts` times is tried again, None when it is given up."""
    wait = RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else RETRY_DAILY
    return None if now + wait > created_at + GIVEN_UP_AFTER else now + wait
