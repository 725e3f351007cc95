"""The labelled sets beside the project, reached through their own script and never copied.

`DATA/bench.py` prepares what our commands read, scores what they answer and runs the baselines.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from service.bench.figures import BenchError

Figures = dict[str, float]
"""Names of figures as the script prints them (`p@1`, `leaf_hit@10`, `micro_f1`)."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The folder of the sets. Raises `BenchError` when it is not there."""

    folder: Path

    def __post_init__(self) -> None:
        if not self.script.is_file():
            raise BenchError(
                f"NO LABELLED DATA: {self.script} is absent, so nothing was measured on it; "
                "give its folder with --data"
            )

    @property
    def script(self) -> Path:
        return self.folder / "bench.py"

    def prepare(self, task: str, out: Path) -> None:
        """Write the files our commands read into `out`."""
        self._run("prepare", task, str(out))

    def score(self, task: str, answers: Path) -> dict[str, object]:
        """Return the figures of our answers."""
        scored: dict[str, object] = json.loads(self._run("score", task, str(answers))[-1])
        return scored

    def baseline(self, task: str, name: str) -> Figures:
        """Return the figures of one baseline on the same rows, with its `seconds`."""
        found: Figures = json.loads(self._run("baseline", task, name)[-1])
        return {key: value for key, value in found.items() if key != "baseline"}

    def _run(self, *arguments: str) -> list[str]:
        done = subprocess.run(  # noqa: S603 - the script the user pointed at, our own arguments
            [sys.executable, str(self.script), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
            hint = ""
            if "No module named" in last:
                hint = " (the baselines' libraries are those of development: make check sets up)"
            raise BenchError(f"{self.script.name} {' '.join(arguments)} failed: {last}{hint}")
        return done.stdout.strip().splitlines() or [""]
