"""One sample run for all tests of commands that read a database; each test works on a copy."""

import shutil
from pathlib import Path

import pytest

from tests.service.cli.running import suranys


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `var`, made by `suranys run --sample`."""
    folder = tmp_path_factory.mktemp("sample")
    ran = suranys("run", "--sample", "--var", "var", cwd=folder)
    assert ran.status == 0, ran.err
    return folder


@pytest.fixture
def sampled(sample_run: Path, tmp_path: Path) -> Path:
    """A copy of the sample run that the test may change."""
    shutil.copytree(sample_run / "var", tmp_path / "var")
    return tmp_path
