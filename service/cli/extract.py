"""`suranys extract`: what a text says, as attributes; stated values only."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from catalog.family import load_families
from matcher.reading import read_text
from matcher.reading.answers import reading_to_json
from service.cli.app import app
from service.cli.output import opened, tell_broken, write_lines
from service.errors import InputError

EXAMPLE = """Example:

\b
  echo '{"id":"1","text":"Труба 820х10 ГОСТ 10704-91, 120 т"}' | suranys extract
"""


@app.command(epilog=EXAMPLE)
def extract(
    source: Annotated[
        Path | None, typer.Option("--in", help="JSON Lines of {id, text}; stdin without it.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write here instead of stdout.")] = None,
) -> None:
    """Read sizes, grades, standards and quantities out of texts: one JSON line per id."""
    broken: list[str] = []
    families = load_families()
    with opened(out) as stream:
        write_lines(
            stream,
            (
                reading_to_json(id_, read_text(text, families))
                for id_, text in texts(source, broken)
            ),
        )
    tell_broken(broken)
    if broken:
        raise typer.Exit(1)


def texts(source: Path | None, broken: list[str]) -> Iterator[tuple[str, str]]:
    """Give (id, text) of every good line; what is wrong with the others goes to `broken`."""
    if source is None:
        yield from parsed(sys.stdin.buffer, "stdin", broken)
        return
    try:
        with source.open("rb") as stream:
            yield from parsed(stream, source.name, broken)
    except OSError as error:
        raise InputError(f"cannot read {source}: {error.strerror}") from error


def parsed(lines: Iterable[bytes], name: str, broken: list[str]) -> Iterator[tuple[str, str]]:
    """Parse JSON Lines of {id, text}. Empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.rstrip(b"\r\n"))
        except UnicodeDecodeError:
            broken.append(f"{name}, line {number}: not UTF-8")
            continue
        except RecursionError:
            broken.append(f"{name}, line {number}: nested too deeply")
            continue
        except json.JSONDecodeError as error:
            why = f"broken JSON at column {error.colno}: {error.msg}"
            broken.append(f"{name}, line {number}: {why}")
            continue
        except ValueError as error:
            broken.append(f"{name}, line {number}: broken JSON: {error}")
            continue
        if not isinstance(record, dict):
            broken.append(f"{name}, line {number}: not a JSON object")
            continue
        id_, text = record.get("id"), record.get("text")
        if isinstance(id_, str | int) and isinstance(text, str):
            yield str(id_), text
        else:
            broken.append(f"{name}, line {number}: id and text, both strings, are needed")
