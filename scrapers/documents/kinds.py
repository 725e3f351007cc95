"""What a file is, by its content. Names and content types of portals are wrong too often."""

import io
import re
import zipfile

from scrapers.documents.records import Kind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
_RAR = b"Rar!\x1a\x07"
_7Z = b"7z\xbc\xaf\x27\x1c"
_HEAD = 1024
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
# Names of streams inside an OLE file are UTF-16LE.
_WORD = "WordDocument".encode("utf-16-le")
_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_POOL = "ObjectPool".encode("utf-16-le")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def recognise(body: bytes) -> Kind:
    """Name the kind of a file; UNKNOWN for what nothing here reads."""
    head = body[:_HEAD]
    if b"%PDF-" in head:  # readers allow rubbish before it, and portals put it there
        return Kind.PDF
    if head.startswith(_ZIPS):
        return _zipped(body)
    if head.startswith(_OLE):
        return _compound(body)
    if head.startswith(_RAR):
        return Kind.RAR
    if head.startswith(_7Z):
        return Kind.SEVEN_ZIP
    if head.startswith(b"{\\rtf"):
        return Kind.RTF
    if head.startswith(_IMAGES):
        return Kind.IMAGE
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Kind.TEXT
    if _CONTROL.search(head):
        return Kind.UNKNOWN
    return Kind.HTML if _HTML.search(head) else Kind.TEXT


def _compound(body: bytes) -> Kind:
    """An old office file by the streams of its directory, whose entries stand 128 bytes apart.

    A workbook that holds a Word object names both; a Word file keeps its objects in a pool.
    """
    if _LOCKED in body:
        return Kind.DOC
    if any(_has_entry(body, name) for name in _BOOKS) and (
        _WORD not in body or not _has_entry(body, _POOL)
    ):
        return Kind.XLS
    return Kind.DOC if _WORD in body else Kind.UNKNOWN


def _has_entry(body: bytes, name: bytes) -> bool:
    name += b"\x00\x00"
    place = body.find(name)
    while place >= 0:
        if place % 128 == 0:
            return True
        place = body.find(name, place + 1)
    return False


def is_locked_office(body: bytes) -> bool:
    """Whether this is a DOCX or XLSX under a password: an OLE file around an encrypted package."""
    return body.startswith(_OLE) and _LOCKED in body


def _zipped(body: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return Kind.ZIP  # the reader of archives says what is wrong with it
    if "word/document.xml" in names:
        return Kind.DOCX
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    return Kind.ZIP
