"""The root command and the one place where an error becomes a line for people."""

import errno
import io
import sys
from importlib import import_module
from typing import Annotated

import typer

from catalog.faults import CatalogueError
from scrapers.errors import SourceError
from service.errors import AS_OWNER, SuranysError

app = typer.Typer(
    name="suranys",
    help="Watch what the public buys and tell a plant that stands idle what it could make.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: suranys run    (the main job once: collect, match, digest)",
)

# In the order people meet them. Each is a module of this package that registers itself on `app`.
COMMANDS = (
    *("run", "collect", "match", "digest", "bounces"),
    *("extract", "explain", "documents", "catalog"),
    *("serve", "worker", "user"),
    *("status", "doctor", "bench", "db", "backup", "upgrade"),
)


@app.callback()
def root(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error, for a bug report.")
    ] = False,
) -> None:
    """Watch what the public buys and tell a plant that stands idle what it could make."""


def load(arguments: list[str]) -> None:
    """Import the command that was asked for, or all of them for `--help`.

    Only one is imported because scipy and SQLAlchemy would cost `suranys extract` a second.
    """
    asked = next((word for word in arguments if not word.startswith("-")), None)
    for command in (asked,) if asked in COMMANDS else COMMANDS:
        import_module(f"service.cli.{command}")


def fail(error: Exception) -> None:
    """Say what went wrong in one line, and with SourceError what to do about it."""
    sys.stderr.write(f"suranys: {error}\n")
    if isinstance(error, SourceError) and error.advice:
        sys.stderr.write(f"         {error.advice}\n")


def refuse(error: typer.TyperException) -> None:
    """Say in one line what was used wrongly; a command without its arguments shows its help."""
    message = error.format_message()
    is_help = message.startswith("Usage:")
    sys.stderr.write(f"{message}\n" if is_help else f"suranys: {message.rstrip('.')}; see --help\n")


def write_utf8() -> None:
    """Print UTF-8 whatever the locale: the texts are Russian and Kazakh, and JSON is UTF-8.

    Where the locale says ASCII, Python would fail in the middle of a line.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def database_errors() -> tuple[type[Exception], ...]:
    """Give what a damaged file or a full disk raises; nothing where no database was opened."""
    errors = sys.modules.get("sqlalchemy.exc")
    return () if errors is None else (errors.DatabaseError,)


def main() -> None:
    """Run the command line; the only place that turns errors into text and an exit status.

    A closed pipe (1) is typer's own affair; so is Ctrl-C (130) once a command runs. Before that,
    while `load` imports for up to a second, it is ours.
    """
    write_utf8()
    try:
        load(sys.argv[1:])
        status = app(standalone_mode=False)
    except KeyboardInterrupt:
        sys.exit(130)
    except typer.TyperException as error:
        refuse(error)
        sys.exit(2)
    except (SuranysError, CatalogueError, SourceError) as error:
        if "--debug" in sys.argv:
            raise
        fail(error)
        sys.exit(1)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EACCES} or "--debug" in sys.argv:
            raise
        if error.errno == errno.EACCES:
            sys.stderr.write(f"suranys: this user may not use {error.filename}: {AS_OWNER}\n")
            sys.exit(1)
        where = f" on that of {error.filename}" if error.filename else ""
        sys.stderr.write(f"suranys: the disk is full: free some space{where}, then do it again\n")
        sys.exit(1)
    except database_errors() as error:
        if "--debug" in sys.argv:
            raise
        said = getattr(error, "orig", error)
        sys.stderr.write(f"suranys: the database failed: {said}; suranys doctor looks at it\n")
        sys.exit(1)
    sys.exit(status)
