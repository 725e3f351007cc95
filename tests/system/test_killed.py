"""Killed at any moment and started again, the main job ends as if nothing had happened."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.program import ROOT, environment, executable, letters, rows, suranys

KILLS = 20
TABLES = (
    *("notice", "lot", "item", "notice_change", "portal_cursor"),
    *("plant", "product", "match", "lead", "person", "digest_item"),
)
DELIVERIES = "SELECT id, person_id, kind, slot, message_id, state, body_path, reply FROM delivery"
TOLD = """
SELECT digest_item.person_id, notice.external_id, lot.external_id, product.code, telling
FROM digest_item JOIN lead ON lead.id = lead_id JOIN match ON match.id = match_id
JOIN product ON product.id = product_id JOIN lot ON lot.id = lot_id
JOIN notice ON notice.id = lot.notice_id
"""


def dump(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; only the run table's leases and real times are left out."""
    database = folder / "var/sample.db"
    found = {table: rows(database, f"SELECT * FROM {table}") for table in TABLES}  # noqa: S608
    found["run"] = rows(database, "SELECT job, slot, state, outcome, fault FROM run")
    found["delivery"] = rows(database, DELIVERIES)
    return {
        table: sorted(
            tuple(str(value).replace(str(folder), "") for value in row) for row in content
        )
        for table, content in found.items()
    }


def digests(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "var/digests-sample").glob("*.*ml")}


@pytest.mark.timeout(600)  # two main jobs a kill, on a machine that may be busy
def test_killed_at_any_statement_or_file_the_store_and_the_digests_are_the_same(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "tests.system.killing", str(tmp_path), str(KILLS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    ended: dict[str, list[int]] = json.loads(done.stdout)
    assert ended.pop("undisturbed") == [0, 0], done.stderr.decode()
    assert len(ended) == KILLS
    expected, letters_due = dump(tmp_path / "undisturbed"), digests(tmp_path / "undisturbed")
    assert len(expected["delivery"]) == 2
    assert len(letters_due) == 4
    for name, statuses in ended.items():
        assert statuses == [-signal.SIGKILL, 0], f"{name}: {done.stderr.decode()}"
        assert dump(tmp_path / name) == expected, name
        assert digests(tmp_path / name) == letters_due, name


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an undisturbed run leaves."""
    folder = tmp_path_factory.mktemp("whole")
    assert suranys(folder, "run", "--sample").status == 0
    return folder


def has_leads(folder: Path) -> bool:
    database = folder / "var/sample.db"
    tables = "SELECT 1 FROM sqlite_master WHERE name = 'lead'"
    return (
        database.exists()
        and bool(rows(database, tables))
        and bool(rows(database, "SELECT 1 FROM lead LIMIT 1"))
    )


@pytest.mark.parametrize(
    "reached",
    [
        lambda folder: (folder / "var/sample.db").exists(),
        has_leads,
        lambda folder: any((folder / "var/digests-sample").glob("*.eml")),
    ],
    ids=["a database", "leads", "a digest"],
)
def test_the_installed_command_killed_goes_on_and_tells_each_lead_once(
    killed: Path, whole: Path, reached: Callable[[Path], bool]
) -> None:
    with subprocess.Popen(  # noqa: S603 - our own command
        [executable(), "run", "--sample"],
        cwd=killed,
        env=environment(killed),
        stdout=subprocess.DEVNULL,
    ) as child:
        while not reached(killed) and child.poll() is None:
            time.sleep(0.005)
        child.kill()
    assert suranys(killed, "run", "--sample").status == 0
    told = sorted(map(str, rows(killed / "var/sample.db", TOLD)))
    assert told == sorted(map(str, rows(whole / "var/sample.db", TOLD)))
    assert len(set(told)) == len(told)
    assert (
        letters(killed / "var/digests-sample").keys()
        == letters(whole / "var/digests-sample").keys()
    )
