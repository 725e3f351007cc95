"""Deleting rows that nobody needs for ever. Notices, leads and what was told are kept."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col

from service.store.tables import LoginLinkRow, RunRow, SignInAttemptRow, WebSessionRow
from service.store.tables.naming import RunState

OFTEN = timedelta(days=2)
"""How long runs of jobs that are due every minute or quarter of an hour are kept."""
OFTEN_DUE = (
    *("deliver", "match", "documents", "heartbeat"),
    *("deliver part", "match part", "document part"),
)


def delete_old(
    session: Session, *, runs_before: datetime, sign_ins_before: datetime, now: datetime
) -> dict[str, int]:
    """Delete ended runs, and sign-ins that are over. Gives how many rows of each."""
    ended = col(RunRow.state) == RunState.ENDED.value
    often = col(RunRow.job).in_(OFTEN_DUE) & (col(RunRow.ended_at) < now - OFTEN)
    old = col(RunRow.ended_at) < runs_before
    return {
        "runs": _delete(session, RunRow, ended & (often | old)),
        "sign-in attempts": _delete(
            session, SignInAttemptRow, col(SignInAttemptRow.at) < sign_ins_before
        ),
        "sign-in links": _delete(
            session, LoginLinkRow, col(LoginLinkRow.expires_at) < sign_ins_before
        ),
        "sessions": _delete(session, WebSessionRow, col(WebSessionRow.expires_at) < now),
    }


def _delete(session: Session, table: type[SQLModel], condition: object) -> int:
    statement = delete(table).where(condition)  # type: ignore[arg-type]  # a column expression
    return session.execute(statement).rowcount  # type: ignore[attr-defined, no-any-return]
