"""Full-text search over notices that understands Russian and Kazakh inflection, on both engines
alike: a query is folded and stemmed as the texts were (`service.store.stems`)."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, cast, func, text
from sqlalchemy import select as sql_select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.selectable import Select, TextualSelect
from sqlmodel import Session, col

from catalog.words import fold, words
from service.store.stems import LEAD, token
from service.store.tables import NoticeSearchRow

LONGEST_QUERY = 200
MOST_WORDS = 12


def query_stems(query: str) -> tuple[str, ...]:
    """Give the stems a query asks for; empty where it holds no word."""
    found = dict.fromkeys(token(word) for word in words(fold(query[:LONGEST_QUERY])))
    return tuple(each for each in found if each)[:MOST_WORDS]


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
