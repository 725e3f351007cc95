"""Attached files: which are to be read, what became of them, what they say."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from scrapers.documents import State
from scrapers.documents import records as files
from scrapers.records import Document as Attachment
from scrapers.records import Phase
from service.documents.codec import Document, dump_document, load_document
from service.store.postgresql import named_lock
from service.store.tables import (
    DocumentCheckRow,
    DocumentRow,
    DocumentTextRow,
    LeadRow,
    LotRow,
    MatchRow,
    NoticeRow,
)

# Worth trying again with another reader or further programs.
_CURABLE = (State.UNREAD, State.PARTIAL, State.TIMED_OUT, State.CRASHED)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Unconsidered:
    """A notice that was not looked at since it changed. `lead`: it has one. `before`: it was looked
    at when it said something else, or had no lead."""

    notice_id: int
    record: str
    content_hash: str
    lead: bool
    before: bool


@dataclass(frozen=True, slots=True)
class DueDocument:
    """A file to be fetched, or read anew from the archive by `sha256`. `readers` are the portal
    modules that may fetch it, the best first."""

    id: int
    notice_id: int
    url: str
    readers: tuple[str, ...]
    sha256: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a notice as it stands: `document` is None where it has no text."""

    url: str
    title: str
    lot: str | None
    kind: str | None
    state: State
    reason: str
    document: Document | None


def unconsidered(
    session: Session, now: datetime, limit: int, *, after: int = 0
) -> list[Unconsidered]:
    """Give notices beyond key `after` that are still open, and are new, changed, or have a lead now
    where they were not worth reading before. Whether they have documents their records say."""
    lead = exists().where(
        col(LeadRow.match_id) == col(MatchRow.id),
        col(MatchRow.lot_id) == col(LotRow.id),
        col(LotRow.notice_id) == col(NoticeRow.id),
    )
    check = DocumentCheckRow
    query = (
        sa_select(
            col(NoticeRow.id),
            col(NoticeRow.record),
            col(NoticeRow.content_hash),
            lead,
            col(check.content_hash),
        )
        .outerjoin(check, col(check.notice_id) == col(NoticeRow.id))
        .where(
            col(NoticeRow.id) > after,
            or_(
                col(check.notice_id).is_(None),
                col(check.content_hash) != col(NoticeRow.content_hash),
                col(check.wanted).is_(False) & lead,
            ),
            col(NoticeRow.gone_at).is_(None),
            col(NoticeRow.phase).in_((Phase.PLAN.value, Phase.OPEN.value)),
            or_(col(NoticeRow.ends_at).is_(None), col(NoticeRow.ends_at) > now),
        )
        .order_by(col(NoticeRow.id))
        .limit(limit)
    )
    return [
        Unconsidered(id_, record, hash_, bool(has_lead), before is not None)
        for id_, record, hash_, has_lead, before in session.execute(query)
        if id_ is not None
    ]


def consider(
    session: Session,
    notice: Unconsidered,
    documents: Iterable[tuple[str | None, Attachment]],
    *,
    wanted: bool,
    now: datetime,
) -> int:
    """Note that a notice was looked at, and put its files down to be read if `wanted`.

    `documents` come with the id of the lot they belong to. One that has none is to be `wanted`, so
    that a lead makes nobody look at it again. Returns how many are new.
    """
    known: set[str] = set()
    check = DocumentCheckRow(
        notice_id=notice.notice_id, content_hash=notice.content_hash, wanted=wanted
    )
    if notice.before:
        session.merge(check)
        query = select(DocumentRow.url).where(DocumentRow.notice_id == notice.notice_id)
        known.update(session.exec(query))
    else:
        session.add(check)
    if not wanted:
        return 0
    new = 0
    for lot, attachment in documents:
        url = _plain(attachment.url)
        if url in known:
            continue
        known.add(url)
        new += 1
        session.add(
            DocumentRow(
                notice_id=notice.notice_id,
                lot=lot,
                url=url,
                title=_plain(attachment.title)[:300],
                kind=attachment.kind,
                state=State.WAITING.value,
                created_at=now,
                next_at=now,
            )
        )
    return new


def due_documents(session: Session, now: datetime, portal: str | None = None) -> list[DueDocument]:
    """Give the files whose time has come, those of the nearest deadline first; of what a `portal`
    published or was read by, if given."""
    query = (
        select(DocumentRow, NoticeRow.portal, NoticeRow.reader)
        .join(NoticeRow, col(NoticeRow.id) == col(DocumentRow.notice_id))
        .where(
            col(DocumentRow.next_at) <= now,
            col(NoticeRow.gone_at).is_(None),
            or_(col(NoticeRow.ends_at).is_(None), col(NoticeRow.ends_at) > now),
            *_of(portal),
        )
        .order_by(col(NoticeRow.ends_at).is_(None), col(NoticeRow.ends_at), col(DocumentRow.id))
    )
    return [
        DueDocument(row.id, row.notice_id, row.url, (portal, reader), row.sha256, row.tries)
        for row, portal, reader in session.exec(query)
        if row.id is not None
    ]


