"""ZIP inside limits: what it declares is checked before, what comes out is counted while reading.

Other archives come as a tar that a converter makes of them, and are counted as they come.

DOCX and XLSX are archives too: `check` comes before any library opens them.
"""

import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from scrapers.documents.limits import Limits
from scrapers.documents.records import State, Unreadable

_CHUNK = 1 << 16
_ENCRYPTED = 0x1
_SMALL = 1 << 20
"""Below this no ratio is a bomb: an empty sheet of a workbook packs a thousandfold."""
_SEPARATORS = re.compile(r"[\\/]+")
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name as shown, and its bytes or why there are none."""

    name: str
    body: bytes = b""
    problem: Unreadable | None = None


def check(body: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    """Look at the directory of an archive and give its files.

    Raises `Unreadable`: BROKEN without a directory, BOMB for too many members, too much declared,
    too high a ratio, or members that share bytes (Fifield's overlapping bomb, 2019).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(State.BROKEN, f"no ZIP directory: {error}"[:200]) from error
    if len(infos) > limits.members:
        raise Unreadable(State.BOMB, f"{len(infos)} files in one archive")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > limits.unpacked:
        raise Unreadable(State.BOMB, f"declares {unpacked} bytes unpacked")
    if unpacked > _SMALL and unpacked > limits.ratio * max(len(body), 1):
        raise Unreadable(State.BOMB, f"unpacks {unpacked // max(len(body), 1)} times its size")
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise Unreadable(State.BOMB, "files of the archive overlap")
        end = info.header_offset + info.compress_size
    return infos


def members(body: bytes, limits: Limits) -> Iterator[Member]:
    """Yield the files of an archive that passes `check`, links and encrypted ones as problems.

    Raises `Unreadable` BOMB when more comes out than was declared or allowed.
    """
    infos = check(body, limits)
    left = limits.unpacked
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for info in infos:
            member = _member(archive, info, min(limits.member, left))
            left -= len(member.body)
            yield member


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Member:
    name = shown_name(info)
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        return Member(name, problem=Unreadable(State.WRONG_TYPE, "a symbolic link"))
    if info.flag_bits & _ENCRYPTED:
        return Member(name, problem=Unreadable(State.ENCRYPTED, "the file has a password"))
    if info.compress_type not in _METHODS:
        said = f"packed by method {info.compress_type}, which is not read"
        return Member(name, problem=Unreadable(State.UNREAD, said))
    if info.file_size > most:
        return Member(name, problem=Unreadable(State.TOO_LARGE, f"{info.file_size} bytes"))
    kept = bytearray()
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                kept += chunk
                if len(kept) > min(most, info.file_size):
                    raise Unreadable(State.BOMB, f"{name}: more comes out than is declared")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        return Member(name, problem=Unreadable(State.BROKEN, f"{error}"[:200]))
    return Member(name, bytes(kept))


def tar_members(stream: IO[bytes], packed: int, limits: Limits) -> Iterator[Member]:
    """Yield the files of a tar as it comes, links and devices as problems.

    `packed` is the size of the archive it was made of. Raises `Unreadable` BOMB when more comes
    out than is allowed: whoever makes the stream is to be ended then. A stream that breaks off
    ends the files; its maker says why.
    """
    most = min(limits.unpacked, max(_SMALL, limits.ratio * packed))
    count, left = 0, most
    with suppress(tarfile.TarError, EOFError), tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            count += 1
            if count > limits.members:
                raise Unreadable(State.BOMB, f"more than {limits.members} files in one archive")
            if info.isdir():
                continue
            if info.size > left:
                raise Unreadable(State.BOMB, f"more than {most} bytes come out of {packed}")
            left -= info.size
            yield _tar_member(archive, info, limits.member)


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, most: int) -> Member:
    name = last_part(info.name)
    if not info.isreg():
        return Member(name, problem=Unreadable(State.WRONG_TYPE, "a link or a device"))
    if info.size > most:
        return Member(name, problem=Unreadable(State.TOO_LARGE, f"{info.size} bytes"))
    content = archive.extractfile(info)
    body = b"" if content is None else content.read()
    if len(body) < info.size:
        return Member(name, problem=Unreadable(State.BROKEN, "the archive breaks off in it"))
    return Member(name, body)


def shown_name(info: zipfile.ZipInfo) -> str:
    """The last part of a member's name for people; it never becomes a path.

    Archives made by Windows in Russian hold CP866 without saying so, which zipfile reads as CP437.
    """
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("cp866")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    return last_part(name)


def last_part(name: str) -> str:
    """What is shown of a path inside an archive."""
    last = _SEPARATORS.split(name)[-1]
    return "".join(sign if sign.isprintable() else " " for sign in last).strip()[:120] or "?"
