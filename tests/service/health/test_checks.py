"""The checks of `suranys doctor` whose answer depends on versions."""

from pathlib import Path

import pytest

from service.health.checks import folder, python, sqlite


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
