"""Running our public commands, and others' programs, as processes of their own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.bench.figures import BenchError

LAUNCH = Path(__file__).with_name("launch.py")
SURANYS = (sys.executable, "-c", "from service.cli import main; main()")
"""The console script `suranys`, wherever it was installed."""


@dataclass(frozen=True, slots=True)
class Took:
    """What a child took: wall and processor seconds, peak memory in MB, what it printed."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    out: str


def run(command: Sequence[str | Path], *, cores: int | None = None) -> Took:
    """Run a command to its end, on the first `cores` cores or on all.

    Raises `BenchError` with the last line of its errors when its exit status is not 0.
    """
    with tempfile.TemporaryDirectory(prefix="suranys-bench-") as folder:
        result = Path(folder) / "took.json"
        mine = sorted(os.sched_getaffinity(0))
        pinned = "all" if cores is None else ",".join(map(str, mine[:cores]))
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "-I", LAUNCH, result, pinned, *command],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
            words = " ".join(map(str, command))
            raise BenchError(f"{words[:200]} ended with status {done.returncode}: {last}")
        took = json.loads(result.read_text(encoding="utf-8"))
    return Took(took["seconds"], took["cpu_seconds"], took["peak_mb"], done.stdout)


def suranys(*arguments: str | Path, cores: int | None = None) -> Took:
    """Run one of our commands as a person would."""
    return run([*SURANYS, *arguments], cores=cores)
