"""How much of a document is read. A child process has limits of memory and time besides."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of reading. Sizes are bytes, `ratio` unpacked to packed, `depth` archives in archives.

    `characters` is all text of a document together. A page of a scan costs seconds of OCR, so
    there are fewer of them (`ocr_pages`), each of at most `ocr_pixels`.
    """

    packed: int = 32 * MIB
    unpacked: int = 256 * MIB
    member: int = 64 * MIB
    ratio: int = 100
    members: int = 1_000
    depth: int = 2
    pages: int = 300
    characters: int = 2_000_000
    page_characters: int = 60_000
    rows: int = 20_000
    columns: int = 60
    ocr_pages: int = 20
    ocr_pixels: int = 12_000_000
