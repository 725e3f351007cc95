"""`suranys db copy|personal`: move a database to a server; list and erase what is of a person."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore, open_mode
from service.cli.settings import settings_for
from service.clock import SystemClock
from service.errors import InputError, StoreError
from service.store import Store, open_store
from service.store.copying import Copied, copy_database
from service.store.personal import erase, personal
from service.store.sqlite import sqlite_path
from service.store.tables import NoticeRow, PlantRow

_NOT_LIVE = ("sample.db", "replay.db")
"""Names that service.places gives the databases of the other modes."""


def copy(
    sqlite: Annotated[Path, typer.Argument(metavar="SQLITE", help="The file to copy.")],
    postgres: Annotated[
        str, typer.Argument(metavar="POSTGRES", help="Address of an empty database.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Copy every row to PostgreSQL, in one transaction, with counts and checksums of each table."""
    if not sqlite.is_file():
        raise InputError(f"there is no database {sqlite}")
    if sqlite_path(postgres) is not None:
        raise InputError("the target must be PostgreSQL: postgresql+psycopg://USER@HOST/NAME")
    if sqlite.name in _NOT_LIVE:
        raise InputError(f"{sqlite} is no live database; a server holds only live notices")

    def told(table: Copied) -> None:
        if as_json:
            record = {"table": table.table, "rows": table.rows, "checksum": table.checksum}
            sys.stdout.write(json.dumps(record) + "\n")
        else:
            sys.stdout.write(f"{table.table:<22} {table.rows:>10} rows  {table.checksum}\n")

    # Opened to write: its lock keeps every other writer away while it is copied.
    with open_store(f"sqlite:///{sqlite}") as source:
        _refuse_samples(source, sqlite)
        with open_store(postgres) as target:
            copy_database(source, target, SystemClock().now(), told)
    sys.stderr.write("copied; now set [database] url to the new address and restart\n")


def _refuse_samples(source: Store, sqlite: Path) -> None:
    """Whatever the file is called: an invented notice must not reach a live digest."""
    with source.reading() as session:
        for table in (NoticeRow, PlantRow):
            if session.exec(select(table.id).where(col(table.sample)).limit(1)).first() is not None:
                raise InputError(f"{sqlite} holds samples; a server holds only live notices")


def personal_data(
    address: Annotated[str, typer.Argument(help="The person's mail address.")],
    *,
    erased: Annotated[
        bool, typer.Option("--erase", help="Erase it: for good, but for backups.")
    ] = False,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """List what is stored of a person; with --erase take it away."""
    settings = settings_for(config, var)
    listed = [each.address.lower() for each in settings.recipients]
    if erased and address.lower() in listed:
        raise InputError(f"{address} stands in config.toml under [[recipients]]: take it out first")
    with open_mode(settings, mode, write=erased) as store:
        with store.writing() if erased else store.reading() as session:
            known = personal(session, address)
            if known is None:
                raise StoreError(f"nothing is stored under the address {address}")
            if erased:
                erase(session, known, SystemClock().now())
        if erased:
            for file in known.files:
                for name in (file, file.with_suffix(".html")):
                    name.unlink(missing_ok=True)
    if as_json:
        files = [str(file) for file in known.files]
        told = {"address": known.address, "rows": known.rows, "files": files, "erased": erased}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    for table, count in known.rows.items():
        sys.stdout.write(f"{table:<16} {count:>6} rows\n")
    sys.stdout.write(f"{'files of mails':<16} {len(known.files):>6}\n")
    if erased:
        sys.stdout.write("erased; backups keep it until they are replaced ([keep] backups)\n")
