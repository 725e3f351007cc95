"""The first run, on the sample portal: everything is seen, marked, and never leaves the machine."""

import contextlib
import socket
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import html

from tests.system.program import Done, counts, letters, rows, suranys, text_of, write_config

RECIPIENTS = ("official@zone.example", "asia-steel-pipe@zone.example")
CONFIG = """
[mail]
mode = "smtp"
host = "127.0.0.1"
port = {port}
security = "none"
sender = "suranys@zone.example"

[[recipients]]
name = "Управление зоны"
address = "official@zone.example"

[[recipients]]
name = "Трубный завод"
address = "asia-steel-pipe@zone.example"
role = "plant"
plant = "asia-steel-pipe"
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Two runs of one day, what lay there between them, and who called the mail server."""

    first: Done
    rows_between: dict[str, int]
    files_between: dict[str, bytes]
    second: Done
    callers: list[str]


def callers(listener: socket.socket) -> list[str]:
    """Everyone who connected to a listening socket: the kernel keeps them until asked."""
    found = []
    listener.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            connection, address = listener.accept()
            connection.close()
            found.append(str(address))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first-run")


@pytest.fixture(scope="module")
def seen(folder: Path) -> Seen:
    with socket.create_server(("127.0.0.1", 0)) as mail:
        write_config(folder, CONFIG.format(port=mail.getsockname()[1]))
        first = suranys(folder, "run", "--sample")
        between = counts(folder / "var/sample.db"), files(folder)
        second = suranys(folder, "run", "--sample")
        return Seen(first, *between, second, callers(mail))


def files(folder: Path) -> dict[str, bytes]:
    digests = folder / "var/digests-sample"
    return {path.name: path.read_bytes() for path in sorted(digests.iterdir())}


def test_the_first_run_ends_well_and_shows_every_verdict(folder: Path, seen: Seen) -> None:
    first = seen.first
    assert (first.status, first.err) == (0, "")
    assert "SAMPLE" in first.out
    assert "Traceback" not in first.out
    database = folder / "var/sample.db"
    offered = {verdict for (verdict,) in rows(database, "SELECT DISTINCT verdict FROM match")}
    assert offered >= {"can", "check", "cannot"}


def test_there_is_a_digest_for_each_recipient_and_no_live_store(folder: Path, seen: Seen) -> None:
    assert {name.rpartition("-20")[0] for name in seen.files_between if name.endswith(".eml")} == {
        "official-zone-example",
        "asia-steel-pipe-zone-example",
    }
    # SQLite may keep -wal and -shm beside a database that is being read.
    names = {path.name.partition("-")[0] for path in (folder / "var").iterdir()}
    assert names == {"digests", "sample.db", "sample.db.lock", "secret.key", "suranys.log"}
    assert not (folder / "var/digests").exists()


def test_samples_are_marked_in_the_subject_at_the_top_and_at_every_lead(
    folder: Path, seen: Seen
) -> None:
    for message in letters(folder / "var/digests-sample").values():
        assert str(message["subject"]).startswith("ОБРАЗЕЦ")
        text = text_of(message)
        assert "*** ОБРАЗЕЦ." in text.split("==")[0]
        numbered = [line for line in text.splitlines() if line.split(". ")[0].isdigit()]
        assert numbered
        assert all("[ОБРАЗЕЦ]" in line for line in numbered)
        page = str(html.fromstring(text_of(message, "html")).xpath("string()"))
        assert page.count("ОБРАЗЕЦ") > len(numbered)


def test_every_stored_notice_says_that_it_is_a_sample(folder: Path, seen: Seen) -> None:
    assert rows(folder / "var/sample.db", "SELECT DISTINCT portal, sample FROM notice") == [
        ("sample", 1)
    ]


def test_a_second_run_the_same_day_changes_nothing(folder: Path, seen: Seen) -> None:
    second = seen.second
    assert second.status == 0
    assert second.out.count("today's digest is already there") == 2
    assert "0 new, 0 changed" in second.out
    assert counts(folder / "var/sample.db") == seen.rows_between
    assert files(folder) == seen.files_between


def test_neither_run_called_the_mail_server_or_anything_but_loopback(
    seen: Seen,
) -> None:
    assert seen.callers == []
    for run in (seen.first, seen.second):
        assert run.asked, "the watcher saw no connection at all: it is not installed"
        assert set(run.asked) == {"socket.connect 127.0.0.1", "socket.getaddrinfo 127.0.0.1"}
