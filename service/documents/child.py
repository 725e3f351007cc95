"""The child that opens files: `python -m service.documents.child SETTINGS`, spoken to by pipes.

Frames of eight bytes of length and the content: a file in, a document as JSON out. It has no
network to reach and no file to write; limits of memory and processor time are set before the
first byte is read, and every file has its own share of time.
"""

import contextlib
import gc
import os
import resource
import struct
import sys
from dataclasses import asdict, dataclass, field
from typing import BinaryIO

import orjson

from scrapers.documents import Kind, Limits, Read, State, items_of, read_document
from service.documents.codec import Document, dump_document
from service.documents.programs import Programs, tools

LENGTH = struct.Struct("!Q")


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """What a child may use. `cpu_seconds` is for one file; the programs it starts have as much."""

    memory: int = 1 << 30
    cpu_seconds: int = 60
    file_bytes: int = 64 << 20
    limits: Limits = field(default_factory=Limits)
    programs: Programs = field(default_factory=Programs)
    tables: bool = False
    """Whether tables are sent back; the store keeps only text and items."""

    def dump(self) -> str:
        """Write the settings for the command line."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def load(cls, text: str) -> "ChildSettings":
        """Read what `dump` wrote."""
        record = orjson.loads(text)
        limits, programs = Limits(**record.pop("limits")), Programs(**record.pop("programs"))
        return cls(**record, limits=limits, programs=programs)


def main() -> None:
    """Answer file after file until the pipe closes."""
    settings = ChildSettings.load(sys.argv[1])
    source, sink = _pipes()
    for kind, bound in (
        (resource.RLIMIT_AS, settings.memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, settings.file_bytes),
    ):
        resource.setrlimit(kind, (bound, bound))
    while (head := source.read(LENGTH.size)) and len(head) == LENGTH.size:
        body = source.read(LENGTH.unpack(head)[0])
        _allow(settings.cpu_seconds)
        answer, spent = _answer(body, settings)
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()
        if spent:
            return  # memory that ran out once is in pieces: a fresh child reads the next


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent; what a library prints goes nowhere."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return source, sink


def _allow(seconds: int) -> None:
    """Give this file its share of processor time; beyond it the kernel ends the child."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    with contextlib.suppress(ValueError):  # an outer limit is lower, and holds
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _answer(body: bytes, settings: ChildSettings) -> tuple[bytes, bool]:
    """Read a file, and say whether memory ran out over it."""
    try:
        read = read_document(body, settings.limits, tools(settings.programs))
        document = Document(read, items_of(read))
        return dump_document(document, tables=settings.tables), False
    except MemoryError:
        gc.collect()
        said = f"reading it takes more than {settings.memory >> 20} MB of memory"
        return dump_document(Document(Read(State.TOO_LARGE, Kind.UNKNOWN, said))), True
    except Exception as error:  # a fault of a library or ours, on this file alone
        said = f"the reader failed: {error!r}"[:300]
        return dump_document(Document(Read(State.CRASHED, Kind.UNKNOWN, said))), False


if __name__ == "__main__":
    main()
