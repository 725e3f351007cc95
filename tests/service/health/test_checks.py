"""The checks of `suranys doctor` whose answer depends on versions and settings."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from service.config import Config, Jobs, Secrets
from service.health.checks import folder, python, shared_key, sqlite
from service.people.links import signing_key


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 11, 9), "warn"), ((3, 11, 10), "ok"), ((3, 12, 4), "warn"), ((3, 13, 0), "ok")],
)
def test_python_is_doubted_before_the_patch_of_its_mail_module(
    version: tuple[int, int, int], state: str
) -> None:
    """cpython#121650: fixed in 3.11.10, 3.12.5 and all of 3.13."""
    assert python(version).state == state


@pytest.mark.parametrize(
    ("version", "state"), [((3, 40, 1), "warn"), ((3, 51, 2), "warn"), ((3, 51, 3), "ok")]
)
def test_sqlite_is_doubted_before_the_fix_of_its_wal(
    version: tuple[int, int, int], state: str
) -> None:
    """sqlite.org/wal.html#walresetbug: fixed in 3.51.3."""
    assert sqlite(version).state == state


def test_a_file_in_the_place_of_the_folder_is_bad(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert folder(tmp_path / "var").state == "bad"
    assert folder(tmp_path / "not" / "yet").state == "ok"


SQLITE, SERVER = "sqlite:///suranys.db", "postgresql+psycopg://db.zone.example/suranys"


@pytest.mark.parametrize(
    ("engine", "url"), [("procrastinate", SERVER), ("embedded", SERVER), ("procrastinate", SQLITE)]
)
def test_machines_that_share_a_database_are_told_to_share_their_key(
    tmp_path: Path, engine: str, url: str
) -> None:
    config = Config(folder=tmp_path, jobs=Jobs.model_validate({"engine": engine}))
    [before] = shared_key(config, url)
    assert (before.state, "32 random characters" in before.advice) == ("warn", True)
    made = signing_key(config)
    [check] = shared_key(config, url)
    assert check.state == "warn"
    # With the same key the links that were mailed already go on.
    file = tmp_path / "var/secret.key"
    assert check.advice == f"give every machine SURANYS_SECRET_KEY: what is in {file}"
    secrets = Secrets(secret_key=SecretStr(file.read_text()))
    shared = config.model_copy(update={"secrets": secrets})
    assert signing_key(shared) == made
    assert [each.state for each in shared_key(shared, url)] == ["ok"]


def test_one_machine_alone_needs_no_shared_key(tmp_path: Path) -> None:
    assert list(shared_key(Config(folder=tmp_path), SQLITE)) == []
