"""A database that belongs to another user: told before anything is opened, and in words."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.store.inspecting import withheld

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed to others."""
    made = Path(tempfile.mkdtemp(prefix="suranys-withheld-"))
    made.chmod(0o755)
    (made / "var").mkdir(mode=0o755)
    (made / "var/suranys.db").write_bytes(b"")
    yield made
    shutil.rmtree(made)


def told_nobody(path: Path, *, write: bool) -> str:
    """Ask as a user who owns nothing: root may use every file."""
    if os.getuid() != 0:
        pytest.skip("ONLY ROOT CAN BECOME ANOTHER USER: rights of files are not tested")
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        os.write(theirs, (withheld(path, write=write) or "").encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as said:
        told = said.read().decode()
    assert os.waitpid(pid, 0)[1] == 0
    return told


def test_the_owner_is_told_nothing(folder: Path) -> None:
    assert withheld(folder / "var/suranys.db", write=True) is None
    assert withheld(folder / "not/yet/suranys.db", write=True) is None


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "write", "named"),
    [
        (0o755, 0o644, False, None),
        (0o777, 0o644, True, "var/suranys.db"),
        (0o777, 0o666, True, None),
        (0o755, 0o600, False, "var/suranys.db"),
        (0o755, 0o666, True, "var"),
        (0o700, 0o666, False, "var"),
    ],
)
def test_what_another_user_owns_is_named_with_its_owner(
    folder: Path, folder_mode: int, file_mode: int, write: bool, named: str | None
) -> None:
    path = folder / "var/suranys.db"
    path.chmod(file_mode)
    path.parent.chmod(folder_mode)
    told = told_nobody(path, write=write)
    expected = f"{folder / named} belongs to root, and this user may not use it" if named else ""
    assert told == expected


def test_a_lock_of_another_user_is_named(folder: Path) -> None:
    path = folder / "var/suranys.db"
    lock = folder / "var/suranys.db.lock"
    lock.write_text("1\n")
    lock.chmod(0o644)
    path.chmod(0o666)
    path.parent.chmod(0o777)
    assert told_nobody(path, write=True).startswith(f"{lock} belongs to root")
    assert told_nobody(path, write=False) == ""
