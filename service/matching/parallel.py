"""Matching on several cores: the lots of a file in chunks, the answers in the order of the file.

Workers are forked after the catalogue is indexed, so that all of them share one index in memory.
Lots pass to them and names of files with finished answers come back: fifty rows a lot are
megabytes, which a pipe would carry in pieces of 64 kB.
"""

import errno
import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from io import UnsupportedOperation
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import numpy as np

from catalog.family import Family
from catalog.records import FamilyName, Product
from matcher import hierarchy
from matcher.answers import written
from matcher.matching import BATCH, answer_lots
from matcher.offers import Offers, texts
from matcher.records import LotText
from matcher.vocabulary import Learned, learn

CHUNK = 2 * BATCH
"""Lots sent to a worker at once: fewer cost more on the way, more leave a core idle at the end."""
AHEAD = 3
"""Chunks a worker that are read before the first is written: bounds what stands in memory."""
Relieve = Callable[[], None]
_shared: list[tuple[Offers, int, Relieve | None]] = []
"""What forked workers inherit: the catalogue, the number of products listed, what frees memory."""


LARGE_PIECE = 32 * 1024 * 1024 - 64 * 1024
"""Bytes of the largest piece of memory glibc learns from: a little under 32 MiB."""


_products: list[Sequence[Product]] = []
"""What forked workers inherit that learn the terms of a catalogue."""
WORTH_SHARING = 4_000
"""Products below which starting processes costs more than it saves."""


def cores() -> int:
    """Return the number of cores this process may use; 1 where processes cannot be forked."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def keep_freed_memory() -> None:
    """Let the C library keep freed memory of some megabytes for the next batch.

    glibc hands large pieces back to the system until it has seen one of this size freed
    (M_MMAP_THRESHOLD in mallopt(3)); getting them anew, page by page, takes a tenth of a batch.
    """
    np.empty(LARGE_PIECE, dtype=np.uint8)


def match_text(
    lots: Iterable[LotText],
    offers: Offers,
    *,
    top: int,
    jobs: int,
    relieve: Relieve | None = None,
) -> Iterator[bytes]:
    """Yield the answers of `match_lots` as lines in UTF-8, the same for any `jobs`.

    `relieve` is called between chunks, to give back the memory of a mapped index.
    """
    for piece in _pieces(lots, offers, top, jobs, relieve):
        yield piece if isinstance(piece, bytes) else piece.read_bytes()


def write_text(
    out: BinaryIO,
    lots: Iterable[LotText],
    offers: Offers,
    *,
    top: int,
    jobs: int,
    relieve: Relieve | None = None,
) -> None:
    """Write what `match_text` yields; what workers wrote passes from file to file in the kernel."""
    for piece in _pieces(lots, offers, top, jobs, relieve):
        if isinstance(piece, bytes):
            out.write(piece)
        else:
            _append(piece, out)


def _append(piece: Path, out: BinaryIO) -> None:
    """Put a file's bytes behind what was written."""
    with piece.open("rb") as file:
        out.flush()
        left = piece.stat().st_size
        try:
            while left:
                left -= os.sendfile(out.fileno(), file.fileno(), None, left)
        except OSError as error:
            # No file of the system, or one that takes nothing this way (opened for appending).
            if not isinstance(error, UnsupportedOperation) and error.errno != errno.EINVAL:
                raise
            out.write(file.read())


def _pieces(
    lots: Iterable[LotText], offers: Offers, top: int, jobs: int, relieve: Relieve | None
) -> Iterator[bytes | Path]:
    """Yield the answers in the order of the lots; those of a worker as a file, soon deleted."""
    source = iter(lots)
    chunk = list(islice(source, CHUNK))
    keep_freed_memory()
    # Nothing built so far is freed before the end: looking through it for cycles again and again
    # would take a tenth of the time, and workers would copy it.
    gc.freeze()
    try:
        if jobs < 2 or len(chunk) < CHUNK or sys.platform != "linux":
            while chunk:
                yield from _answers(chunk, offers, top, relieve)
                chunk = list(islice(source, CHUNK))
        else:
            yield from _shared_out(chain(chunk, source), offers, top, jobs, relieve)
    finally:
        gc.unfreeze()


def _shared_out(
    source: Iterator[LotText], offers: Offers, top: int, jobs: int, relieve: Relieve | None
) -> Iterator[Path]:
    """Yield the answers of several processes in the order of the lots, each until the next."""
    chunk = list(islice(source, CHUNK))
    _shared.append((offers, top, relieve))
    try:
        with (
            TemporaryDirectory(prefix="suranys-answers-") as folder,
            ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool,
        ):
            waiting: deque[Future[Path]] = deque()
            number = 0
            while chunk or waiting:
                if chunk:
                    waiting.append(pool.submit(_work, chunk, Path(folder) / str(number)))
                    number += 1
                    chunk = list(islice(source, CHUNK))
                if not chunk or len(waiting) >= AHEAD * jobs:
                    done = waiting.popleft().result()
                    yield done
                    done.unlink()
    finally:
        _shared.clear()


def _work(lots: list[LotText], out: Path) -> Path:
    with out.open("wb") as file:
        file.writelines(_answers(lots, *_shared[-1]))
    return out


def _answers(
    lots: list[LotText], offers: Offers, top: int, relieve: Relieve | None
) -> Iterator[bytes]:
    if relieve is not None:
        relieve()
    yield from written(answer_lots(lots, offers, top=top), offers)


def offers_of(
    products: Sequence[Product], families: Mapping[FamilyName, Family], *, jobs: int
) -> Offers:
    """Index a catalogue as `Offers.build` does, its terms taken by several processes.

    A catalogue of categories is indexed by one: the words of headings stand in every text.
    """
    gc.disable()  # what is built is kept: there is nothing to be found in it
    keep_freed_memory()
    try:
        return _offers_of(products, families, jobs)
    finally:
        gc.enable()


def _offers_of(
    products: Sequence[Product], families: Mapping[FamilyName, Family], jobs: int
) -> Offers:
    tree = any(hierarchy.SEPARATOR in product.code for product in products)
    if jobs < 2 or tree or len(products) < WORTH_SHARING or sys.platform != "linux":
        return Offers.build(products, families)
    size = -(-len(products) // jobs)
    _products.append(products)
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            starts = range(0, len(products), size)
            learned = list(pool.map(_learn, starts, [size] * len(starts)))
    finally:
        _products.clear()
    return Offers.build(products, families, learned)


def _learn(start: int, size: int) -> Learned:
    part = _products[-1][start : start + size]
    return learn(texts(part, [()] * len(part)))
