"""`suranys match`: which lots a catalogue could supply, on files or on the store."""

import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer

from catalog.family import load_families
from catalog.reading import read_catalogue
from matcher.records import LotText
from scrapers.notices_file import BrokenLine, read_notices
from service.cli.app import app
from service.cli.output import opened, tell_broken
from service.errors import InputError
from service.matching.fingerprint import matcher_version
from service.matching.lots import lot_texts
from service.matching.parallel import cores, offers_of, write_text
from service.places import Mode

EXAMPLE = """Examples:

\b
  suranys match --catalog plant.csv --notices notices.jsonl --out answers.jsonl
  suranys match --index plant.index --notices notices.jsonl    (see: suranys catalog index)
  suranys match                    (the stored notices against the stored catalogue)
  suranys match --all              (all of them, though nothing changed)
"""


@app.command(epilog=EXAMPLE)
def match(
    catalog: Annotated[
        Path | None, typer.Option(help="Catalogue file: CSV, XLSX or JSON; only `name` is needed.")
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="Folder of an index; with --catalog it must be of that.")
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
    everything: Annotated[
        bool, typer.Option("--all", help="Match every stored notice again, changed or not.")
    ] = False,
) -> None:
    """Match notices with products: one JSON line per lot and product, with the evidence."""
    if catalog is None and index is None and notices is None:
        match_stored(config, var, mode, everything=everything)
    elif everything:
        raise typer.BadParameter("--all is for the store: files are always matched whole")
    elif (catalog is None and index is None) or notices is None:
        raise typer.BadParameter(
            "give --catalog or --index together with --notices, or none of them for the store"
        )
    else:
        match_files(catalog, index, notices, top, out, jobs or cores())


def match_stored(config: Path | None, var: Path | None, mode: Mode, *, everything: bool) -> None:
    """Match what changed in a store since it was last matched, or all."""
    from service.cli.stored import match_store  # noqa: PLC0415 - files need no database

    sys.stdout.write(match_store(config, var, mode, everything=everything))


def match_files(
    catalog: Path | None,
    index: Path | None,
    notices: Path,
    top: int,
    out: Path | None,
    jobs: int,
) -> None:
    """Match two files; broken lines and faulty rows are named, skipped, and end in status 1."""
    families = load_families()
    faults = 0
    relieve: Callable[[], None] | None = None
    if index is not None:
        from service.matching.saved_index import open_index  # noqa: PLC0415 - a file needs no index

        opened_index = open_index(index, families, matcher_version(), catalog)
        offers, relieve = opened_index.offers, opened_index.relieve
    else:
        assert catalog is not None  # noqa: S101 - one of the two was given
        reading = read_catalogue(catalog, families)
        for fault in reading.faults:
            sys.stderr.write(f"suranys: {fault}; row skipped\n")
        faults = len(reading.faults)
        offers = offers_of(reading.catalogue.products, families, jobs=jobs)
    broken: list[BrokenLine] = []
    lots = texts(notices, broken)
    first = tuple(islice(lots, 1))
    if not first and not broken:
        sys.stderr.write(f"suranys: no notices in {notices}\n")
    with opened(out) as stream:
        read = chain(first, lots)
        write_text(stream.buffer, read, offers, top=top, jobs=jobs, relieve=relieve)
    tell_broken([f"{notices.name}, line {line.number}: {line.why}" for line in broken])
    if broken or faults:
        sys.stderr.write(
            f"suranys: left out: broken lines {len(broken)}, catalogue faults {faults}\n"
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
