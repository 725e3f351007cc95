"""Where commands write: a file put in place whole, or stdout; JSON Lines; progress on stderr."""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from service.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextmanager
def opened(out: Path | None) -> Iterator[TextIO]:
    """Stdout, or a file that appears only when it is complete."""
    if out is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    if out.exists() and not out.is_file():
        # A device or a pipe: putting a file in the place of /dev/null would harm the machine.
        try:
            with out.open("w", encoding="utf-8") as stream:
                yield stream
        except OSError as error:
            raise InputError(f"cannot write {out}: {error.strerror}") from error
        return
    try:
        handle, name = tempfile.mkstemp(dir=out.resolve().parent, prefix=f".{out.name}.")
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            yield stream
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def write_lines(stream: TextIO, records: Iterable[Mapping[str, object]]) -> int:
    """Write one JSON object a line; returns how many. NaN is an error, never output."""
    count = 0
    for record in records:
        stream.write(json.dumps(record, ensure_ascii=False, allow_nan=False))
        stream.write("\n")
        count += 1
    return count


MOST_FAULTS = 200


def tell_broken(broken: Sequence[str]) -> None:
    """Name on stderr the lines that were left out, the first of many: a file that is no JSON Lines
    at all has a hundred thousand."""
    for why in broken[:MOST_FAULTS]:
        sys.stderr.write(f"suranys: {why}; skipped\n")
    if len(broken) > MOST_FAULTS:
        more = len(broken) - MOST_FAULTS
        sys.stderr.write(f"suranys: {more} more lines skipped; is this a file of JSON Lines?\n")


class Bars:
    """Bars on stderr while portals and files are read and notices matched; none off a terminal."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def portal(self, name: str, read: int, total: int | None) -> None:
        """Show how many notices of a portal were read, of its own total if it states one."""
        self.step(f"reading {name}", read, total)

    def documents(self, done: int, total: int) -> None:
        """Show how many attached files were read."""
        self.step("reading documents", done, total)

    def notices(self, done: int, total: int) -> None:
        """Show how many notices were matched."""
        self.step("matching", done, total)

    def step(self, what: str, done: int, total: int | None) -> None:
        """Show how much of anything is done, a bar for each name."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done, total=total)


@contextmanager
def bars() -> Iterator[Bars]:
    """Show progress for as long as the work goes on."""
    # Most commands show no bar, and start sooner without the library.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as progress:
        yield Bars(progress)
