"""What a reader does by a link of a mail, without signing in: each acts only when it is POSTed."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from service.people.links import Link
from service.store.tables import JournalRow, LeadRow, PersonRow
from service.store.tables.naming import DeclineReason, LeadState

LEAD = "lead"
"""The purpose of the links of a lead: `{address}/l/{token}`, its id is `link.ids[0]`."""
PREFERENCES = "preferences"
"""The purpose of the link to one's own preferences: `{address}/p/{token}`."""
ACTIONS = ("take", "decline", "makes", "makes_not")
_TAKEN = frozenset({LeadState.LOOKING, LeadState.BIDDING})
_ENDED = frozenset({LeadState.WON, LeadState.LOST})
_LONGEST_REMARK = 1000


class NoSuchLead(LookupError):
    """Raised where the lead of a link is gone, or its reader may no longer see it."""


class Taken(Exception):
    """Raised where somebody else deals with the lead already; `owner` is their address."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"{owner} deals with it already")
        self.owner = owner


def act(
    session: Session,
    link: Link,
    action: str,
    now: datetime,
    *,
    reason: DeclineReason | None = None,
    remark: str = "",
) -> LeadState:
    """Do what a reader chose for the lead of a verified link, and give the lead's state.

    Repeating it changes nothing. Every change goes into the journal. Raises NoSuchLead, Taken, and
    ValueError for an unknown action or a decline without a reason.
    """
    person, lead = session.get(PersonRow, link.person), session.get(LeadRow, link.ids[0])
    if lead is None or person is None or person.disabled_at is not None:
        raise NoSuchLead(link.ids[0])
    if person.role == "plant" and person.plant_id != lead.plant_id:
        raise NoSuchLead(link.ids[0])
    words = " ".join(remark.split())[:_LONGEST_REMARK]
    if action == "take":
        _take(session, lead, person, now)
    elif action == "decline":
        if reason is None:
            raise ValueError("a decline says why")
        _decline(session, lead, person, reason, words, now)
    elif action in ACTIONS:
        if _last_said(session, lead, person) != (action, words):
            _note(session, lead, person, action, None, words, now)
    else:
        raise ValueError(f"no such action: {action!r}")
    return LeadState(lead.state)


def _last_said(session: Session, lead: LeadRow, person: PersonRow) -> tuple[str, str] | None:
    """Give what a person said last of whether their plant makes such goods."""
    query = select(JournalRow).where(
        JournalRow.person_id == person.id,
        JournalRow.subject == "lead",
        JournalRow.subject_id == lead.id,
        col(JournalRow.action).in_(("makes", "makes_not")),
    )
    row = session.exec(query.order_by(col(JournalRow.id).desc())).first()
    return (row.action, json.loads(row.new or '""')) if row else None


def _take(session: Session, lead: LeadRow, person: PersonRow, now: datetime) -> None:
    state = LeadState(lead.state)
    if state in _TAKEN and lead.owner == person.address:
        return
    if state in _TAKEN and lead.owner is not None:
        raise Taken(lead.owner)
    if state in _ENDED:
        return
    before = lead.state
    lead.owner, lead.reason, lead.remark = person.address, None, ""
    _turn(session, lead, LeadState.LOOKING, now)
    _note(session, lead, person, "take", before, lead.state, now)


def _decline(
    session: Session,
    lead: LeadRow,
    person: PersonRow,
    reason: DeclineReason,
    words: str,
    now: datetime,
) -> None:
    before = LeadState(lead.state)
    if before is LeadState.DECLINED or before in _ENDED:
        return
    if before in _TAKEN and lead.owner not in (None, person.address):
        raise Taken(lead.owner)
    lead.reason, lead.remark = reason.value, words
    _turn(session, lead, LeadState.DECLINED, now)
    _note(session, lead, person, "decline", before.value, reason.value, now)


def _turn(session: Session, lead: LeadRow, state: LeadState, now: datetime) -> None:
    lead.state, lead.state_at, lead.version = state.value, now, lead.version + 1
    session.add(lead)


def _note(
    session: Session,
    lead: LeadRow,
    person: PersonRow,
    action: str,
    old: str | None,
    new: str,
    now: datetime,
) -> None:
    session.add(
        JournalRow(
            at=now,
            person_id=person.id,
            actor="link",
            action=action,
            subject="lead",
            subject_id=lead.id,
            old=json.dumps(old, ensure_ascii=False),
            new=json.dumps(new, ensure_ascii=False),
        )
    )


def unsubscribe(session: Session, person_id: int, now: datetime) -> bool:
    """End a person's digests; True also when they had ended already. False for nobody."""
    return _wish(session, person_id, now, wanted=False)


def subscribe(session: Session, person_id: int, now: datetime) -> bool:
    """Let a person's digests begin again. False for nobody."""
    return _wish(session, person_id, now, wanted=True)


def _wish(session: Session, person_id: int, now: datetime, *, wanted: bool) -> bool:
    row = session.get(PersonRow, person_id)
    if row is None:
        return False
    if wanted == (row.unsubscribed_at is not None):
        row.unsubscribed_at = None if wanted else now
        row.updated_at = now
        session.add(row)
        session.add(
            JournalRow(
                at=now,
                person_id=person_id,
                actor="link",
                action="subscribe" if wanted else "unsubscribe",
                subject="person",
                subject_id=person_id,
            )
        )
    return True
