"""`suranys catalog check|import|export|review|undo`: the catalogue, as a file and as stored."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from catalog.faults import Fault
from catalog.reading import CatalogueReading, read_catalogue
from service.cli.app import app
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore

catalog = typer.Typer(
    no_args_is_help=True, help="Check, import, export and review what plants offer."
)
app.add_typer(catalog, name="catalog", epilog="Example: suranys catalog check plant.xlsx")

CataloguePath = Annotated[Path, typer.Argument(help="CSV, XLSX or JSON; see docs/reference.")]
IMPORT_EXAMPLE = """Examples:

\b
  suranys catalog import plant.xlsx --dry-run      what it would change
  suranys catalog import plant.xlsx                all of it, or nothing when a row is faulty
  suranys catalog import plant.xlsx --skip-bad     the good rows only
"""
REVIEW_EXAMPLE = """Examples:

\b
  suranys catalog review
  suranys catalog review --apply asia-steel-pipe-1 --apply asia-steel-pipe-2
"""


@catalog.command(epilog="Example: suranys catalog check plant.xlsx")
def check(file: CataloguePath, *, as_json: AsJson = False) -> None:
    """Say what is wrong with a catalogue file, without touching the database."""
    reading = read_catalogue(file)
    tell_faults(reading, as_json=as_json)
    good = len(reading.catalogue.products)
    if as_json:
        _print({"file": file.name, "products": good, "faults": len(reading.faults)})
    elif not reading.faults:
        sys.stdout.write(f"{file.name}: {good} products, no faults\n")
    if reading.faults:
        if not as_json:
            said = f"{file.name}: {good} products are good, faults: {len(reading.faults)}"
            sys.stderr.write(f"suranys: {said}\n")
        raise typer.Exit(1)


@catalog.command(name="import", epilog=IMPORT_EXAMPLE)
def import_(
    file: CataloguePath,
    *,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the good rows of a faulty file.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take a catalogue file into the database, whole or not at all."""
    from service.cli.catalog_store import import_file  # noqa: PLC0415 - check needs no database

    reading = read_catalogue(file)
    tell_faults(reading, as_json=as_json)
    if reading.faults and not skip_bad:
        said = f"{file.name}: {len(reading.faults)} faults, nothing was imported"
        sys.stderr.write(f"suranys: {said}; mend them, or import the good rows with --skip-bad\n")
        raise typer.Exit(1)
    if not reading.catalogue.products:
        sys.stderr.write(f"suranys: {file.name} holds no good product, nothing was imported\n")
        raise typer.Exit(1)
    told = import_file(reading, config, var, mode, dry_run=dry_run, skip_bad=skip_bad)
    if as_json:
        _print(told.record)
    else:
        sys.stdout.write("".join(f"{line}\n" for line in told.lines))


@catalog.command(epilog="Example: suranys catalog index products.csv --out products.index")
def index(
    file: CataloguePath,
    *,
    out: Annotated[Path, typer.Option(help="Folder of the index; one that is there is replaced.")],
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes; default: every core.")
    ] = None,
) -> None:
    """Index a large catalogue file once, for `suranys match --index`."""
    from catalog.family import load_families  # noqa: PLC0415 - check needs none of these
    from service.matching.fingerprint import matcher_version  # noqa: PLC0415
    from service.matching.indexing import build_index  # noqa: PLC0415
    from service.matching.parallel import cores  # noqa: PLC0415

    built = build_index(file, out, load_families(), matcher_version(), jobs=jobs or cores())
    for fault in built.faults:
        sys.stderr.write(f"suranys: {fault}; row skipped\n")
    sys.stdout.write(f"{out}: {built.products} products\n")
    if built.faults:
        sys.stderr.write(f"suranys: left out: catalogue faults {len(built.faults)}\n")
        raise typer.Exit(1)


@catalog.command(epilog="Example: suranys catalog undo var/catalogue-undo-2026-05-18T030000Z.json")
def undo(
    file: Annotated[Path, typer.Argument(help="The file that `catalog import` named.")],
    *,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """Take an import back: products as they were, those it added no longer offered."""
    from service.cli.catalog_store import undo_import  # noqa: PLC0415

    sys.stdout.write(undo_import(file, config, var, mode))


@catalog.command(epilog="Example: suranys catalog export catalogue.xlsx")
def export(
    file: Annotated[Path, typer.Argument(help="Where to; .csv, .xlsx or .json.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """Write the stored catalogue to a file that `catalog import` reads."""
    from service.cli.catalog_store import export_file  # noqa: PLC0415

    sys.stdout.write(export_file(file, config, var, mode, force=force))


@catalog.command(epilog=REVIEW_EXAMPLE)
def review(
    *,
    apply: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Take this plant or product as bundled; repeatable."),
    ] = None,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show where the bundled zone differs from what is stored. Nothing is applied by itself."""
    from service.cli.catalog_store import apply_review, review_store  # noqa: PLC0415

    if apply:
        sys.stdout.write(apply_review(apply, config, var, mode))
        return
    told = review_store(config, var, mode)
    if as_json:
        for record in told.records:
            _print(record)
    else:
        sys.stdout.write("".join(f"{line}\n" for line in told.lines))


def tell_faults(reading: CatalogueReading, *, as_json: bool) -> None:
    """Print every fault with file, row, column and what would be right."""
    for fault in reading.faults:
        if as_json:
            _print(_record(fault))
        else:
            sys.stdout.write(f"{fault}\n")


def _record(fault: Fault) -> dict[str, object]:
    return {**asdict(fault), "found": str(fault.found), "expected": str(fault.expected)}


def _print(record: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
