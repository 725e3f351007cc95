"""Old office files and archives made by hand, byte by byte: no program writes them any more."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import date

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE file with one stream (MS-CFB: header, FAT, directory, then the stream)."""
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % 512)
    length = len(stream) // 512
    fats = next(n for n in range(1, 110) if n * 128 >= n + 1 + length)
    chain = [_FAT] * fats + [_END] + [fats + 2 + n for n in range(length - 1)] + [_END]
    chain += [_FREE] * (fats * 128 - len(chain))
    head = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6),
        *(0, fats, fats, 0, 4096, _END, 0, _END, 0),
    )
    head += struct.pack("<109I", *range(fats), *[_FREE] * (109 - fats))
    entries = (
        _entry("Root Entry", 5, 1, _END, 0)
        + _entry(name, 2, _FREE, fats + 1, len(stream))
        + _entry("", 0, _FREE, 0, 0) * 2
    )
    return head + struct.pack(f"<{fats * 128}I", *chain) + entries + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    title = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16x4x16xIII",
        *(title, len(title) if name else 0, kind, 1, _FREE, _FREE, child, start, size, 0),
    )


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _cell(row: int, column: int, value: object) -> bytes:
    match value:
        case None:
            return b""
        case bool():
            return _record(0x205, struct.pack("<HHHBB", row, column, 0, value, 0))
        case date():  # days since 1899-12-30, in the format 14 of the second XF
            days = (value - date(1899, 12, 30)).days
            return _record(0x203, struct.pack("<HHHd", row, column, 1, days))
        case int() | float():
            return _record(0x203, struct.pack("<HHHd", row, column, 0, value))
    text = str(value)
    head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
    return _record(0x204, head + text.encode("utf-16-le"))


def biff(*, locked: bool = False, **named: Sequence[Sequence[object]]) -> bytes:
    """The stream of an Excel 97 workbook with these sheets (MS-XLS)."""
    bof = b"\x00\x06%b\x00" + bytes(12)
    head = _record(0x809, bof % b"\x05") + _record(0x42, struct.pack("<H", 1200))
    if locked:  # FILEPASS, RC4
        head += _record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    head += _record(0x22, b"\0\0")
    head += b"".join(_record(0xE0, struct.pack("<HH16x", 0, form)) for form in (0, 14))
    pages = [
        _record(0x809, bof % b"\x10")
        + b"".join(_cell(y, x, value) for y, row in enumerate(rows) for x, value in enumerate(row))
        + _record(0x0A)
        for rows in named.values()
    ]
    names = [name.encode("utf-16-le") for name in named]
    at = len(head) + sum(12 + len(name) for name in names) + 4
    for name, page in zip(names, pages, strict=True):
        head += _record(0x85, struct.pack("<IBBBB", at, 0, 0, len(name) // 2, 1) + name)
        at += len(page)
    return head + _record(0x0A) + b"".join(pages)


def xls(*, locked: bool = False, **named: Sequence[Sequence[object]]) -> bytes:
    """An old XLS with these sheets."""
    return compound(biff(locked=locked, **named))


_LINK = 0o120777
_FILE = 0o100644


def rar(
    members: Mapping[str, bytes],
    *,
    locked: bool = False,
    link: bool = False,
    size: int | None = None,
) -> bytes:
    """A RAR 4 archive with its files stored. `size` is what each says of itself."""
    out = b"Rar!\x1a\x07\x00" + _block(0x73, 0, bytes(6))
    for name, body in members.items():
        title = name.encode("ascii")
        said = len(body) if size is None else size
        rest = struct.pack(
            "<IIBIIBBHI",
            *(len(body), said, 3, zlib.crc32(body), 0x5C210000, 20, 0x30, len(title)),
            _LINK if link else _FILE,
        )
        out += _block(0x74, 0x8000 | (0x04 if locked else 0), rest + title) + body
    return out + _block(0x7B, 0x4000, b"")


def _block(kind: int, flags: int, rest: bytes) -> bytes:
    content = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(content) & 0xFFFF) + content
