"""Marks the tests that start the installed program again and again: minutes, not seconds."""

from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.postgres"]

# The same examples every time, and no limit of time for one: machines are shared and noisy.
settings.register_profile("suranys", derandomize=True, deadline=None)
settings.load_profile("suranys")

HERE = Path(__file__).parent
PROGRAMS = (HERE / "system", HERE / "service" / "cli", HERE / "service" / "bench")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in PROGRAMS):
            item.add_marker(pytest.mark.program)
