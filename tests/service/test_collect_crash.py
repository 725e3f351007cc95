"""A collecting process killed at a request and started again stores what an undisturbed one does.

The portal itself pulls the trigger: at its n-th request it kills the process that asks.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from service.replay import Asked, ReplayServer, Reply
from service.store import open_store
from tests.service.portals import Shop

ROOT = Path(__file__).resolve().parents[2]
# 3 listing pages, 7 notices and robots.txt make 11 requests: the first, one in the middle of a
# page, the first of a new page, the last.
KILLS = (1, 4, 6, 11)


def started(url: str, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.service.collecting", url, str(port)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)  # noqa: S603 - our module


def dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Give every row of every table that a reading fills, but not the run's own bookkeeping."""
    tables = ("notice", "lot", "item", "notice_change", "portal_cursor", "waiting")
    with open_store(url, write=False) as store, store.reading() as session:
        return {
            table: sorted(tuple(row) for row in session.execute(text(f"SELECT * FROM {table}")))  # noqa: S608 - our table names
            for table in tables
        }


def undisturbed(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    url = f"sqlite:///{folder}/undisturbed.db"
    with ReplayServer(Shop.of(7).answer) as server:
        child = started(url, server.port)
        assert child.communicate()[0] == b"OK"
        assert len(server.requests) == max(KILLS)
    return dump(url)


def killed_at(number: int, url: str, shop: Shop) -> None:
    """Start a reading that the portal kills at its `number`-th request, then another one."""
    child: list[subprocess.Popen[bytes]] = []

    def answer(asked: Asked) -> Reply:
        if len(server.requests) == number and child[0].poll() is None:
            os.kill(child[0].pid, signal.SIGKILL)
            child[0].wait()
        return shop.answer(asked)

    server = ReplayServer(answer)
    with server:
        child.append(started(url, server.port))
        child[0].communicate()
        assert child[0].returncode == -signal.SIGKILL
        again = started(url, server.port)
        assert again.communicate()[0] == b"OK"


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(KILLS, id="some"),
        pytest.param(range(1, max(KILLS) + 1), id="each", marks=pytest.mark.proof),
    ],
)
def test_killed_at_any_request_and_started_again_the_store_is_the_same(
    tmp_path: Path, kills: Sequence[int]
) -> None:
    expected = undisturbed(tmp_path)
    assert expected["waiting"] == []
    for number in kills:
        url = f"sqlite:///{tmp_path}/killed-{number}.db"
        killed_at(number, url, Shop.of(7))
        assert dump(url) == expected, f"killed at request {number}"
