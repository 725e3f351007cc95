"""Counting attempts to sign in, by account and by network, so that guessing is slow everywhere."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, func, select

from service.store.tables import SignInAttemptRow

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_NETWORK = 30


def note_attempt(session: Session, address: str, network: str, now: datetime) -> bool:
    """Count an attempt and tell whether it may go on; False beyond the limits. An attempt beyond
    them counts too, so that hammering keeps the door shut."""
    account, since = account_of(address), now - WINDOW
    session.execute(delete(SignInAttemptRow).where(col(SignInAttemptRow.at) < since))
    by_account = _count(session, col(SignInAttemptRow.account) == account, since)
    by_network = _count(session, col(SignInAttemptRow.network) == network, since)
    session.add(SignInAttemptRow(account=account, network=network, at=now))
    return by_account < PER_ACCOUNT and by_network < PER_NETWORK


def forget_attempts(session: Session, address: str) -> None:
    """Forget an account's attempts, once its person signed in."""
    asked = col(SignInAttemptRow.account) == account_of(address)
    session.execute(delete(SignInAttemptRow).where(asked))


def account_of(address: str) -> str:
    """Give the mark under which an address is counted."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:32]


def _count(session: Session, asked: ColumnElement[bool], since: datetime) -> int:
    query = select(func.count()).select_from(SignInAttemptRow)
    return session.exec(query.where(asked, col(SignInAttemptRow.at) >= since)).one()
