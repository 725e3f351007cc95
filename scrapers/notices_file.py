"""The Notices file: JSON Lines (`.gz` allowed) of OCDS or of the short form, read line by line.

A line is an OCDS release, record or package, or
`{"id": "…", "title": "…", "description": "…", "quantity": 120, "unit": "т", "codes": ["…"]}` of
which only `id` and `title` are needed; `text` is read as `title`. A bad line is reported with its
number and does not stop the rest. A file that is one JSON document over many lines (a package as
publishers offer it for download) is read too.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from scrapers.errors import SourceError
from scrapers.json_body import read_json
from scrapers.ocds.values import Json, identifier, number, text
from scrapers.records import Code, Item, Lot, Notice, Phase, Unit

PORTAL = "file"
"""`Notice.portal` of what came from a file."""

MAX_LINE = 16 * 1024 * 1024
MAX_DOCUMENT = 64 * 1024 * 1024

_OCDS = ("ocid", "releases", "records", "compiledRelease")
_ENSTRU = re.compile(r"\d{6}\.\d{3}\.\d{6}")


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line, by its number counted from 1, that is no notice, and why."""

    number: int
    why: str


def read_notices(path: Path) -> Iterator[Notice | BrokenLine]:
    """Read a Notices file. Raises OSError when the file cannot be opened."""
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        file = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if zipped else raw
        at = 0
        try:
            for at, line in _lines(file):
                if at == 1 and line.strip() in {b"{", b"["}:
                    yield from _one_document(line, file)
                    return
                if len(line) > MAX_LINE:
                    yield BrokenLine(at, f"longer than {MAX_LINE} bytes")
                elif line.strip():
                    yield from _read_line(at, line)
        except (EOFError, OSError, zlib.error) as error:
            yield BrokenLine(at + 1, f"the file breaks off: {error}")


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with numbers. Of a line that is too long only the beginning is given."""
    at = 0
    while line := file.readline(MAX_LINE + 1):
        at += 1
        yield at, line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE + 1)
            if len(line) <= MAX_LINE:
                break


def _one_document(first: bytes, file: BinaryIO) -> Iterator[Notice | BrokenLine]:
    rest = file.read(MAX_DOCUMENT + 1)
    if len(rest) > MAX_DOCUMENT:
        yield BrokenLine(1, f"one document longer than {MAX_DOCUMENT} bytes")
        return
    yield from _ocds(1, first + rest)


def _read_line(at: int, line: bytes) -> Iterator[Notice | BrokenLine]:
    try:
        # Without its end, after which a fault would stand in column 1 of a second line.
        fields = _decode(line.decode("utf-8-sig" if at == 1 else "utf-8").rstrip("\r\n"))
    except UnicodeDecodeError:
        yield BrokenLine(at, "not UTF-8")
    except RecursionError:
        yield BrokenLine(at, "nested too deeply")
    except json.JSONDecodeError as error:
        # Without the decoder's own "line 1": the line is that of the file.
        yield BrokenLine(at, f"broken JSON at column {error.colno}: {error.msg}")
    except ValueError as error:
        yield BrokenLine(at, f"broken JSON: {error}")
    else:
        if not isinstance(fields, dict):
            yield BrokenLine(at, "not a JSON object")
        elif any(key in fields for key in _OCDS):
            yield from _ocds(at, line)
        else:
            yield _short(at, fields)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


def _ocds(at: int, line: bytes) -> Iterator[Notice | BrokenLine]:
    # A file in the short form needs none of it, and loading takes as long as 500 notices.
    from scrapers.ocds.package import processes  # noqa: PLC0415
    from scrapers.ocds.release import NoTitle, notice_of  # noqa: PLC0415

    try:  # parsed anew, so that sums do not pass through floats
        found = processes(read_json(line))
    except SourceError as error:
        yield BrokenLine(at, error.detail)
        return
    for release in found:
        try:
            yield notice_of(release, portal=PORTAL)
        except NoTitle as error:
            yield BrokenLine(at, str(error))


def _short(at: int, fields: Json) -> Notice | BrokenLine:
    """The short form: one lot "1" with one item that carries quantity, unit and codes."""
    ident = identifier(fields.get("id"))
    title = text(fields.get("title")) or text(fields.get("text"))
    if not ident or not title:
        return BrokenLine(at, f"no {'title' if ident else 'id'}")
    description = text(fields.get("description"))
    unit = text(fields.get("unit"))
    item = Item(
        "1",
        title,
        description,
        number(fields.get("quantity")),
        Unit(unit) if unit else None,
        codes=_codes(fields.get("codes")),
    )
    return Notice(
        PORTAL,
        ident,
        "",
        title,
        Phase.OPEN,
        description=description,
        lots=(Lot("1", title, items=(item,)),),
    )


def _codes(value: object) -> tuple[Code, ...]:
    """Codes as `"CPV:44163000"`; a bare code is known to be ENS TRU by its shape, or by nothing."""
    if not isinstance(value, list):
        return ()
    found = []
    for one in value:
        scheme, colon, ident = text(one).partition(":")
        if not colon:
            scheme, ident = "KZ-ENSTRU" if _ENSTRU.fullmatch(scheme) else "", scheme
        scheme, ident = scheme.strip().upper(), ident.strip()
        if ident:
            found.append(Code("KZ-ENSTRU" if scheme == "ENSTRU" else scheme, ident))
    return tuple(found)
