"""Which encoding a text file is in: UTF-8, UTF-16 with its mark, or Windows-1251 from Excel.

Strict rules rather than guessing by statistics: a wrong guess stores mojibake for good.
"""

import codecs
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from catalog.faults import CatalogueError

CHUNK = 1 << 20
LETTERS = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўџјѕ")
MARKS = frozenset("№«»–—…“”„‘’•°±·§\xa0\xad")
COMMON = frozenset("оеаинтрсвл")
"""The ten most used letters of Russian make about two thirds of any text."""
LEAST_FITTING = 0.9


def charset(path: Path) -> tuple[str, bool]:
    """Encoding of a file, and whether single bytes of its UTF-8 are damaged.

    Raises `CatalogueError` with the offset of the first wrong byte when it is neither UTF-8 nor
    plausible Windows-1251.
    """
    with path.open("rb") as file:
        start = file.read(3)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if first_error(path, "utf-16") is None:
            return "utf-16", False
        raise CatalogueError(path.name, "broken UTF-16; save the file as UTF-8")
    offset = first_error(path, "utf-8")
    if offset is None:
        return "utf-8-sig", False
    text = Counter(path.read_text(encoding="utf-8", errors="replace"))
    bad = text.pop("\ufffd", 0)
    if start == codecs.BOM_UTF8 or sum(n for char, n in text.items() if char > "\x7f") > bad:
        return "utf-8", True
    if first_error(path, "cp1251") is None and is_russian(Counter(path.read_text("cp1251"))):
        return "cp1251", False
    raise CatalogueError(
        path.name,
        "the encoding is neither UTF-8 nor Windows-1251 (byte %(offset)s); save the file as UTF-8",
        offset=offset,
    )


def first_error(path: Path, encoding: str) -> int | None:
    """Offset of the first byte that the encoding cannot hold, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return read - waiting + error.start
            if not chunk:
                return None
            read += len(chunk)


def is_russian(text: Counter[str]) -> bool:
    """Whether text read as Windows-1251 is Cyrillic beyond ASCII, and was not meant as KOI8-R.

    KOI8-R has its letters at the same bytes in another order, so that a wrong reading is Cyrillic
    too; the reading with more of the common letters is the right one.
    """
    beyond = sum(n for char, n in text.items() if char > "\x7f")
    fitting = sum(n for char, n in text.items() if char.lower() in LETTERS or char in MARKS)
    if fitting < LEAST_FITTING * beyond:
        return False
    common = otherwise = 0
    for char, n in text.items():
        common += n * (char.lower() in COMMON)
        otherwise += n * (char.encode("cp1251").decode("koi8-r").lower() in COMMON)
    return common >= otherwise


def marked_lines(path: Path, bad_bytes: list[int]) -> Iterator[str]:
    """Lines of damaged UTF-8; offsets of wrong bytes are added to `bad_bytes` as they pass."""
    offset = 0
    with path.open("rb") as file:
        for line in file:
            plain = line.removeprefix(codecs.BOM_UTF8) if offset == 0 else line
            try:
                yield plain.decode()
            except UnicodeDecodeError as error:
                bad_bytes.append(offset + len(line) - len(plain) + error.start)
                yield plain.decode(errors="replace")
            offset += len(line)
