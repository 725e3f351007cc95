"""Signed-in browsers and one-time sign-in links."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, select

from service.store.engine import Store
from service.store.secrets import hashed, new_secret
from service.store.tables import LoginLinkRow, PersonRow, WebSessionRow

LINK_LASTS = timedelta(minutes=10)
_NOTED_EVERY = timedelta(minutes=5)
"""How exactly `seen_at` is kept: a page that is only read must not write each time."""


def start_session(session: Session, person_id: int, now: datetime, lasts: timedelta) -> str:
    """Begin a session and give its secret for the cookie."""
    secret = new_secret()
    session.add(
        WebSessionRow(
            hash=hashed(secret),
            person_id=person_id,
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
        )
    )
    return secret


def session_person(store: Store, secret: str, now: datetime, *, idle: timedelta) -> int | None:
    """Give the id of the person of a session that still holds, and note that it was seen."""
    with store.reading() as session:
        row = session.exec(
            select(WebSessionRow).where(WebSessionRow.hash == hashed(secret))
        ).first()
        if row is None or now >= row.expires_at or now >= row.seen_at + idle:
            return None
        stale, id_, person_id = now >= row.seen_at + _NOTED_EVERY, row.id, row.person_id
    if stale:
        with store.writing() as session:
            session.execute(
                update(WebSessionRow).where(col(WebSessionRow.id) == id_).values(seen_at=now)
            )
    return person_id


def end_session(session: Session, secret: str) -> None:
    """Sign one browser out."""
    session.execute(delete(WebSessionRow).where(col(WebSessionRow.hash) == hashed(secret)))


def end_sessions(session: Session, person_id: int) -> None:
    """Sign a person out everywhere, and spend every sign-in link on its way to them."""
    session.execute(delete(WebSessionRow).where(col(WebSessionRow.person_id) == person_id))
    session.execute(delete(LoginLinkRow).where(col(LoginLinkRow.person_id) == person_id))


def new_login_link(
    session: Session, person_id: int, now: datetime, lasts: timedelta = LINK_LASTS
) -> str:
    """Make a one-time link and give its secret. Links and sessions long past are swept away."""
    secret = new_secret()
    session.execute(delete(LoginLinkRow).where(col(LoginLinkRow.expires_at) < now))
    session.execute(delete(WebSessionRow).where(col(WebSessionRow.expires_at) < now))
    session.add(
        LoginLinkRow(
            hash=hashed(secret), person_id=person_id, created_at=now, expires_at=now + lasts
        )
    )
    return secret


def link_holds(session: Session, secret: str, now: datetime) -> bool:
    """Whether a link would still sign somebody in. Spends nothing: mail scanners look too."""
    row = session.exec(select(LoginLinkRow).where(LoginLinkRow.hash == hashed(secret))).first()
    return row is not None and row.used_at is None and now < row.expires_at


def spend_login_link(session: Session, secret: str, now: datetime) -> int | None:
    """Spend a link and give its person's id; None where it was spent, has lapsed, or never was,
    or its person may no longer sign in. Of two that spend it at once, one gets in."""
    spent = session.execute(
        update(LoginLinkRow)
        .where(
            col(LoginLinkRow.hash) == hashed(secret),
            col(LoginLinkRow.used_at).is_(None),
            col(LoginLinkRow.expires_at) > now,
        )
        .values(used_at=now)
    )
    if not (isinstance(spent, CursorResult) and spent.rowcount):
        return None
    row = session.exec(select(LoginLinkRow).where(LoginLinkRow.hash == hashed(secret))).one()
    person = session.get(PersonRow, row.person_id)
    return row.person_id if person is not None and person.disabled_at is None else None
