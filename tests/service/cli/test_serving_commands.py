"""`serve` and `worker` as processes: they listen, carry jobs out, and end well when told to."""

import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.service.cli.running import SURANYS, suranys

QUIET = "[schedule]\ncollect = []\n"
WITHIN = 60


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def running(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A process that says it is ready; killed if the test does not end it."""
    with subprocess.Popen(  # noqa: S603 - our own console script
        [SURANYS, *words], cwd=folder, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline().startswith(f"suranys {words[0]}:")
            yield process
        finally:
            process.kill()


def asked(port: int, path: str = "/") -> httpx.Response:
    """Ask until the server answers."""
    end = time.monotonic() + WITHIN
    while True:
        try:
            return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=WITHIN)
        except httpx.ConnectError:
            assert time.monotonic() < end, "it never answered"
            time.sleep(0.05)  # there is nothing to wait on but its answer


def ended(database: Path, job: str) -> None:
    """Wait until a run of the job has ended OK."""
    end = time.monotonic() + WITHIN
    while time.monotonic() < end:
        if database.exists():
            with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
                try:
                    query = "SELECT outcome FROM run WHERE job = ? AND state = 'ended'"
                    if connection.execute(query, [job]).fetchall() == [("OK",)]:
                        return
                except sqlite3.OperationalError:
                    pass  # its tables are not made yet
        time.sleep(0.05)
    pytest.fail(f"{job} never ended")


def test_serve_answers_carries_jobs_out_and_ends_well(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(QUIET, encoding="utf-8")
    port = free_port()
    with running(tmp_path, "serve", "--port", str(port)) as process:
        assert asked(port).status_code < 500
        ended(tmp_path / "var/suranys.db", "backup")
        second = suranys("worker", cwd=tmp_path)
        assert (second.status, str(process.pid) in second.err) == (1, True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0
    assert list((tmp_path / "var/backups").glob("*.db"))
    assert suranys("db", "info", cwd=tmp_path).status == 0


def test_a_worker_carries_jobs_out_and_ends_well(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(QUIET, encoding="utf-8")
    with running(tmp_path, "worker") as process:
        ended(tmp_path / "var/suranys.db", "deliver")
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0


def test_a_guest_is_shown_the_sample_and_no_lock_is_taken(sampled: Path) -> None:
    port = free_port()
    words = ("serve", "--mode", "sample", "--guest", "--no-jobs", "--port", str(port))
    with running(sampled, *words) as process:
        assert asked(port).status_code < 400
        assert suranys("db", "info", "--mode", "sample", "--json", cwd=sampled).record[
            "writer"
        ] in (None, "")
        process.send_signal(signal.SIGINT)
        assert process.wait(WITHIN) == 0


def test_an_address_others_can_reach_needs_tls_or_a_proxy(tmp_path: Path) -> None:
    ran = suranys("serve", "--host", "0.0.0.0", cwd=tmp_path)
    assert ran.status == 1
    assert "tls_cert" in ran.err
    assert "trusted_proxy" in ran.err


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ran = suranys("serve", "--port", str(port), cwd=tmp_path)
    assert ran.status == 1
    assert f"cannot listen on 127.0.0.1:{port}" in ran.err


def test_procrastinate_without_postgresql_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[jobs]\nengine = "procrastinate"\n', encoding="utf-8")
    ran = suranys("worker", cwd=tmp_path)
    assert ran.status == 1
    assert "needs PostgreSQL" in ran.err
