"""Who may send a mail: claimed with a lease, handed over, ended. Each step is one transaction.

The order is the guarantee. `claim` refuses who wants no mail; `hand_over` notes, before a byte of
the text leaves, that it is about to; `finish` notes the answer. Killed before the hand-over, a mail
was surely not sent; killed after it, it is a doubt, counted and tried once more. Every step checks
the fencing number, so that a holder whose lease lapsed changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, func, or_
from sqlalchemy.orm import QueryableAttribute, aliased, defer
from sqlmodel import Session, col, select

from service.outbox.freezing import frozen_message
from service.outbox.presence import gone_holders
from service.outbox.records import (
    ANSWERS,
    DOUBT_AFTER,
    HANDED_LEASE,
    LEASE,
    MOST_DOUBTS,
    Brakes,
    Held,
    next_attempt,
)
from service.store.postgresql import named_lock
from service.store.tables import DeliveryRow, PersonRow
from service.store.tables.naming import DeliveryKind, DeliveryState

_IS_ANSWER = col(DeliveryRow.kind).in_([kind.value for kind in ANSWERS])
_OPEN = (DeliveryState.FROZEN.value, DeliveryState.RETRY.value, DeliveryState.UNKNOWN.value)
_BATCH = 200
_DAY = timedelta(hours=24)


def due(
    session: Session, now: datetime, limit: int = _BATCH, *, people: range | None = None
) -> list[int]:
    """List what may be tried now: answers first, then the oldest, so that a change never arrives
    before what it changes. `people` are the ids of those whose mails are asked for, all if None."""
    query = (
        select(DeliveryRow.id)
        .where(*_is_due(now), *_to(people))
        .order_by(_IS_ANSWER.desc(), col(DeliveryRow.id))
        .limit(limit)
    )
    return [id_ for id_ in session.exec(query) if id_ is not None]


def due_by_person(session: Session, now: datetime) -> dict[int, int]:
    """Count what may be tried now, by the person's id."""
    query = (
        select(DeliveryRow.person_id, func.count())
        .where(*_is_due(now))
        .group_by(col(DeliveryRow.person_id))
    )
    return dict(session.exec(query).all())


