"""`suranys documents`: read files by hand as the main job would, and say what became of them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from scrapers.documents import Found, Page, Read
from service.cli.app import app
from service.cli.options import AsJson, ConfigFile
from service.cli.settings import settings_for
from service.digest.cleaning import cut
from service.documents.codec import Document
from service.documents.reader import document_readers
from service.documents.wording import STATES

EXAMPLE = """Examples:

\b
  suranys documents specification.pdf            text, tables and items, page by page
  suranys documents --json bill.xlsx bill.zip    one JSON line a file
"""
_LONGEST_LINE = 1_000


@app.command(epilog=EXAMPLE)
def documents(
    files: Annotated[list[Path], typer.Argument(help="Files of any kind; told by their content.")],
    *,
    text: Annotated[bool, typer.Option(help="Print the text of the pages too.")] = True,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Read attached files in the guarded reader: state, pages, tables, items of bills."""
    settings = settings_for(config, None)
    bodies = [(file, body) for file in files if (body := _bytes(file)) is not None]
    with document_readers(settings.documents, tables=True) as readers:
        for (file, _), future in zip(
            bodies, [readers.submit(body) for _, body in bodies], strict=True
        ):
            document = future.result()
            if as_json:
                record = {"file": str(file), **_record(document)}
                sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
                continue
            for line in _lines(file, document, text=text):
                indent = len(line) - len(line.lstrip(" "))
                sys.stdout.write(f"{' ' * indent}{cut(line, _LONGEST_LINE)}\n")
    if len(bodies) < len(files):
        raise typer.Exit(1)


def _bytes(file: Path) -> bytes | None:
    """Give the bytes of a file; one that cannot be read is told and does not stop the others."""
    try:
        return file.read_bytes()
    except OSError as error:
        sys.stderr.write(f"suranys: cannot read {file}: {error.strerror}\n")
        return None


def _lines(file: Path, document: Document, *, text: bool) -> Iterator[str]:
    for part in document.read.walk():
        name = str(file) if part is document.read else f"{file} › {part.name}"
        why = f" — {part.reason}" if part.reason else ""
        pages = f", страниц: {part.page_count}" if part.page_count else ""
        yield f"{name}: {part.kind.value}, {STATES[part.state]}{pages}{why}"
        for page in part.pages if text else ():
            yield from _page(page)
    for found in document.items:
        yield f"  позиция: {_said(found)}"


def _page(page: Page) -> Iterator[str]:
    label = f" «{page.label}»" if page.label else ""
    yield f"  --- {page.number}{label}"
    for line in page.text.splitlines():
        if line.strip():
            yield f"  {line.strip()}"
    for number, table in enumerate(page.tables, 1):
        yield f"  таблица {number}:"
        for row in table:
            yield f"    | {' | '.join(row)} |"


def _said(found: Found) -> str:
    item = found.item
    unit = f" {item.unit.name}" if item.unit else ""
    amount = f", {item.quantity}{unit}" if item.quantity is not None else ""
    codes = "".join(f", {code.scheme} {code.id}" for code in item.codes)
    where = f"{found.member}, стр. {found.page}" if found.member else f"стр. {found.page}"
    return f"{item.title}{amount}{codes} ({where})"


def _record(document: Document) -> dict[str, object]:
    return {
        **_read_record(document.read),
        "items": [
            {
                "title": found.item.title,
                "quantity": None if found.item.quantity is None else str(found.item.quantity),
                "unit": found.item.unit.name if found.item.unit else None,
                "codes": [f"{code.scheme}:{code.id}" for code in found.item.codes],
                "kind": found.kind,
                "lot": found.lot,
                "page": found.page,
                "member": found.member or None,
            }
            for found in document.items
        ],
    }


def _read_record(read: Read) -> dict[str, object]:
    return {
        "name": read.name or None,
        "kind": read.kind.value,
        "state": read.state.value,
        "reason": read.reason,
        "pages": [
            {"number": page.number, "label": page.label, "text": page.text, "tables": page.tables}
            for page in read.pages
        ],
        "page_count": read.page_count,
        "members": [_read_record(member) for member in read.members],
    }
