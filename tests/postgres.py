"""A real PostgreSQL for tests, once a session; skipped loudly where it is not installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.bench.postgres import PostgresServer, binaries, postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server, or skip where there is none."""
    if binaries() is None:
        pytest.skip("PostgreSQL IS NOT INSTALLED: nothing of it is tested (apt: postgresql)")
    with postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of an empty database of its own."""
    return postgres_server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on each engine: for contracts of the store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