def _is_due(now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    return col(DeliveryRow.due_at) <= now, col(DeliveryRow.state).in_(_OPEN)


def _to(people: range | None) -> tuple[ColumnElement[bool], ...]:
    if people is None:
        return ()
    return (col(DeliveryRow.person_id).between(people.start, people.stop - 1),)


def _is_first(now: BindParameter[datetime]) -> ColumnElement[bool]:
    """No earlier mail to the same person is being sent, or could be: of two processes, one may be
    quicker with the later mail. What answers somebody waits for nothing."""
    before = aliased(DeliveryRow)
    waits = exists().where(
        col(before.person_id) == col(DeliveryRow.person_id),
        col(before.id) < col(DeliveryRow.id),
        or_(
            col(before.state) == DeliveryState.SENDING.value,
            (col(before.due_at) <= now) & col(before.state).in_(_OPEN),
        ),
    )
    return or_(_IS_ANSWER, ~waits)


def release_lapsed(
    session: Session, owner: str, now: datetime, *, alone: bool, wall: datetime
) -> None:
    """Free what a dead holder left: to be tried at once where nothing was handed over, else as a
    doubt. `alone` means that no other process can be alive, so that no lease need be outwaited; nor
    is that of a holder whose session with the database server ended. `wall` is the time that leases
    go by: the server's, since a machine whose clock is ahead would take every mail from others."""
    gone = gone_holders(session) - {owner}
    lapsed = or_(
        col(DeliveryRow.lease_until) <= wall, col(DeliveryRow.lease_owner).in_(sorted(gone))
    )
    dead = col(DeliveryRow.lease_owner) != owner
    query = (
        select(DeliveryRow)
        .where(
            DeliveryRow.state == DeliveryState.SENDING.value,
            or_(lapsed, dead) if alone else lapsed,
        )
        .with_for_update(skip_locked=True)
    )
    for row in session.exec(query):
        if row.handed_at is None:
            _free(row, DeliveryState.RETRY, now)
            row.due_at = now
        else:
            _doubt(row, "the process that sent it ended before the answer", now)
        session.add(row)


# Asked for every mail: putting such a statement together takes longer than its answer.
_NOW: BindParameter[datetime] = bindparam("now")
_TO_BE_CLAIMED = (
    select(DeliveryRow)
    .where(col(DeliveryRow.id) == bindparam("id"), *_is_due(_NOW), _is_first(_NOW))
    .with_for_update(skip_locked=True)
)
_HELD = (
    select(DeliveryRow)
    .where(
        col(DeliveryRow.id) == bindparam("id"),
        col(DeliveryRow.fencing) == bindparam("fencing"),
        col(DeliveryRow.lease_owner) == bindparam("owner"),
        col(DeliveryRow.state) == DeliveryState.SENDING.value,
    )
    .options(defer(cast("QueryableAttribute[bytes | None]", DeliveryRow.body)))
    .with_for_update()
)
_WISHES = (
    select(
        PersonRow.disabled_at,
        PersonRow.suppressed_at,
        PersonRow.suppressed_for,
        PersonRow.unsubscribed_at,
    )
    .where(col(PersonRow.id) == bindparam("id"))
    .with_for_update(read=True)
)
_LEFT = (
    select(DeliveryRow.handed_at)
    .where(
        col(DeliveryRow.person_id) == bindparam("id"),
        col(DeliveryRow.handed_at) > bindparam("since"),
    )
    .order_by(col(DeliveryRow.handed_at).desc())
    .limit(bindparam("most"))
)


def claim(
    session: Session, id_: int, owner: str, now: datetime, brakes: Brakes, *, wall: datetime
) -> Held | DeliveryState | None:
    """Take a mail, or say the state it got instead (suppressed, put off by the brake, refused for
    want of its text). None where another holds it, it is no longer due, or an earlier mail to the
    same person is to leave first. `wall` is the time that leases go by."""
    row = session.exec(_TO_BE_CLAIMED, params={"id": id_, "now": now}).first()
    if row is None:
        return None
    session.add(row)
    if reason := _unwanted(session, row):
        return _ended(row, DeliveryState.SUPPRESSED, reason, now)
    if (free_at := _braked_until(session, row.person_id, now, brakes.a_person)) is not None:
        row.due_at, row.reply = free_at, "too many mails to this person within 24 hours"
        row.state, row.state_at = DeliveryState.RETRY.value, now
        return DeliveryState.RETRY
    message = frozen_message(row) or _from_file(row.body_path)
    if message is None:
        return _ended(row, DeliveryState.REFUSED, f"the frozen {row.body_path} is lost", now)
    row.state, row.state_at = DeliveryState.SENDING.value, now
    row.lease_owner, row.lease_until = owner, wall + LEASE
    row.fencing, row.handed_at = row.fencing + 1, None
    return _held(row, owner, message)


def _held(row: DeliveryRow, owner: str, message: bytes) -> Held:
    assert row.id is not None  # noqa: S101 - it was read from the database
    return Held(
        id=row.id,
        person_id=row.person_id,
        kind=DeliveryKind(row.kind),
        slot=row.slot,
        address=row.address,
        message_id=row.message_id,
        body_path=row.body_path,
        fencing=row.fencing,
        owner=owner,
        message=message,
    )


def hand_over(session: Session, held: Held, now: datetime, wall: datetime) -> bool:
    """Note that the text is about to leave. False where it must not: the lease went to another, or
    the person unsubscribed meanwhile (then the mail has ended). `wall` is the time that leases go
    by."""
    row = _mine(session, held)
    if row is None:
        return False
    if reason := _unwanted(session, row):
        _ended(row, DeliveryState.SUPPRESSED, reason, now)
        session.add(row)
        return False
    row.handed_at, row.lease_until = now, wall + HANDED_LEASE
    session.add(row)
    return True


def finish(
    session: Session,
    held: Held,
    state: DeliveryState,
    now: datetime,
    *,
    code: int | None = None,
    reply: str = "",
) -> DeliveryState | None:
    """Note how an attempt ended and give the state it led to: one put off for five days is given
    up. None where the holding had lapsed, and nothing was changed."""
    row = _mine(session, held)
    if row is None:
        return None
    session.add(row)
    row.code, row.attempts = code, row.attempts + 1
    if state is DeliveryState.UNKNOWN:
        return _doubt(row, reply, now)
    if state is not DeliveryState.RETRY:
        return _ended(row, state, reply, now)
    again = next_attempt(row.attempts, row.created_at, now)
    if again is None:
        return _ended(row, DeliveryState.REFUSED, f"given up: {reply}", now)
    _free(row, DeliveryState.RETRY, now)
    # It was not taken: what the server refused cannot have arrived.
    row.due_at, row.reply, row.handed_at = again, reply, None
    return DeliveryState.RETRY


def left_today(session: Session, now: datetime) -> int:
    """Count the mails whose text was handed over within the last 24 hours."""
    query = select(func.count()).where(col(DeliveryRow.handed_at) > now - _DAY)
    return session.exec(query).one()


def is_full(session: Session, now: datetime, a_day: int) -> bool:
    """Whether the brake of 24 hours is reached, counting what is being sent just now. Others that
    ask wait until this transaction ends: two at once would both take the last place."""
    named_lock(session, "outbox brake")
    sending = select(func.count()).where(
        DeliveryRow.state == DeliveryState.SENDING.value, col(DeliveryRow.handed_at).is_(None)
    )
    return left_today(session, now) + session.exec(sending).one() >= a_day


def _mine(session: Session, held: Held) -> DeliveryRow | None:
    """Lock the row for writing, if it is still held."""
    names = {"id": held.id, "fencing": held.fencing, "owner": held.owner}
    return session.exec(_HELD, params=names).first()


def _unwanted(session: Session, row: DeliveryRow) -> str:
    """Say why this person may get no mail now, "" where they may. The row is locked: an unsubscribe
    that committed is seen, and one that comes now waits for us."""
    disabled_at, suppressed_at, suppressed_for, unsubscribed_at = session.exec(
        _WISHES, params={"id": row.person_id}
    ).one()
    if disabled_at is not None:
        return "the person is no longer in the list"
    if suppressed_at is not None:
        return f"mail to this address came back: {suppressed_for}"
    if unsubscribed_at is not None and DeliveryKind(row.kind) not in ANSWERS:
        return "the person unsubscribed"
    return ""


def _braked_until(session: Session, person_id: int, now: datetime, most: int) -> datetime | None:
    """Give when a person may get the next mail, None for at once."""
    names = {"id": person_id, "since": now - _DAY, "most": most}
    query: Sequence[datetime | None] = session.exec(_LEFT, params=names).all()
    oldest = query[most - 1] if len(query) == most else None
    return oldest + _DAY if oldest is not None else None


def _from_file(path: str) -> bytes | None:
    """Read what an earlier version froze in a file only."""
    try:
        return Path(path).read_bytes() if path else None
    except OSError:
        return None


def _doubt(row: DeliveryRow, reply: str, now: datetime) -> DeliveryState:
    _free(row, DeliveryState.UNKNOWN, now)
    row.doubts += 1
    row.due_at = now + DOUBT_AFTER if row.doubts < MOST_DOUBTS else None
    row.reply = reply
    return DeliveryState.UNKNOWN


def _ended(row: DeliveryRow, state: DeliveryState, reply: str, now: datetime) -> DeliveryState:
    _free(row, state, now)
    row.due_at, row.reply = None, reply
    row.body = None  # its file stays, where it has one
    return state


def _free(row: DeliveryRow, state: DeliveryState, now: datetime) -> None:
    row.state, row.state_at = state.value, now
    row.lease_owner = row.lease_until = None
