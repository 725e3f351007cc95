"""The database: tables, engine, units of work, and functions on a session by topic.

`open_store` gives a Store; `store.writing()` and `store.reading()` give a session for one unit of
work. Nothing outside this package writes SQL. What is special to an engine stays in `sqlite.py` and
`postgresql.py`.
"""

from service.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
