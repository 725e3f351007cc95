"""A full disk is told as such, with what helps."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.errors import StoreError
from service.store import Store, open_store
from service.store.tables import PlantRow


def fill(store: Store) -> None:
    """Write more than fits: SQLite itself can be told that a file may not grow."""
    at = datetime(2026, 5, 18, tzinfo=UTC)
    row = PlantRow(code="p", name="З" * 100_000, origin="edited", record="{}", updated_at=at)
    with store.writing() as session:
        # The least it takes is the size that the file has.
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
        session.add(row)


def test_a_full_disk_says_where_to_free_some_space(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/full.db") as store:
        with pytest.raises(StoreError, match=f"free some space on that of {tmp_path}"):
            fill(store)
        with store.reading() as session:
            assert session.get(PlantRow, 1) is None
