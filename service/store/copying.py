"""Moving a database from SQLite to PostgreSQL: every row with its key, counted and checked."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, text

from service.errors import StoreError
from service.store.engine import Store
from service.store.tables import METADATA

BATCH = 1000
_WHOLE = 1 << 128
_LEASES = ("run", "delivery")


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: how many rows, and the sum of their digests, the same on both sides."""

    table: str
    rows: int
    checksum: str


Progress = Callable[[Copied], None]


def copy_database(source: Store, target: Store, now: datetime, on_table: Progress) -> None:
    """Copy every row in one transaction, then read it back and compare.

    Raises StoreError where the target holds rows, somebody holds a lease in the source, or what
    was read back differs: then the target is left as it was.
    """
    with source.engine.connect() as old, target.engine.begin() as new:
        _refuse_leases(old, now)
        for table in METADATA.sorted_tables:
            if new.execute(select(func.count()).select_from(table)).scalar_one():
                raise StoreError(
                    f"the target already holds rows in {table.name}: name an empty one"
                )
        for table in METADATA.sorted_tables:
            on_table(_copy(table, old, new))


def _refuse_leases(old: Connection, now: datetime) -> None:
    for name in _LEASES:
        table = METADATA.tables[name]
        held = select(table.c.lease_owner).where(table.c.lease_until > now)
        if name == "run":
            held = held.where(table.c.state == "running")
        owner = old.execute(held).scalar()
        if owner is not None:
            raise StoreError(
                f"{owner} is at work on the source (a lease in {name}): end it, wait until its "
                "lease has lapsed (three minutes), and copy again"
            )


def _copy(table: Table, old: Connection, new: Connection) -> Copied:
    order = list(table.primary_key.columns)
    streamed = select(table).execution_options(yield_per=BATCH)
    read = old.execute(streamed.order_by(*order))
    before = _Sum()
    for part in read.partitions(BATCH):
        new.execute(insert(table), [dict(row._mapping) for row in part])  # noqa: SLF001 - its API
        before.add(part)
    after = _Sum()
    back = new.execute(streamed)
    for part in back.partitions(BATCH):
        after.add(part)
    if before != after:
        raise StoreError(
            f"{table.name} was read back otherwise than written: {before.rows} rows and "
            f"{after.rows}, {before.hex} and {after.hex}"
        )
    _go_on_counting(table, new)
    return Copied(table.name, before.rows, before.hex)


@dataclass(slots=True)
class _Sum:
    """Rows counted, and a sum of their digests that does not depend on their order: the two
    engines sort text differently."""

    rows: int = 0
    total: int = 0

    def add(self, part: Iterable[Row[Any]]) -> None:
        for row in part:
            self.rows += 1
            digest = hashlib.sha256(_canonical(row)).digest()
            self.total = (self.total + int.from_bytes(digest[:16], "big")) % _WHOLE

    @property
    def hex(self) -> str:
        return f"{self.total:032x}"


def _canonical(row: Sequence[Any]) -> bytes:
    return json.dumps([_plain(value) for value in row], ensure_ascii=False).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value


def _go_on_counting(table: Table, new: Connection) -> None:
    """Let the next key follow the last copied one: PostgreSQL counts apart from the rows."""
    keys = list(table.primary_key.columns)
    if len(keys) != 1 or keys[0].name != "id":
        return
    highest = new.execute(select(func.max(keys[0]))).scalar()
    if highest is None:
        return
    sequence = new.execute(
        text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'}
    ).scalar()
    if sequence is not None:
        new.execute(text("SELECT setval(:name, :at)"), {"name": sequence, "at": highest})
