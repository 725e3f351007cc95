"""How well we match and read, on data nobody here wrote, beside the baselines on the same rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from service.bench.children import Took, suranys
from service.bench.figures import Figure, Report
from service.bench.labelled import Figures, Labelled

BASELINES = ("rapidfuzz", "bm25", "tfidf")
TOP = 50
"""Products listed for each notice; the sets are scored on the first fifty."""
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure that is shown: its name in the script's answer, what it must reach and the aim."""

    key: str
    name: str
    must: float | None = None
    aim: float | None = None


RANKING: Mapping[str, tuple[Bound, ...]] = {
    "orders": (
        Bound("p@1", "P@1", 0.66, 0.75),
        Bound("r@10", "R@10", 0.93, 0.96),
        Bound("pipes_p@1", "pipe rows P@1", 0.68, 0.80),
        Bound("pipes_r@10", "pipe rows R@10", 0.97, 1.0),
    ),
    "prosept": (Bound("p@1", "P@1", 0.82, 0.90), Bound("r@10", "R@10", 0.98, 0.99)),
    "kpgz": (
        Bound("leaf_acc@1", "leaf acc@1", 0.25, 0.35),
        Bound("leaf_hit@10", "leaf hit@10", 0.45, 0.55),
    ),
    "kpgz_2025": (Bound("leaf_acc@1", "leaf acc@1"), Bound("leaf_hit@10", "leaf hit@10")),
}
READING: Mapping[str, Bound] = {
    "metal": Bound("micro_f1", "micro F1", 0.97, 0.99),
    "small": Bound("micro_f1", "micro F1", 0.95, 0.99),
}
LEAST_ATTRIBUTE = 0.95
"""No attribute of `metal` may stay under this F1."""
TASKS = (*RANKING, *READING)


@dataclass(frozen=True, slots=True)
class Scored:
    """Figures of one task: ours and, where it is a ranking, the baselines'. `took` is ours."""

    task: str
    ours: Mapping[str, object]
    baselines: Mapping[str, Figures]
    took: Took


def score(
    data: Labelled,
    tasks: Iterable[str],
    known: Mapping[str, Mapping[str, Figures]] | None,
    step: Step,
    *,
    top: int = TOP,
) -> list[Scored]:
    """Run the public commands on each task. `known` baselines are taken instead of measured."""
    done: list[Scored] = []
    listed = tuple(tasks)
    for number, task in enumerate(listed):
        step(f"{task}: ours", number, len(listed))
        with TemporaryDirectory(prefix=f"suranys-{task}-") as folder:
            took, answers = _answer(data, task, Path(folder), top)
            ours = data.score(task, answers)
        baselines: dict[str, Figures] = {}
        if task in RANKING and known is not None:
            baselines = dict(known.get(task, {}))
        elif task in RANKING:
            for name in BASELINES:
                step(f"{task}: {name}", number, len(listed))
                baselines[name] = data.baseline(task, name)
        done.append(Scored(task, ours, baselines, took))
    return done


def _answer(data: Labelled, task: str, folder: Path, top: int) -> tuple[Took, Path]:
    data.prepare(task, folder)
    out = folder / "answers.jsonl"
    if task in READING:
        return suranys("extract", "--in", folder / "texts.jsonl", "--out", out), out
    catalogue, notices = folder / "catalog.csv", folder / "notices.jsonl"
    files = ("--catalog", catalogue, "--notices", notices, "--out", out)
    return suranys("match", *files, "--top", str(top)), out


def figures_of(scored: Scored) -> tuple[Figure, ...]:
    """Return what is shown of a task, beside its baselines and bounds."""
    bounds = RANKING.get(scored.task) or (READING[scored.task],)
    shown = [
        Figure(
            f"{scored.task} {bound.name}",
            _value(scored.ours[bound.key]),
            beside={name: found[bound.key] for name, found in scored.baselines.items()},
            must=bound.must,
            aim=bound.aim,
        )
        for bound in bounds
        if bound.key in scored.ours
    ]
    if scored.task == "metal":
        attributes = {
            name: _value(found["f1"])
            for name, found in scored.ours.items()
            if isinstance(found, Mapping) and found["f1"] is not None
        }
        if attributes:
            name = min(attributes, key=lambda each: attributes[each])
            title = f"metal weakest attribute, F1 ({name})"
            shown.append(Figure(title, attributes[name], must=LEAST_ATTRIBUTE))
    return tuple(shown)


def _value(found: object) -> float:
    if not isinstance(found, int | float):
        raise TypeError(f"a number was due, not {found!r}")
    return float(found)


def report(scored: Iterable[Scored], notes: tuple[str, ...]) -> Report:
    """Put the figures of all tasks into one report."""
    tasks = tuple(scored)
    took = ", ".join(f"{each.task} {each.took.seconds:.0f} s" for each in tasks)
    return Report(
        "quality",
        "Quality on labelled data",
        tuple(figure for each in tasks for figure in figures_of(each)),
        (*notes, f"our commands took: {took}"),
    )
