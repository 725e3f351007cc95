"""Marks the tests that start the installed program again and again: minutes, not seconds."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.postgres"]

HERE = Path(__file__).parent
PROGRAMS = (HERE / "system", HERE / "service" / "cli", HERE / "service" / "bench")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in PROGRAMS):
            item.add_marker(pytest.mark.program)
