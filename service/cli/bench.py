"""`suranys bench`: quality, speed and memory, measured here and now beside what others do."""

import json
import sys
import tempfile
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.bench.figures import ROOT, BenchError, Report, machine
from service.bench.quality import Step
from service.bench.rendering import as_json, as_text, write_docs
from service.cli.app import app
from service.cli.output import bars

DOCS = ROOT / "docs" / "reference" / "figures.md"
DESK = Path(tempfile.gettempdir()) / "suranys-desk-bench"
"""Where the large store of `bench web` is kept: making it takes minutes."""
EXAMPLE = """Examples:

\b
  suranys bench quality --data ../shared/bench     our row beside the baselines
  suranys bench speed                              a file of notices against a file of products
  suranys bench web                                the desk on 200,000 notices, 20 readers
  suranys bench all --write                        everything, into docs/reference/figures.md
"""


class Bench(StrEnum):
    """What can be measured."""

    QUALITY = "quality"
    CASES = "cases"
    PARSE = "parse"
    INGEST = "ingest"
    SPEED = "speed"
    DOCUMENTS = "documents"
    HOSTILE = "hostile"
    MAIN = "main"
    WEB = "web"
    DELIVERY = "delivery"
    WORKERS = "workers"
    ALL = "all"


@app.command(epilog=EXAMPLE)
def bench(
    what: Annotated[Bench, typer.Argument(help="Which bench; all by default.")] = Bench.ALL,
    data: Annotated[Path, typer.Option(help="Folder of the labelled sets.")] = Path(
        "../shared/bench"
    ),
    payloads: Annotated[Path, typer.Option(help="Folder of saved real pages.")] = Path(
        "../shared/payloads"
    ),
    task: Annotated[
        list[str] | None, typer.Option(help="Only this labelled set; may be repeated.")
    ] = None,
    baselines: Annotated[
        bool, typer.Option(help="Measure the baselines too, or take the frozen ones.")
    ] = True,
    notices: Annotated[int, typer.Option(min=20, help="Notices of the speed bench.")] = 6_500,
    products: Annotated[int, typer.Option(min=20, help="Products of the speed bench.")] = 10_000,
    top: Annotated[
        int, typer.Option(min=1, help="Products listed for each notice, in quality and speed.")
    ] = 50,
    recipients: Annotated[int, typer.Option(min=2, help="People of the delivery bench.")] = 10_000,
    large: Annotated[
        bool, typer.Option("--large", help="Speed: a catalogue of 1,000,000 products too.")
    ] = False,
    as_json_: Annotated[bool, typer.Option("--json", help="Print JSON, a report a line.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the tables into docs and freeze the results.")
    ] = False,
) -> None:
    """Measure quality, speed and memory; rivals run on the same input in the same run."""
    where = machine()
    failed = False
    for each in list(Bench)[:-1] if what is Bench.ALL else [what]:
        try:
            with bars() as shown:
                report = _measure(
                    each,
                    shown.step,
                    data=data,
                    payloads=payloads,
                    tasks=task,
                    baselines=baselines,
                    size=(notices, products, large),
                    recipients=recipients,
                    top=top,
                    write=write,
                )
        except BenchError as error:
            if what is not Bench.ALL:
                raise
            failed = True
            sys.stderr.write(f"suranys: bench {each.value}: {error}\n")
            continue
        measured = replace(report, notes=(*report.notes, f"measured on {where}"))
        said = json.dumps(as_json(measured), ensure_ascii=False) if as_json_ else as_text(measured)
        sys.stdout.write(f"{said}\n")
        if write:
            write_docs(DOCS, [measured])
    if failed:
        raise typer.Exit(1)


def _measure(
    what: Bench,
    step: Step,
    *,
    data: Path,
    payloads: Path,
    tasks: list[str] | None,
    baselines: bool,
    size: tuple[int, int, bool],
    recipients: int,
    top: int,
    write: bool,
) -> Report:
    """Run one bench. Each is imported only when asked for: together they load half the program."""
    match what:
        case Bench.QUALITY:
            return _quality(data, step, tasks, measured=baselines, top=top, write=write)
        case Bench.CASES:
            return _cases(write=write)
        case Bench.PARSE:
            from service.bench.parse import parse  # noqa: PLC0415

            return parse(payloads, step)
        case Bench.INGEST:
            from service.bench.ingest import ingest  # noqa: PLC0415

            return ingest(step)
        case Bench.MAIN:
            from service.bench.main_job import main_job  # noqa: PLC0415

            return main_job(step)
        case Bench.DOCUMENTS:
            from service.bench.documents import documents  # noqa: PLC0415

            return documents(step)
        case Bench.DELIVERY:
            from service.bench.delivery import delivery  # noqa: PLC0415

            return delivery(step, recipients)
        case Bench.WEB:
            from service.bench.web import web  # noqa: PLC0415

            return web(step, folder=DESK)
        case Bench.WORKERS:
            from service.bench.workers import workers  # noqa: PLC0415

            return workers(step)
        case Bench.HOSTILE:
            from service.bench.hostile import hostile  # noqa: PLC0415

            return hostile(step)
        case _:
            from service.bench.speed import speed  # noqa: PLC0415

            notices, products, large = size
            return speed(data, step, notices=notices, products=products, large=large, top=top)


def _quality(
    data: Path, step: Step, tasks: list[str] | None, *, measured: bool, top: int, write: bool
) -> Report:
    from service.bench import frozen, quality  # noqa: PLC0415
    from service.bench.labelled import Labelled  # noqa: PLC0415

    unknown = sorted(set(tasks or ()) - set(quality.TASKS))
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(quality.TASKS)}")
    known = None if measured else frozen.known_baselines()
    scored = quality.score(Labelled(data), tasks or quality.TASKS, known, step, top=top)
    if write:
        frozen.write_quality(scored)
    kept = () if measured else ("baselines as they were when the results were frozen",)
    return quality.report(scored, kept)


def _cases(*, write: bool) -> Report:
    from service.bench import cases, frozen  # noqa: PLC0415

    answered = cases.answer_cases()
    if write:
        frozen.write_cases(answered)
    return cases.report(answered)
