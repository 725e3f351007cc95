"""The command as people run it: a process of its own."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SURANYS = Path(sys.executable).with_name("suranys")
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def record(self) -> dict[str, Any]:
        (only,) = self.records
        return only


def suranys(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run `suranys WORDS` in `cwd` without any setting of the person who runs the tests: the
    installed script where `env` is given, for Python reads some of it as it starts; else a fork of
    a process that has loaded the libraries (see forking)."""
    ran = _forked(words, cwd) if env is None else _started(words, cwd, env)
    assert "Traceback" not in ran.err, ran.err
    return ran


def _environment() -> dict[str, str]:
    hidden = ("SURANYS_", "GOSZAKUP_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return {**clean, "COLUMNS": "200"}


def _started(words: tuple[str | Path, ...], cwd: Path, env: Mapping[str, str]) -> Ran:
    done = subprocess.run(  # noqa: S603 - our own console script
        [SURANYS, *map(str, words)],
        cwd=cwd,
        env={**_environment(), **env},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _forked(words: tuple[str | Path, ...], cwd: Path) -> Ran:
    process = _loaded()
    assert process.stdin is not None
    assert process.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        asked = {
            "words": [str(word) for word in words],
            "cwd": str(cwd),
            "env": _environment(),
            "out": str(out),
            "err": str(err),
        }
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        status = int(process.stdout.readline())
        return Ran(status, out.read_text("utf-8"), err.read_text("utf-8"))


@cache
def _loaded() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.cli.forking"],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate()
