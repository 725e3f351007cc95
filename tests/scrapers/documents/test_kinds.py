"""A file is what its bytes say, whatever its name."""

import pytest

from scrapers.documents import Kind
from scrapers.documents.kinds import is_locked_office, recognise
from tests.scrapers.documents import making, making_old

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (making.text_pdf("Текст"), Kind.PDF),
        (b"\n\nrubbish before it\n" + making.text_pdf("Текст"), Kind.PDF),
        (making.word(), Kind.DOCX),
        (making.sheets(Смета=making.ROWS), Kind.XLSX),
        (making.rtf("Труба"), Kind.RTF),
        (making.zipped({"a.pdf": b"%PDF-1.7"}), Kind.ZIP),
        (OLE + "WordDocument".encode("utf-16-le"), Kind.DOC),
        (making_old.xls(Смета=making.ROWS), Kind.XLS),
        (making_old.compound(b"", "Book"), Kind.XLS),
        (making_old.compound(b"", "PowerPoint Document"), Kind.UNKNOWN),
        (OLE + "a note on a Workbook".encode("utf-16-le"), Kind.UNKNOWN),
        (making_old.rar({"a.txt": b"text"}), Kind.RAR),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), Kind.IMAGE),
        (b"\xff\xd8\xff\xe0" + bytes(9), Kind.IMAGE),
        ("  <!DOCTYPE html><html>Труба".encode(), Kind.HTML),
        ("Труба стальная".encode("cp1251"), Kind.TEXT),
        ("Труба стальная".encode("utf-16"), Kind.TEXT),
        (b"MZ\x90\x00\x03\x00", Kind.UNKNOWN),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", Kind.SEVEN_ZIP),
    ],
)
def test_the_content_tells_the_kind(body: bytes, kind: Kind) -> None:
    assert recognise(body) is kind


def test_an_office_file_under_a_password_is_told_from_an_old_word_file() -> None:
    assert is_locked_office(OLE + "EncryptedPackage".encode("utf-16-le"))
    assert not is_locked_office(OLE + "WordDocument".encode("utf-16-le"))
