"""Programs that are borrowed: found or not, and what they print or why they gave up."""

import shutil
from pathlib import Path

import pytest

from scrapers.documents import Limits, State, read_document
from scrapers.documents.records import Unreadable
from service.documents.programs import Programs, installed, tools
from tests.scrapers.documents import making


def script(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_nothing_installed_is_no_tool(tmp_path: Path) -> None:
    programs = installed(str(tmp_path))
    assert programs == Programs()
    assert (tools(programs).ocr, tools(programs).doc_text, programs.name) == (None, None, "")


def test_tesseract_is_asked_for_the_languages_it_has(tmp_path: Path) -> None:
    script(tmp_path, "tesseract", "printf 'List of languages:\\neng\\nosd\\nkaz\\n'")
    assert installed(str(tmp_path)).languages == "kaz+eng"
    assert installed(str(tmp_path)).name == "ocr:kaz+eng"


def test_a_program_that_gives_up_is_told_in_its_own_words(tmp_path: Path) -> None:
    path = script(tmp_path, "antiword", "echo 'is not a Word Document' >&2; exit 1")
    convert = tools(Programs(antiword=path)).doc_text
    assert convert is not None
    with pytest.raises(Unreadable, match="is not a Word Document") as caught:
        convert(b"x")
    assert caught.value.state is State.UNREAD


def test_the_second_converter_is_tried_when_the_first_gives_up(tmp_path: Path) -> None:
    bad = script(tmp_path, "antiword", "exit 1")
    good = script(tmp_path, "catdoc", "cat")
    convert = tools(Programs(antiword=bad, catdoc=good)).doc_text
    assert convert is not None
    assert convert("Труба".encode()) == "Труба"


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="NO OCR: tesseract is not installed")
def test_a_printed_line_is_recognised() -> None:
    """The committed bill, rendered to a picture, gives its printed words back."""
    import pypdfium2 as pdfium  # noqa: PLC0415 - only where OCR is there

    from scrapers.documents.pdf import picture  # noqa: PLC0415 - only where OCR is there

    fixture = Path(__file__).parents[2] / "fixtures" / "documents" / "bill.pdf"
    page = picture(pdfium.PdfDocument(fixture)[0], Limits())
    ocr = tools(installed()).ocr
    assert ocr is not None
    assert "Ведомость" in ocr(page)


def test_a_scan_is_not_read_by_a_program_that_fails(tmp_path: Path) -> None:
    path = script(tmp_path, "tesseract", "echo broken >&2; exit 3")
    reading = tools(Programs(tesseract=path, languages="rus"))
    done = read_document(making.scan_pdf(), Limits(), reading)
    assert done.state is State.UNREAD
    assert "broken" in done.reason
