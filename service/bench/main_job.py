"""The main job on the sample portal, as a process of its own: seconds and peak memory."""

from pathlib import Path
from tempfile import TemporaryDirectory

from service.bench.children import suranys
from service.bench.figures import Figure, Report
from service.bench.quality import Step

SECONDS, PEAK_MB = 10.0, 300.0


def main_job(step: Step) -> Report:
    """Run `suranys run --sample` twice into an empty folder."""
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="suranys-main-") as var:
        for number, name in enumerate(("first run", "second run")):
            step(name, number, 2)
            took = suranys("run", "--sample", "--var", Path(var))
            figures += [
                Figure(f"{name}, time", took.seconds, "s", must=SECONDS, at_most=True),
                Figure(f"{name}, peak memory", took.peak_mb, "MB", must=PEAK_MB, at_most=True),
            ]
    note = "suranys run --sample, start of the interpreter included"
    return Report("main", "The main job on the sample portal", tuple(figures), (note,))
