"""Frozen results, committed so that a change of matching shows as a diff.

Of the labelled sets only sums over all rows are kept, no id and no text; of our own cases every
verdict with the stages that gave it.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from service.bench.cases import Answered
from service.bench.figures import ROOT
from service.bench.labelled import Figures
from service.bench.quality import Scored

FOLDER = ROOT / "tests" / "matcher" / "frozen"
COLUMNS = ("product", "need", "decided", "verdict", "stages", "score")


def write_cases(answered: Iterable[Answered], folder: Path = FOLDER) -> None:
    """Write the verdict of every case, in the order of cases.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(each, column) for column in COLUMNS] for each in answered)


def write_quality(scored: Iterable[Scored], folder: Path = FOLDER) -> None:
    """Write the figures of each task that was scored; the others stay as they were."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = read_quality(folder)
    for each in scored:
        known = kept.get(each.task, {}).get("baselines", {})
        timeless = {
            name: {key: value for key, value in found.items() if key != "seconds"}
            for name, found in each.baselines.items()
        }
        kept[each.task] = {"ours": each.ours, "baselines": timeless or known}
    text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "quality.json").write_text(f"{text}\n", encoding="utf-8")


def read_quality(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Read what is frozen of each task: `ours` and the `baselines`."""
    path = folder / "quality.json"
    if not path.exists():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def known_baselines(folder: Path = FOLDER) -> Mapping[str, Mapping[str, Figures]]:
    """Give the baselines as they were measured when the results were frozen."""
    return {task: kept["baselines"] for task, kept in read_quality(folder).items()}
