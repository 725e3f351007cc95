"""RAR and 7z by `bsdtar` (libarchive), which turns them into a tar that is read as it comes.

It runs in the child and inherits its limits; nothing is written to a disk, and a name inside an
archive never becomes a path.
"""

import os
import re
import struct
import subprocess
import threading
from collections.abc import Iterator
from typing import IO

from scrapers.documents import Limits, State
from scrapers.documents.archives import Member, tar_members
from scrapers.documents.records import Unreadable

_SECONDS = 60
_LONGEST_WORDS = 4_096
_NOISE = re.compile(
    r"bsdtar:|\(null\)|Error reading archive \S+|Error exit delayed from previous errors\.?"
)
_RAR_4 = b"Rar!\x1a\x07\x00"


def unpack(program: str, body: bytes, limits: Limits) -> Iterator[Member]:
    """Yield the files of an archive. Raises `Unreadable`.

    What came before the archive broke, or before a file under a password, is yielded; then the
    break is one more file, with its state, so that nobody takes the archive for whole.
    """
    if _is_locked(body):
        raise Unreadable(State.ENCRYPTED, "the archive has a password")
    place = _in_memory(body)
    try:
        process = subprocess.Popen(  # noqa: S603 - a program from the search path, no shell
            # Blocks of 512 bytes (-b 1): of a larger one nothing comes when the archive breaks off.
            [program, "-c", "-b", "1", "-f", "-", "--format", "pax", f"@/proc/self/fd/{place}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(place,),
        )
    except OSError as error:
        said = f"bsdtar cannot be started: {error.strerror}"
        raise Unreadable(State.UNREAD, said) from error
    finally:
        os.close(place)
    yield from _files(process, len(body), limits)


def _files(process: "subprocess.Popen[bytes]", packed: int, limits: Limits) -> Iterator[Member]:
    out, words = process.stdout, process.stderr
    assert out is not None  # noqa: S101 - started with pipes
    assert words is not None  # noqa: S101 - started with pipes
    late, said = threading.Event(), bytearray()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(_SECONDS, stop)
    hearing = threading.Thread(target=_hear, args=(words, said), daemon=True)
    timer.start()
    hearing.start()
    count = 0
    try:
        for member in tar_members(out, packed, limits):
            count += 1
            yield member
        out.close()
        status = process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        out.close()
        hearing.join()
        words.close()
    if status == 0:
        return
    problem = _problem(bytes(said), status, late=late.is_set())
    if not count:
        raise problem
    yield Member("…", problem=problem)


def _hear(words: IO[bytes], said: bytearray) -> None:
    """Keep the first words and let the rest go by, lest the program waits for a reader."""
    while chunk := words.read(4096):
        said.extend(chunk[: _LONGEST_WORDS - len(said)])


def _problem(words: bytes, status: int, *, late: bool) -> Unreadable:
    if late:
        return Unreadable(State.TIMED_OUT, f"unpacking took more than {_SECONDS} s")
    said = " ".join(_NOISE.sub(" ", words.decode("utf-8", "replace")).split())[:150]
    if "encrypt" in said.lower() or "passphrase" in said.lower():
        return Unreadable(State.ENCRYPTED, "the archive has a password")
    if "allocate" in said:
        return Unreadable(State.TOO_LARGE, f"unpacking takes too much memory: {said}")
    return Unreadable(State.BROKEN, f"the archive is not whole: {said or f'status {status}'}")


def _is_locked(body: bytes) -> bool:
    """Whether a RAR 4 says that its heads (0x80 of block 0x73) or a file (0x04 of 0x74) are under
    a password: libarchive gives what it cannot decrypt as if it were the file."""
    at = len(_RAR_4)
    while body.startswith(_RAR_4) and at + 11 <= len(body):
        kind, flags, size, further = struct.unpack_from("<BHHI", body, at + 2)
        if (kind == 0x73 and flags & 0x80) or (kind == 0x74 and flags & 0x04):
            return True
        if size < 7:
            return False
        at += size + (further if flags & 0x8000 else 0)
    return False


def _in_memory(body: bytes) -> int:
    """A file without a name: 7z keeps its directory at its end, so a pipe would not do."""
    place = os.memfd_create("archive")
    left = memoryview(body)
    while left:
        left = left[os.write(place, left) :]
    os.lseek(place, 0, os.SEEK_SET)
    return place
