"""`suranys match`: which lots a catalogue could supply, on files or on the store."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from catalog.family import load_families
from catalog.reading import read_catalogue
from matcher.offers import Offers
from matcher.records import LotText
from scrapers.notices_file import BrokenLine, read_notices
from service.cli.app import app
from service.cli.output import bars, opened
from service.cli.settings import settings_for
from service.clock import SystemClock
from service.config import Config
from service.errors import InputError
from service.jobs.match import match as match_job
from service.lots import lot_texts
from service.parallel import cores, match_text
from service.places import Mode, places
from service.store import open_store

EXAMPLE = """Examples:

\b
  suranys match --catalog plant.csv --notices notices.jsonl --out answers.jsonl
  suranys match                    (the stored notices against the stored catalogue)
"""


@app.command(epilog=EXAMPLE)
def match(
    catalog: Annotated[
        Path | None, typer.Option(help="Catalogue file: CSV, XLSX or JSON; only `name` is needed.")
    ] = None,
    notices: Annotated[
        Path | None, typer.Option(help="JSON Lines (.gz allowed): OCDS or {id, title}.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Products listed for each lot.")] = 10,
    out: Annotated[Path | None, typer.Option(help="Write here instead of stdout.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings; default ./config.toml.")] = None,
    var: Annotated[Path | None, typer.Option(help="Folder of the store; default: var.")] = None,
    mode: Annotated[Mode, typer.Option(help="Which store: live, sample or replay.")] = "live",
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes for files; default: every core.")
    ] = None,
) -> None:
    """Match notices with products: one JSON line per lot and product, with the evidence."""
    if catalog is None and notices is None:
        match_stored(settings_for(config, var), mode)
    elif catalog is None or notices is None:
        raise typer.BadParameter("give both --catalog and --notices, or neither for the store")
    else:
        match_files(catalog, notices, top, out, jobs or cores())


def match_stored(settings: Config, mode: Mode) -> None:
    """Match what changed in a store since it was last matched."""
    where = places(settings, mode)
    with open_store(where.database_url) as store, bars() as shown:
        done = match_job(store, settings, SystemClock(), on_progress=shown.notices)
    sys.stdout.write(
        f"{done.outcome.value}: {done.notices} notices and {done.lots} lots matched, "
        f"{done.new_leads} new leads{f'; {done.reason}' if done.reason else ''}\n"
    )


def match_files(catalog: Path, notices: Path, top: int, out: Path | None, jobs: int) -> None:
    """Match two files; broken lines and faulty rows are named, skipped, and end in status 1."""
    families = load_families()
    reading = read_catalogue(catalog, families)
    for fault in reading.faults:
        sys.stderr.write(f"suranys: {fault}; row skipped\n")
    broken: list[BrokenLine] = []
    offers = Offers.build(reading.catalogue.products, families)
    with opened(out) as stream:
        stream.buffer.writelines(match_text(texts(notices, broken), offers, top=top, jobs=jobs))
    for line in broken:
        sys.stderr.write(f"suranys: {notices.name}, line {line.number}: {line.why}; skipped\n")
    if broken or reading.faults:
        sys.stderr.write(
            f"suranys: left out: broken lines {len(broken)}, "
            f"catalogue faults {len(reading.faults)}\n"
        )
        raise typer.Exit(1)


def texts(notices: Path, broken: list[BrokenLine]) -> Iterator[LotText]:
    """Give every lot of a notices file; lines that cannot be read are put in `broken`."""
    try:
        for notice in read_notices(notices):
            if isinstance(notice, BrokenLine):
                broken.append(notice)
            else:
                yield from lot_texts(notice)
    except OSError as error:
        raise InputError(f"cannot read {notices}: {error.strerror or error}") from error
