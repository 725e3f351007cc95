"""Several processes on one PostgreSQL: each slot ends once, whoever is killed or suspended."""

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from service.store import open_store
from service.store.tables import RunRow
from tests.service.schedule.working import NAMES

ROOT = Path(__file__).resolve().parents[3]
WITHIN = 120
"""Seconds; a process that is suspended amid a transaction keeps its locks for sixty."""
HOW = pytest.mark.parametrize("how", ["alarm", "queue"])


@dataclass
class Crew:
    """Worker processes, and what their jobs noted: (begin or end, job) with the process."""

    url: str
    folder: Path
    processes: list[subprocess.Popen[bytes]]

    def notes(self) -> list[tuple[str, str, int]]:
        path = self.folder / "notes"
        lines = path.read_text().splitlines() if path.exists() else []
        found = [re.fullmatch(r"(\w+) (\w+) \S+ (\d+) \d+", line) for line in lines]
        return [(m[1], m[2], int(m[3])) for m in found if m]

    def wait(self, until: Callable[[list[tuple[str, str, int]]], bool]) -> None:
        end = time.monotonic() + WITHIN
        while not until(self.notes()):
            assert time.monotonic() < end, self.notes()
            time.sleep(0.05)  # processes tell by their notes alone

    def at_slow(self, *, but: Collection[int] = ()) -> subprocess.Popen[bytes]:
        """Wait until a process begins the slow job, of others than those; the latest to do so."""

        def begun() -> list[int]:
            return [
                pid
                for word, job, pid in self.notes()
                if (word, job) == ("begin", "slow") and pid not in but
            ]

        self.wait(lambda _: bool(begun()))
        return next(each for each in self.processes if each.pid == begun()[-1])

    def wait_for_outcomes(self, jobs: Collection[str]) -> None:
        """Wait until these jobs have ended well, by the run table."""
        end = time.monotonic() + WITHIN
        while {job for job, outcome in self.outcomes().items() if outcome == "OK"} < set(jobs):
            assert time.monotonic() < end, self.outcomes()
            time.sleep(0.05)

    def ends(self) -> Counter[str]:
        return Counter(job for word, job, _ in self.notes() if word == "end")

    def outcomes(self) -> dict[str, str | None]:
        with open_store(self.url, write=False) as store, store.reading() as session:
            return {row.job: row.outcome for row in session.exec(select(RunRow))}


@contextmanager
def crew(url: str, folder: Path, how: str, size: int) -> Iterator[Crew]:
    open_store(url).close()
    command = [sys.executable, "-m", "tests.service.schedule.working", url, str(folder), how]
    processes = [
        subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own module
        for _ in range(size)
    ]
    try:
        yield Crew(url, folder, processes)
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.program
@HOW
def test_each_slot_ends_once_though_one_process_is_killed_and_one_suspended(
    how: str, postgres_url: str, tmp_path: Path
) -> None:
    with crew(postgres_url, tmp_path, how, 3) as found:
        # Nothing but the slow job is being done from here on: a process killed between a note and
        # its commit would leave a note of nothing.
        found.wait_for_outcomes(set(NAMES) - {"slow"})
        killed = found.at_slow()
        killed.kill()
        asleep = found.at_slow(but={killed.pid})
        asleep.send_signal(signal.SIGSTOP)
        awake = found.at_slow(but={killed.pid, asleep.pid})
        (tmp_path / "go").touch()
        found.wait_for_outcomes(NAMES)
        # Now it finds out that its lease has lapsed and that another has done its work.
        asleep.send_signal(signal.SIGCONT)
        found.wait(lambda notes: ("lost", "slow", asleep.pid) in notes)
        for process in (asleep, awake):
            process.send_signal(signal.SIGTERM)
            assert process.wait(WITHIN) == 0
        assert found.ends() == Counter(NAMES)
        assert ("end", "slow", awake.pid) in found.notes()
        assert set(found.outcomes().values()) == {"OK"}
