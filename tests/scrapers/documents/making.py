"""Documents made for tests, with made-up texts: small, and wrong in one way each."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import docx
import openpyxl
from docx.document import Document as Word

from service.bench.made_documents import assemble, drawn_page, text_page

HEADS = ("№", "Наименование материалов", "Ед. изм.", "Количество")
ROWS = (
    HEADS,
    ("1", "Труба стальная 530х8 ГОСТ 10704-91", "тн", "120,5"),
    ("2", "Эмаль ПФ-115 серая", "кг", "1 250"),
)
LONG = "Труба стальная электросварная прямошовная диаметром 530 мм с толщиной стенки 8 мм"


def text_pdf(*pages: str) -> bytes:
    """A PDF with these texts, a page each."""
    return assemble([text_page([text]) if text else "" for text in pages])


def table_pdf(rows: Sequence[tuple[str, ...]] = ROWS) -> bytes:
    """A PDF with one drawn table."""
    return assemble([drawn_page(list(rows))])


def scan_pdf() -> bytes:
    """A PDF whose only page is a grey picture."""
    return assemble(
        ["q 500 0 0 700 40 40 cm\nBI /W 2 /H 2 /CS /G /BPC 8 ID @`pz EI Q"],
    )


def saved(document: Word) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word(paragraphs: Iterable[str] = (LONG,), rows: Sequence[Sequence[str]] = ROWS) -> bytes:
    """A DOCX with paragraphs, then a table."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, line in zip(rows, table.rows, strict=True):
            for text, cell in zip(row, line.cells, strict=True):
                cell.text = text
    return saved(document)


def sheets(**named: Sequence[Sequence[object]]) -> bytes:
    """An XLSX with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in named.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rtf(text: str) -> bytes:
    """An RTF of one paragraph, Cyrillic as Word writes it."""
    escaped = "".join(f"\\u{ord(sign)}?" if ord(sign) > 127 else sign for sign in text)
    return f"{{\\rtf1\\ansi\\ansicpg1251\\deff0 {escaped}\\par}}".encode("ascii")


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def replaced(body: bytes, name: str, content: bytes) -> bytes:
    """An archive with one member's content replaced."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    return zipped({**members, name: content})


def with_flags(body: bytes, flags: int) -> bytes:
    """An archive whose members say that they are encrypted (0x1), in both places they say so."""
    changed = bytearray(body)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(mark)
        while place >= 0:
            known = struct.unpack_from("<H", changed, place + at)[0]
            struct.pack_into("<H", changed, place + at, known | flags)
            place = changed.find(mark, place + 4)
    return bytes(changed)


def overlapping(count: int = 3) -> bytes:
    """An archive whose directory names the first member's bytes again and again."""
    body = zipped({f"{number}.txt": b"0" * 50_000 for number in range(count)})
    changed = bytearray(body)
    place = changed.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<I", changed, place + 42, 0)
        place = changed.find(b"PK\x01\x02", place + 4)
    return bytes(changed)
