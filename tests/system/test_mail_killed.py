"""A process that sends mails, killed at every moment: nothing is lost, and nothing arrives twice
but for doubts that are counted."""

import json
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from service.bench.postgres import PostgresServer
from service.store import open_store
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryState
from tests.service.outbox.sink import Sink, listening
from tests.system.mailing import MAILS
from tests.system.program import ROOT

TENTH = 20
KILLS = 220


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the mails of a run of kills."""

    kills: int
    labels: Counter[str]
    mails: int
    lost: int
    doubled: int
    doubts: int
    uncounted: int


def killed(url: str, folder: Path, kills: int, mutation: str = "") -> Judged:
    """Run the process that dies, and compare what the server took with what the outbox says."""
    sink = Sink()
    with listening(sink) as port:
        command = [sys.executable, "-m", "tests.system.mailing", url, port, kills, 1, folder]
        done = subprocess.run(  # noqa: S603 - our own module
            [*map(str, command), *([mutation] if mutation else [])],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    ended = json.loads(done.stdout)
    assert [status for _, _, status in ended] == [-signal.SIGKILL] * kills
    with open_store(url) as store, store.reading() as session:
        rows = session.exec(select(DeliveryRow)).all()
    taken = sink.count()
    return Judged(
        kills=kills,
        labels=Counter(label for _, label, _ in ended),
        mails=len(rows),
        lost=sum(not taken[row.message_id] for row in rows),
        doubled=sum(taken[row.message_id] > 1 for row in rows),
        doubts=sum(row.doubts for row in rows),
        uncounted=sum(
            taken[row.message_id] > 1 + row.doubts or row.state != DeliveryState.SENT
            for row in rows
        ),
    )


def prove(url: str, folder: Path, kills: int) -> Judged:
    judged = killed(url, folder, kills)
    assert judged.mails == (kills + 1) * MAILS
    assert (judged.lost, judged.uncounted) == (0, 0), judged
    assert judged.doubled <= judged.doubts <= kills
    return judged


@pytest.mark.timeout(300)
def test_killed_at_any_moment_no_mail_is_lost_or_doubled_uncounted(tmp_path: Path) -> None:
    prove(f"sqlite:///{tmp_path / 'killed.db'}", tmp_path, TENTH)


@pytest.mark.timeout(300)
def test_killed_at_any_moment_on_postgresql(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    prove(postgres_server.new_database(), tmp_path, TENTH // 2)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_two_hundred_kills(tmp_path: Path, request: pytest.FixtureRequest, engine: str) -> None:
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path / 'killed.db'}"
    else:
        url = request.getfixturevalue("postgres_server").new_database()
    judged = prove(url, tmp_path, KILLS)
    assert judged.doubts > 0, "no kill fell between the text and its note: nothing was proven"
    sys.stdout.write(f"\n{engine}: {judged}\n")


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mutation", ["no-note", "sent-first"])
def test_without_the_outboxs_transaction_the_judge_finds_fault(
    tmp_path: Path, mutation: str
) -> None:
    judged = killed(f"sqlite:///{tmp_path / 'killed.db'}", tmp_path, 100, mutation)
    assert judged.lost + judged.uncounted > 0
