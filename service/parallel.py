"""Matching on several cores: the lots of a file in chunks, the answers in the order of the file.

Workers are forked after the catalogue is indexed, so that all of them share one index in memory
and only lots and finished lines pass between processes.
"""

import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from matcher.answers import written
from matcher.matching import BATCH, answer_lots
from matcher.offers import Offers
from matcher.records import LotText

CHUNK = 4 * BATCH
"""Lots sent to a worker at once: fewer cost more on the way, more leave a core idle at the end."""
AHEAD = 3
"""Chunks a worker that are read before the first is written: bounds what stands in memory."""
Relieve = Callable[[], None]
_shared: list[tuple[Offers, int, Relieve | None]] = []
"""What forked workers inherit: the catalogue, the number of products listed, what frees memory."""


def cores() -> int:
    """Return the number of cores this process may use; 1 where processes cannot be forked."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


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
    source = iter(lots)
    chunk = list(islice(source, CHUNK))
    if jobs < 2 or len(chunk) < CHUNK or sys.platform != "linux":
        while chunk:
            yield _answers(chunk, offers, top, relieve)
            chunk = list(islice(source, CHUNK))
        return
    # Nothing built so far is ever freed: workers need not copy it to count references' cycles.
    gc.freeze()
    _shared.append((offers, top, relieve))
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            waiting: deque[Future[bytes]] = deque()
            while chunk or waiting:
                if chunk:
                    waiting.append(pool.submit(_work, chunk))
                    chunk = list(islice(source, CHUNK))
                if not chunk or len(waiting) >= AHEAD * jobs:
                    yield waiting.popleft().result()
    finally:
        _shared.clear()
        gc.unfreeze()


def _work(lots: list[LotText]) -> bytes:
    return _answers(lots, *_shared[-1])


def _answers(lots: list[LotText], offers: Offers, top: int, relieve: Relieve | None) -> bytes:
    if relieve is not None:
        relieve()
    return b"".join(written(answer_lots(lots, offers, top=top), offers))
