"""Full-text search over notices that understands Russian and Kazakh inflection.

The words are folded and stemmed by us, because PostgreSQL has no Kazakh and SQLite neither: both
engines store the same stems (`notice_search`) and only find them. SQLite by an FTS5 table kept by
triggers, PostgreSQL by a GIN index over `array_to_tsvector`. See docs/decisions/0016-search.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, cast, delete, func, insert, text
from sqlalchemy import select as sql_select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.selectable import Select, TextualSelect
from sqlmodel import Session, col, select

from catalog.words import fold, stem, words
from service.store.tables import NoticeRow, NoticeSearchRow

LONGEST_QUERY = 200
MOST_STEMS = 1_500
MOST_WORDS = 12
_BATCH = 1_000
LEAD = "+lead"
"""A mark among the stems, which no word can be, of notices that some lead came of: a search among
leads then meets few rows, however common its words."""


def stems_of(folded: str) -> str:
    """Give the distinct stems of a folded text, apart by blanks, in their order."""
    found = dict.fromkeys(_token(word) for word in words(folded))
    return " ".join(list(found)[:MOST_STEMS])


def _token(word: str) -> str:
    """Write a word as it is found by: a number in one way, anything else by its stem."""
    return word.replace(",", ".") if word[0].isdigit() else stem(word).replace("'", "")


def query_stems(query: str) -> tuple[str, ...]:
    """Give the stems a query asks for; empty where it holds no word."""
    found = dict.fromkeys(_token(word) for word in words(fold(query[:LONGEST_QUERY])))
    return tuple(token for token in found if token)[:MOST_WORDS]


def index_notices(session: Session, folded: Mapping[int, str]) -> None:
    """Put notices into the index, or anew; `folded` is their text by key."""
    if not folded:
        return
    held = session.exec(
        select(NoticeSearchRow).where(col(NoticeSearchRow.notice_id).in_(list(folded)))
    ).all()
    for row in held:
        marked = LEAD in row.stems.split()
        row.stems = _stored(folded[row.notice_id], marked=marked)
        session.add(row)
    known = {row.notice_id for row in held}
    new = [
        {"notice_id": id_, "stems": _stored(text_, marked=False)}
        for id_, text_ in folded.items()
        if id_ not in known
    ]
    if new:
        session.execute(insert(NoticeSearchRow), new)


def _stored(folded: str, *, marked: bool) -> str:
    return f"{stems_of(folded)} {LEAD}".strip() if marked else stems_of(folded)


def mark_lead(session: Session, notice_id: int) -> None:
    """Note that a lead came of a notice."""
    row = session.get(NoticeSearchRow, notice_id)
    if row is not None and LEAD not in row.stems.split():
        row.stems = f"{row.stems} {LEAD}".strip()
        session.add(row)


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


def found_notices(
    session: Session, stems: Sequence[str], *, leads: bool = False
) -> Select[Any] | TextualSelect:
    """Give a subquery of the keys of notices that hold every stem."""
    asked = [*stems, LEAD] if leads else list(stems)
    if session.get_bind().dialect.name == "sqlite":
        return (
            text("SELECT rowid FROM notice_fts WHERE notice_fts MATCH :stems")
            .bindparams(bindparam("stems", " ".join(_quoted(asked, '"'))))
            .columns(rowid=Integer)
        )
    return sql_select(col(NoticeSearchRow.notice_id)).where(_holds(asked))


def _holds(stems: Iterable[str]) -> ColumnElement[bool]:
    """PostgreSQL: the expression must be the one the index was made of."""
    vector = func.array_to_tsvector(func.string_to_array(col(NoticeSearchRow.stems), " "))
    asked = " & ".join(_quoted(stems, "'"))
    return vector.op("@@")(cast(asked, TSQUERY))


def _quoted(stems: Iterable[str], mark: str) -> list[str]:
    return [f"{mark}{each.replace(mark, '').replace(chr(92), '')}{mark}" for each in stems]
