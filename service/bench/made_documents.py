"""Made-up documents as buyers attach them: specifications and bills in PDF, DOCX, XLSX and RTF."""

import io
import zipfile
import zlib
from collections.abc import Callable
from random import Random

import docx
import openpyxl

_GOODS = (
    ("Труба стальная электросварная {0}х{1} ГОСТ 10704-91", "пог. м"),
    ("Труба полиэтиленовая ПЭ100 SDR17 {0}х{1}", "пог. м"),
    ("Эмаль ПФ-115 серая ГОСТ 6465-76", "кг"),
    ("Блок оконный ПВХ {0}х{1}0", "м2"),
    ("Кирпич керамический М{0}", "тыс. шт"),
    ("Отвод стальной 90° {0}х{1}", "шт"),
)
_WORDS = (
    *("поставщик", "обязан", "передать", "товар", "заказчику", "срок", "условия", "договора"),
    *("качество", "подтверждается", "паспортом", "изготовителя", "приёмка", "комиссией"),
)
_PDF_FONT_HEIGHT = 9

Row = tuple[str, ...]


def bill(random: Random, rows: int) -> list[Row]:
    """Make the rows of a bill of quantities, its heads first."""
    made: list[Row] = [("№", "Наименование работ и материалов", "Ед. изм.", "Количество")]
    for number in range(1, rows + 1):
        name, unit = random.choice(_GOODS)
        size = (random.choice((110, 159, 219, 325, 530)), random.choice((5, 6, 8, 10)))
        amount = f"{random.randint(1, 9000)},{random.randint(0, 9)}"
        made.append((str(number), name.format(*size), unit, amount))
    return made


def paragraphs(random: Random, count: int) -> list[str]:
    """Make paragraphs of the talk that surrounds a bill."""
    return [
        " ".join(random.choice(_WORDS) for _ in range(random.randint(25, 60))).capitalize() + "."
        for _ in range(count)
    ]


def pdf(random: Random, pages: int = 5) -> bytes:
    """Make a PDF of pages of text with a drawn bill on each second page."""
    contents = []
    for number in range(pages):
        if number % 2:
            contents.append(drawn_page(bill(random, 22)))
        else:
            contents.append(text_page(paragraphs(random, 7)))
    return assemble(contents)


def text_page(lines: list[str]) -> str:
    """A page of text as PDF operators, lines broken at 95 characters."""
    broken = [part for line in lines for part in _broken(line)]
    shown = "".join(f"<{_hex(line)}> Tj T*\n" for line in broken[:60])
    return f"BT /F1 {_PDF_FONT_HEIGHT} Tf 12 TL 50 790 Td\n{shown}ET\n"


def drawn_page(rows: list[Row]) -> str:
    """A page with a table: borders as rectangles, as office programs draw them."""
    widths = (30, 330, 60, 80)
    top, height, parts = 780, 20, []
    for place, row in enumerate(rows):
        left, bottom = 45, top - (place + 1) * height
        for cell, width in zip(row, widths, strict=True):
            parts.append(f"{left} {bottom} {width} {height} re S\n")
            parts.append(f"BT /F1 {_PDF_FONT_HEIGHT} Tf {left + 3} {bottom + 6} Td")
            parts.append(f" <{_hex(cell)}> Tj ET\n")
            left += width
    return "0.5 w\n" + "".join(parts)


def assemble(contents: list[str]) -> bytes:
    """Put pages of operators into a PDF. Text is in a font of two bytes a character, whose
    ToUnicode map says that each is itself."""
    objects: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type0/BaseFont/Arial/Encoding/Identity-H"
        b"/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Arial/CIDSystemInfo<</Registry(Adobe)"
        b"/Ordering(Identity)/Supplement 0>>/FontDescriptor 5 0 R/DW 500/CIDToGIDMap/Identity>>",
        b"<</Type/FontDescriptor/FontName/Arial/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0"
        b"/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        _stream(
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def\n"
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
            b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\nendcmap end end"
        ),
    ]
    kids = []
    for content in contents:
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
            + f"/Contents {len(objects) + 2} 0 R>>".encode()
        )
        objects.append(_stream(content.encode()))
    objects[1] = f"<</Type/Pages/Count {len(contents)}/Kids[{' '.join(kids)}]>>".encode()
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _broken(line: str) -> list[str]:
    words, lines = line.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 95:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def word(random: Random) -> bytes:
    """Make a DOCX of paragraphs and a bill."""
    document = docx.Document()
    for paragraph in paragraphs(random, 20):
        document.add_paragraph(paragraph)
    rows = bill(random, 30)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, line in zip(rows, table.rows, strict=True):
        for text, cell in zip(row, line.cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet(random: Random) -> bytes:
    """Make an XLSX with a bill of 150 rows."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in bill(random, 150):
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rtf(random: Random) -> bytes:
    """Make an RTF of paragraphs."""
    text = "".join(
        "".join(f"\\u{ord(sign)}?" if ord(sign) > 127 else sign for sign in line) + "\\par\n"
        for line in paragraphs(random, 12)
    )
    return f"{{\\rtf1\\ansi\\ansicpg1251 {text}}}".encode("ascii")


def archive(random: Random) -> bytes:
    """Make a ZIP with a specification and a bill."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Спецификация.pdf", pdf(random, 3))
        packed.writestr("Ведомость объёмов.xlsx", sheet(random))
    return out.getvalue()


MIX: tuple[tuple[int, Callable[[Random], bytes]], ...] = (
    (14, pdf),
    (3, word),
    (2, sheet),
    (1, rtf),
    (1, archive),
)
"""How often each kind comes; specifications of goszakup are PDF."""


def made_documents(count: int) -> list[bytes]:
    """Make documents in the proportions of `MIX`, every one of other content."""
    random = Random(20260518)  # noqa: S311 - made-up texts
    kinds = [make for share, make in MIX for _ in range(share)]
    return [kinds[number % len(kinds)](random) for number in range(count)]
