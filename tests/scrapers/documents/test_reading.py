"""What is read of each kind of file: pages, tables, and the state when it is not whole."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.text import WD_BREAK

from scrapers.documents import Kind, Limits, Read, State, Tools, read_document
from scrapers.documents.records import Unreadable
from service.bench.made_documents import assemble
from tests.scrapers.documents import making

LIMITS = Limits()
FIXTURES = Path(__file__).parents[2] / "fixtures" / "documents"


def read(body: bytes, tools: Tools | None = None, **limits: int) -> Read:
    return read_document(body, replace(LIMITS, **limits), tools)


def test_a_pdf_gives_its_text_page_by_page() -> None:
    done = read(making.text_pdf("Первая страница спецификации труб", "Вторая страница о красках"))
    assert (done.state, done.kind, done.page_count) == (State.READ, Kind.PDF, 2)
    assert [(page.number, page.text.strip()) for page in done.pages] == [
        (1, "Первая страница спецификации труб"),
        (2, "Вторая страница о красках"),
    ]


def test_a_drawn_table_of_a_pdf_is_rebuilt_cell_by_cell() -> None:
    (page,) = read(making.table_pdf()).pages
    heads, *rows = page.tables[0]
    assert heads[1:] == making.HEADS[1:]
    assert rows == [making.ROWS[1], making.ROWS[2]]


def test_a_page_printed_by_a_browser_keeps_merged_cells_apart() -> None:
    """Heads over two rows, one over two columns, headings across the table."""
    (page,) = read((FIXTURES / "bill.pdf").read_bytes()).pages
    (table,) = page.tables
    assert table[0] == (
        *("№ п/п", "Код АГСК-3", "Наименование работ и материалов", "Ед. изм.", "Количество", ""),
    )
    assert table[1] == ("", "", "", "", "на ед.", "всего")
    assert table[3] == ("Раздел 1. Наружный водопровод", "", "", "", "", "")
    assert table[4][2:] == (
        "Труба полиэтиленовая ПЭ100 SDR17 110х6,6 ГОСТ 18599-2001",
        *("м", "1,02", "1 250,5"),
    )


def test_a_table_without_lines_is_found_by_its_columns() -> None:
    # A dot is narrow in the font made here, and a space after it would look like a gap.
    rows = (("№", "Наименование", "Единица", "Количество"), *making.ROWS[1:])
    places = (45, 75, 405, 465)
    content = "".join(
        f"BT /F1 9 Tf {left} {700 - 20 * number} Td <{cell.encode('utf-16-be').hex()}> Tj ET\n"
        for number, row in enumerate(rows)
        for left, cell in zip(places, row, strict=True)
    )
    (page,) = read(assemble([content])).pages
    (table,) = page.tables
    assert [row[-3:] for row in table] == [row[-3:] for row in rows]


def test_a_scan_is_unread_without_ocr_and_read_with_it() -> None:
    done = read(making.scan_pdf())
    assert done.state is State.UNREAD
    assert "tesseract" in done.reason
    seen: list[bytes] = []

    def ocr(picture: bytes) -> str:
        seen.append(picture[:2])
        return making.LONG

    read_by_ocr = read(making.scan_pdf(), Tools(ocr=ocr))
    assert read_by_ocr.state is State.READ
    assert read_by_ocr.pages[0].text == making.LONG
    assert seen == [b"P5"]


def test_ocr_that_gives_up_leaves_the_scan_unread_with_its_reason() -> None:
    def ocr(_picture: bytes) -> str:
        raise Unreadable(State.TIMED_OUT, "OCR took more than 60 s")

    done = read(making.scan_pdf(), Tools(ocr=ocr))
    assert done.state is State.UNREAD
    assert "60 s" in done.reason


def test_a_pdf_of_many_pages_is_read_in_part_and_says_so() -> None:
    done = read(making.text_pdf(*["Страница технической спецификации"] * 12), pages=5)
    assert (done.state, len(done.pages), done.page_count) == (State.PARTIAL, 5, 12)
    assert done.reason == "5 of 12 pages read"


def test_a_cut_pdf_is_broken_and_never_half_a_specification() -> None:
    body = making.text_pdf("Труба стальная электросварная", "Вторая страница")
    assert read(body[: len(body) // 4]).state is State.BROKEN


def test_a_docx_gives_paragraphs_and_tables_in_order() -> None:
    done = read(making.word())
    (page,) = done.pages
    assert done.state is State.READ
    assert page.text.splitlines()[0] == making.LONG
    assert page.tables == (making.ROWS,)


def test_a_page_break_of_a_docx_begins_the_next_page() -> None:
    document = docx.Document()
    document.add_paragraph("Первая")
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("Вторая")
    done = read(making.saved(document))
    assert [(page.number, page.text) for page in done.pages] == [(1, "Первая"), (2, "Вторая")]


def test_an_xlsx_gives_a_page_for_each_sheet_with_its_name() -> None:
    done = read(making.sheets(Ведомость=making.ROWS, Прочее=[["Труба", 12.0, 0.25]]))
    assert [(page.number, page.label) for page in done.pages] == [(1, "Ведомость"), (2, "Прочее")]
    assert done.pages[0].tables == (making.ROWS,)
    assert done.pages[1].text == "Труба\t12\t0.25"


def test_a_sheet_that_claims_a_million_rows_is_read_to_its_last_value() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(making.HEADS))
    sheet["A1048576"] = "х"
    out = io.BytesIO()
    book.save(out)
    done = read(out.getvalue())
    assert done.state is State.READ
    assert len(done.pages[0].tables[0]) == 1


def test_an_rtf_gives_its_cyrillic_text() -> None:
    done = read(making.rtf(making.LONG))
    assert (done.state, done.pages[0].text.strip()) == (State.READ, making.LONG)


def test_a_page_of_html_gives_text_without_scripts_and_its_tables() -> None:
    body = (
        "<html><head><title>т</title><script>var x = 'труба'</script></head><body><p>Лот 1</p>"
        "<table><tr><td>Труба</td><td>120</td></tr></table></body></html>"
    )
    (page,) = read(body.encode()).pages
    assert page.text == "Лот 1\nТруба 120"
    assert page.tables == ((("Труба", "120"),),)


def test_plain_text_is_read_in_windows_1251_too() -> None:
    assert read(making.LONG.encode("cp1251")).pages[0].text == making.LONG


def test_an_old_word_file_needs_its_converter() -> None:
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
    assert read(body).state is State.UNREAD
    done = read(body, Tools(doc_text=lambda _body: "|№ |Название |\n|1 |Труба |\n"))
    assert done.state is State.READ
    assert done.pages[0].tables == ((("№", "Название"), ("1", "Труба")),)


def test_an_archive_gives_its_members_and_leaves_signatures_out() -> None:
    done = read(
        making.zipped(
            {
                "Спецификация.pdf": making.text_pdf(making.LONG),
                "папка/Смета.xlsx": making.sheets(Смета=making.ROWS),
                "Спецификация.pdf.p7s": b"\x30\x82",
            }
        )
    )
    assert done.state is State.READ
    assert [(one.name, one.kind) for one in done.members] == [
        ("Спецификация.pdf", Kind.PDF),
        ("Смета.xlsx", Kind.XLSX),
    ]


def test_an_archive_with_one_unread_member_is_partial_and_names_it() -> None:
    done = read(making.zipped({"a.txt": "Труба".encode(), "скан.png": b"\x89PNG\r\n\x1a\n"}))
    assert done.state is State.PARTIAL
    assert done.reason.startswith("скан.png: ")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_rare_packing_is_not_read(method: int) -> None:
    done = read(making.zipped({"a.txt": b"text"}, method))
    assert done.state is State.UNREAD
