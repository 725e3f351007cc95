"""DOCX: paragraphs and tables in their order, by the XML itself."""

import io
import zipfile
import zlib
from itertools import islice

from lxml import etree

from scrapers.documents.limits import Limits
from scrapers.documents.office import check_office
from scrapers.documents.records import Kind, Page, Read, State, Table, Unreadable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BROKEN = (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError)


def read_docx(body: bytes, limits: Limits) -> Read:
    """Read the paragraphs and tables of a DOCX in their order.

    A page ends where Word last broke it or an author did; a file written by a program may know
    no pages and is then one. Raises `Unreadable` BOMB, TOO_LARGE or BROKEN.
    """
    check_office(body, limits)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            root = etree.fromstring(archive.read("word/document.xml"), parser)
    except _BROKEN as error:
        raise Unreadable(State.BROKEN, f"broken DOCX: {error}"[:200]) from error
    book = _Docx(limits)
    content = root.find(f"{_W}body")
    for block in () if content is None else content:
        book.add(block)
    return book.done()


class _Docx:
    """A document being read: the page that grows, and those done."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.pages: list[Page] = []
        self.lines: list[str] = []
        self.tables: list[Table] = []
        self.left = limits.characters

    def add(self, block: etree._Element) -> None:
        """Add a paragraph or table; content controls and the like hold further ones."""
        if self.left <= 0:
            return
        if block.tag == f"{_W}p":
            self._say(_paragraph(block))
        elif block.tag == f"{_W}tbl":
            table = _rows(block, self.limits)
            if table:
                self.tables.append(table)
                self._say("\n".join("\t".join(row) for row in table))
        else:
            for inner in block.iterchildren(f"{_W}sdtContent", f"{_W}p", f"{_W}tbl"):
                self.add(inner)
            return
        breaks = sum(
            1
            for one in block.iter(f"{_W}lastRenderedPageBreak", f"{_W}br")
            if one.tag != f"{_W}br" or one.get(f"{_W}type") == "page"
        )
        for _ in range(min(breaks, 50)):
            self._turn()

    def _say(self, text: str) -> None:
        if text.strip():
            self.lines.append(text)
            self.left -= len(text)

    def _turn(self) -> None:
        """Begin the next page. What stood in the block that broke belongs to the page before."""
        text = "\n".join(self.lines)[: self.limits.page_characters]
        self.pages.append(Page(len(self.pages) + 1, text, tuple(self.tables)))
        self.lines, self.tables = [], []

    def done(self) -> Read:
        """Close the last page."""
        if self.lines or not self.pages:
            self._turn()
        if not any(page.text for page in self.pages):
            return Read(State.UNREAD, Kind.DOCX, "no text in it, perhaps pictures", (), 0)
        state, reason = State.READ, ""
        if self.left <= 0:
            state, reason = State.PARTIAL, f"the first {self.limits.characters} characters read"
        return Read(state, Kind.DOCX, reason, tuple(self.pages), len(self.pages))


def _paragraph(block: etree._Element) -> str:
    parts: list[str] = []
    for node in block.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        else:
            parts.append("\t" if node.tag == f"{_W}tab" else "\n")
    return "".join(parts)


def _rows(table: etree._Element, limits: Limits) -> Table:
    """Rows of a table; a cell over several columns leaves those after it empty."""
    rows: list[list[str]] = []
    for row in islice(table.iterchildren(f"{_W}tr"), limits.rows):
        cells: list[str] = []
        for cell in islice(row.iter(f"{_W}tc"), limits.columns):
            if cell.getparent() is not row and not _in_control(cell, row):
                continue  # of a table inside this one: its text is in the outer cell already
            text = " ".join(" ".join(_paragraph(p).split()) for p in cell.iter(f"{_W}p")).strip()
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            wide = (span.get(f"{_W}val") or "1") if span is not None else "1"
            over = min(int(wide), limits.columns) if wide.isdecimal() and len(wide) < 4 else 1
            cells += [text, *[""] * (over - 1)]
        if any(cells):
            rows.append(cells[: limits.columns])
    widest = max(map(len, rows), default=0)
    return tuple(tuple(row + [""] * (widest - len(row))) for row in rows)


def _in_control(cell: etree._Element, row: etree._Element) -> bool:
    """Whether a cell stands in the row by way of a content control."""
    holder = cell.getparent()
    while holder is not None and holder is not row:
        if holder.tag == f"{_W}tc":
            return False
        holder = holder.getparent()
    return holder is row
