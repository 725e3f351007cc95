"""PDF by PDFium: text page by page, tables from the drawn cells, OCR where there is no text."""

import ctypes
import re
from collections.abc import Callable

import pypdfium2 as pdfium
from pypdfium2 import raw

from scrapers.documents.drawn_tables import Glyph, tables_of
from scrapers.documents.limits import Limits
from scrapers.documents.records import Kind, Page, Read, State, Table, Unreadable
from scrapers.documents.rulings import rulings_of
from scrapers.documents.spaced_tables import looks_tabular, spaced_tables

Ocr = Callable[[bytes], str]
"""Text of a picture (PNM, PNG, JPEG, TIFF). Raises `Unreadable`."""

_FEW_LETTERS = 20
"""Below this a page with a picture is a scan; stamps and page numbers have so many."""
_MOST_PICTURES = 3_000
_DPI = 200
_LETTER = re.compile(r"[^\W\d_]")
# PDFium gives U+0002 or U+FFFE for a hyphen at the end of a line.
_HYPHEN = re.compile("[\x02\ufffe]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")


def read_pdf(body: bytes, limits: Limits, ocr: Ocr | None = None) -> Read:
    """Read a PDF. Raises `Unreadable` ENCRYPTED or BROKEN."""
    document = _open(body)
    try:
        count = len(document)
        if count == 0:
            raise Unreadable(State.BROKEN, "a PDF without pages")
        reader = _Reader(limits, ocr)
        for index in range(min(count, limits.pages)):
            reader.read(document, index)
            if reader.left <= 0:
                break
        return reader.done(count)
    finally:
        document.close()


def _open(body: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise Unreadable(State.ENCRYPTED, "the PDF has a password") from error
        raise Unreadable(State.BROKEN, "not a readable PDF") from error


class _Reader:
    """What was read so far, page by page."""

    def __init__(self, limits: Limits, ocr: Ocr | None) -> None:
        self.limits, self.ocr = limits, ocr
        self.left = limits.characters
        self.pages: list[Page] = []
        self.broken: list[int] = []
        self.scans: list[int] = []
        self.why_unread = "" if ocr else "no text layer, and no OCR (tesseract) is installed"
        self.recognised = 0

    def read(self, document: pdfium.PdfDocument, index: int) -> None:
        """Read one page; one that PDFium cannot open is counted and passed over."""
        try:
            page = document[index]
        except pdfium.PdfiumError:
            self.broken.append(index + 1)
            return
        try:
            self._page(page, index + 1)
        except pdfium.PdfiumError:
            self.broken.append(index + 1)
        finally:
            page.close()

    def _page(self, page: pdfium.PdfPage, number: int) -> None:
        textpage = page.get_textpage()
        try:
            text = clean(textpage.get_text_range())[: self.limits.page_characters]
            tables: tuple[Table, ...] = ()
            if _readable(text) or not _has_picture(page):
                tables = _tables(page, textpage, text)
            else:
                text = self._recognised(page, number)
        finally:
            textpage.close()
        self.left -= len(text)
        self.pages.append(Page(number, text, tables))

    def _recognised(self, page: pdfium.PdfPage, number: int) -> str:
        """Text of a scanned page by OCR, nothing where that is not to be had."""
        if self.ocr is None or self.recognised >= self.limits.ocr_pages:
            self.scans.append(number)
            self.why_unread = self.why_unread or f"more than {self.limits.ocr_pages} scanned pages"
            return ""
        self.recognised += 1
        try:
            return clean(self.ocr(picture(page, self.limits)))[: self.limits.page_characters]
        except Unreadable as error:
            self.scans.append(number)
            self.why_unread = error.reason
            return ""

    def done(self, count: int) -> Read:
        """Say how it ended."""
        reasons = []
        if count > len(self.pages) + len(self.broken):
            reasons.append(f"{len(self.pages)} of {count} pages read")
        if self.broken:
            reasons.append(f"broken pages: {_listed(self.broken)}")
        if self.scans:
            reasons.append(f"pages {_listed(self.scans)}: {self.why_unread}")
        pages = tuple(self.pages)
        if not any(page.text.strip() for page in pages):
            if not self.scans and self.broken:
                raise Unreadable(State.BROKEN, "no page of it can be opened")
            reasons = reasons or ["no text on any page"]
            return Read(State.UNREAD, Kind.PDF, "; ".join(reasons), (), count)
        state = State.PARTIAL if reasons else State.READ
        return Read(state, Kind.PDF, "; ".join(reasons), pages, count)


def clean(text: str) -> str:
    """Text without control signs, line ends as one sign."""
    return _CONTROL.sub("", _HYPHEN.sub("-", text).replace("\r\n", "\n").replace("\r", "\n"))


def _readable(text: str) -> bool:
    """Whether a page has a text layer worth the name: letters, and those of a known alphabet."""
    letters = len(_LETTER.findall(text))
    return letters >= _FEW_LETTERS and len(_PRIVATE.findall(text)) < letters


def _has_picture(page: pdfium.PdfPage) -> bool:
    handle = page.raw
    count = min(raw.FPDFPage_CountObjects(handle), _MOST_PICTURES)
    kinds = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
    return any(
        raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(handle, index)) in kinds
        for index in range(count)
    )


def _tables(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, text: str) -> tuple[Table, ...]:
    rulings = rulings_of(page)
    if rulings is not None:
        found = tables_of(rulings, _glyphs(textpage))
        if found:
            return found
    return spaced_tables(_glyphs(textpage)) if looks_tabular(text) else ()


def _glyphs(textpage: pdfium.PdfTextPage) -> list[Glyph]:
    """Every character with its box, in the order of the page's text."""
    handle, found = textpage.raw, []
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetCharBox
    for index in range(textpage.count_chars()):
        code = unicode_of(handle, index)
        if not box_of(handle, index, left, right, bottom, top) or 0xD800 <= code < 0xE000:
            continue
        sign = "-" if code in {2, 0xFFFE} else chr(code)
        found.append((sign, left.value, right.value, bottom.value, top.value))
    return found


def picture(page: pdfium.PdfPage, limits: Limits) -> bytes:
    """A page as a grey picture (PGM), at 200 dpi or fewer where it is large."""
    width, height = (max(side, 1.0) for side in page.get_size())
    scale = min(_DPI / 72, (limits.ocr_pixels / (width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        rows = bytes(bitmap.buffer)
        lines = [
            rows[start : start + bitmap.width]
            for start in range(0, bitmap.height * bitmap.stride, bitmap.stride)
        ]
        return b"P5\n%d %d\n255\n" % (bitmap.width, bitmap.height) + b"".join(lines)
    finally:
        bitmap.close()


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return f"{shown}…" if len(numbers) > 10 else shown
