"""Who of those that hold mails is still alive, told by PostgreSQL: a killed process has no session.

Its lock goes with the session, so that what it held is free within moments and not after a lease. A
holder whose session broke while it lives on is fenced out: what it ends changes nothing.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from service.store import Store
from service.store.postgresql import is_postgresql
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryState

# The first of the two numbers of a lock: ours, apart from the locks with one number elsewhere.
_ROOM = 1_969_583_209


@contextmanager
def present(store: Store) -> Iterator[None]:
    """Be known as alive while mails are held. On SQLite there is one writer, and nothing to do."""
    if not is_postgresql(store.engine):
        yield
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        # Shared: two rounds of one process may overlap.
        session.execute(text("SELECT pg_advisory_lock_shared(:room, :owner)"), _lock(store.owner))
        try:
            yield
        finally:
            with suppress(DBAPIError):  # a session that broke holds nothing any more
                session.execute(
                    text("SELECT pg_advisory_unlock_shared(:room, :owner)"), _lock(store.owner)
                )


def gone_holders(session: Session) -> frozenset[str]:
    """Name the holders of mails that no process stands behind any more; on SQLite none."""
    if not is_postgresql(session):
        return frozenset()
    query = (
        select(DeliveryRow.lease_owner)
        .where(DeliveryRow.state == DeliveryState.SENDING.value)
        .where(col(DeliveryRow.lease_owner).is_not(None))
        .distinct()
    )
    free = text("SELECT pg_try_advisory_xact_lock(:room, :owner)")
    holders = [owner for owner in session.exec(query) if owner is not None]
    return frozenset(owner for owner in holders if session.execute(free, _lock(owner)).scalar_one())


def _lock(owner: str) -> dict[str, int]:
    number = int.from_bytes(hashlib.sha256(owner.encode()).digest()[:4], "big", signed=True)
    return {"room": _ROOM, "owner": number}