def _of(portal: str | None) -> tuple[ColumnElement[bool], ...]:
    if portal is None:
        return ()
    return (or_(col(NoticeRow.portal) == portal, col(NoticeRow.reader) == portal),)


def try_again(session: Session, reader: str, now: datetime) -> None:
    """Make due again what another reader, or the same with fewer programs, could not read."""
    stale = select(DocumentTextRow.sha256).where(
        col(DocumentTextRow.state).in_([state.value for state in _CURABLE]),
        DocumentTextRow.reader != reader,
    )
    session.execute(
        update(DocumentRow)
        .where(col(DocumentRow.sha256).in_(stale), col(DocumentRow.next_at).is_(None))
        .values(next_at=now)
    )


def known_text(session: Session, sha256: str, reader: str) -> bool:
    """Whether this content was read already, as well as this reader could."""
    row = session.get(DocumentTextRow, sha256)
    return row is not None and (row.reader == reader or row.state not in _CURABLE)


def save_text(
    session: Session, sha256: str, document: Document, *, reader: str, now: datetime
) -> None:
    """Keep what a content says, in place of what an earlier reader made of it.

    Two portals may publish one file, and two processes read it at once.
    """
    named_lock(session, f"document text {sha256}")
    read = document.read
    pages = sum(max(one.page_count, len(one.pages)) for one in read.walk())
    row = session.get(DocumentTextRow, sha256)
    fresh = DocumentTextRow(
        sha256=sha256,
        reader=reader,
        state=read.state.value,
        file_kind=read.kind.value,
        reason=_plain(read.reason),
        pages=min(pages, 2**31 - 1),
        content=zlib.compress(dump_document(document, tables=False), 6),
        read_at=now,
    )
    if row is None:
        session.add(fresh)
    else:
        row.sqlmodel_update(fresh.model_dump(exclude={"sha256"}))
        session.add(row)
    session.flush()


def settle(session: Session, due: DueDocument, sha256: str, now: datetime) -> State:
    """Note that a file holds a content whose text is kept, and have its notice matched anew."""
    text = session.get_one(DocumentTextRow, sha256)
    row = session.get_one(DocumentRow, due.id)
    row.state, row.reason, row.pages = text.state, text.reason, text.pages
    row.sha256, row.read_at, row.next_at, row.tries = sha256, now, None, 0
    session.add(row)
    _match_again(session, due.notice_id)
    return State(text.state)


def postpone(
    session: Session,
    due: DueDocument,
    state: State,
    reason: str,
    next_at: datetime | None,
) -> None:
    """Note why a file could not be had, and when to ask again; None: never."""
    row = session.get_one(DocumentRow, due.id)
    if row.state != state.value:
        _match_again(session, due.notice_id)
    row.state, row.reason, row.next_at = state.value, _plain(reason)[:500], next_at
    row.tries = due.tries + 1
    session.add(row)


def _plain(text: str) -> str:
    """Text without NUL, which PostgreSQL refuses."""
    return text.replace("\x00", "\ufffd")


def _match_again(session: Session, notice_id: int) -> None:
    # Not through the session: a notice read for something else must not be written back whole.
    session.execute(
        update(NoticeRow).where(col(NoticeRow.id) == notice_id).values(matched_key=None)
    )


def attached_to(session: Session, portal: str, notice: str) -> tuple[Attached, ...]:
    """Give the files of one notice by its portal and id."""
    query = select(NoticeRow.id).where(NoticeRow.portal == portal, NoticeRow.external_id == notice)
    id_ = session.exec(query).first()
    return () if id_ is None else attached(session, [id_]).get(id_, ())


def attached(session: Session, notice_ids: Sequence[int]) -> dict[int, tuple[Attached, ...]]:
    """Give the files of these notices with what they say; a notice without any is left out."""
    found: dict[int, list[Attached]] = {}
    for start in range(0, len(notice_ids), _BATCH):
        query = (
            select(DocumentRow, DocumentTextRow)
            .outerjoin(DocumentTextRow, col(DocumentTextRow.sha256) == col(DocumentRow.sha256))
            .where(col(DocumentRow.notice_id).in_(notice_ids[start : start + _BATCH]))
            .order_by(col(DocumentRow.id))
        )
        for row, text in session.exec(query):
            found.setdefault(row.notice_id, []).append(_attached(row, text))
    return {id_: tuple(rows) for id_, rows in found.items()}


def _attached(row: DocumentRow, text: DocumentTextRow | None) -> Attached:
    state = State(row.state)
    document = None
    if text is not None and state in files.WITH_TEXT:
        document = load_document(zlib.decompress(text.content))
    return Attached(row.url, row.title, row.lot, row.kind, state, row.reason, document)
