"""The root command and the one place where an error becomes a line for people."""

import sys
from importlib import import_module
from typing import Annotated

import typer

from catalog.faults import CatalogueError
from scrapers.errors import SourceError
from service.errors import SuranysError

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
    *("run", "collect", "match", "digest"),
    *("extract", "explain", "catalog"),
    *("status", "doctor", "bench", "db", "backup"),
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


def main() -> None:
    """Run the command line; the only place that turns errors into text and an exit status.

    Ctrl-C (130) and a closed pipe (1) are typer's own affair.
    """
    load(sys.argv[1:])
    try:
        status = app(standalone_mode=False)
    except typer.TyperException as error:
        refuse(error)
        sys.exit(2)
    except (SuranysError, CatalogueError, SourceError) as error:
        if "--debug" in sys.argv:
            raise
        fail(error)
        sys.exit(1)
    sys.exit(status)
