"""The index of words: every notice's stems, each once, kept with the notice.

The words are folded and stemmed by us, because neither engine knows Kazakh: both store the same
stems and only find them, SQLite by an FTS5 table kept by triggers, PostgreSQL by a GIN index over
`array_to_tsvector`. See docs/decisions/0012-search.md.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from catalog.words import stem, words
from service.store.tables import NoticeRow, NoticeSearchRow

MOST_STEMS = 1_500
LEAD = "+lead"
"""A mark among the stems, which no word can be, of notices that some lead came of: a search among
leads then meets few rows, however common its words."""
_BATCH = 1_000


def stems_of(folded: str) -> str:
    """Give the distinct stems of a folded text, apart by blanks, in their order."""
    found = dict.fromkeys(token(word) for word in words(folded))
    return " ".join(list(found)[:MOST_STEMS])


def token(word: str) -> str:
    """Write a word as it is found by: a number in one way, anything else by its stem."""
    return word.replace(",", ".") if word[0].isdigit() else stem(word).replace("'", "")


def index_new(session: Session, folded: Mapping[int, str]) -> None:
    """Put notices into the index that are not in it; `folded` is their text by key."""
    rows = [{"notice_id": id_, "stems": stems_of(text)} for id_, text in folded.items()]
    if rows:
        session.execute(insert(NoticeSearchRow), rows)


def index_notices(session: Session, folded: Mapping[int, str]) -> None:
    """Put notices into the index anew; `folded` is their text by key."""
    query = select(NoticeSearchRow).where(col(NoticeSearchRow.notice_id).in_(list(folded)))
    held = session.exec(query).all()
    for row in held:
        row.stems = _stored(folded[row.notice_id], marked=LEAD in row.stems.split())
        session.add(row)
    known = {row.notice_id for row in held}
    index_new(session, {id_: text for id_, text in folded.items() if id_ not in known})


def _stored(folded: str, *, marked: bool) -> str:
    return f"{stems_of(folded)} {LEAD}".strip() if marked else stems_of(folded)


def mark_leads(session: Session, notice_ids: Collection[int]) -> None:
    """Note that leads came of these notices."""
    query = select(NoticeSearchRow.notice_id, NoticeSearchRow.stems).where(
        col(NoticeSearchRow.notice_id).in_(list(notice_ids))
    )
    marked = [
        {"notice_id": id_, "stems": f"{stems} {LEAD}".strip()}
        for id_, stems in session.exec(query)
        if LEAD not in stems.split()
    ]
    if marked:
        session.execute(update(NoticeSearchRow), marked)


def reindex(session: Session, *, after: int = 0) -> int | None:
    """Index the next batch of notices beyond key `after`; gives its last key, None at the end."""
    query = (
        select(NoticeRow.id, NoticeRow.folded)
        .where(col(NoticeRow.id) > after)
        .order_by(col(NoticeRow.id))
        .limit(_BATCH)
    )
    rows = [(id_, folded) for id_, folded in session.exec(query) if id_ is not None]
    index_notices(session, dict(rows))
    return rows[-1][0] if rows else None


def clear(session: Session) -> None:
    """Empty the index."""
    session.execute(delete(NoticeSearchRow))
