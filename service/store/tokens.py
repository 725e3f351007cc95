"""Keys of API clients."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from service.store.secrets import hashed, new_secret
from service.store.tables import ApiTokenRow

_NOTED_EVERY = timedelta(minutes=5)


def new_token(
    session: Session,
    person_id: int,
    name: str,
    rights: frozenset[str],
    now: datetime,
    lasts: timedelta,
) -> str:
    """Make a key that sees what its person sees, and give it: it is shown once only."""
    secret = "sur_" + new_secret()
    session.add(
        ApiTokenRow(
            hash=hashed(secret),
            person_id=person_id,
            name=name,
            rights=" ".join(sorted(rights)),
            created_at=now,
            expires_at=now + lasts,
        )
    )
    return secret


def find_token(session: Session, secret: str, now: datetime) -> ApiTokenRow | None:
    """Give the key that holds, None for one that was revoked, has lapsed, or never was."""
    row = session.exec(select(ApiTokenRow).where(ApiTokenRow.hash == hashed(secret))).first()
    if row is None or row.revoked_at is not None or now >= row.expires_at:
        return None
    return row


def is_stale(row: ApiTokenRow, now: datetime) -> bool:
    """Whether its last use was noted so long ago that it is worth a write."""
    return row.used_at is None or now >= row.used_at + _NOTED_EVERY


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Note that a key was used."""
    session.execute(update(ApiTokenRow).where(col(ApiTokenRow.id) == token_id).values(used_at=now))


def tokens_of(session: Session, person_id: int) -> list[ApiTokenRow]:
    """Give a person's keys, newest first."""
    query = select(ApiTokenRow).where(ApiTokenRow.person_id == person_id)
    return list(session.exec(query.order_by(col(ApiTokenRow.id).desc())))


def revoke_token(session: Session, token_id: int, person_id: int, now: datetime) -> bool:
    """Revoke a person's key; False where it is not theirs."""
    row = session.get(ApiTokenRow, token_id)
    if row is None or row.person_id != person_id:
        return False
    row.revoked_at = row.revoked_at or now
    session.add(row)
    return True
