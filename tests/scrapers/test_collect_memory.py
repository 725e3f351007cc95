"""Walking 100,000 notices takes little more memory than walking 10,000."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrapers.collect import Page, walk
from scrapers.portal import Answer, Listing, Portal, Query, Request
from tests.scrapers.test_collect import HOME, NOW, at, notice

ROWS = 50
MIB = 1 << 20
STATM = Path("/proc/self/statm")


def resident() -> int:
    """Bytes of this process in memory."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def listing(answer: Answer, pages: int) -> Listing:
    number = int(answer.body)
    first = (number - 1) * ROWS
    rows = tuple(notice(str(first + place), "1", "2") for place in range(ROWS))
    return Listing(rows, at(str(number + 1)) if number < pages else None)


def walked(count: int) -> Iterator[Page]:
    pages = count // ROWS
    portal = Portal(
        "kz", "Made up", "KZ", HOME, frozenset({"kz.example"}), "Asia/Almaty",
        lambda _query: (at("1"),),
        lambda answer, _query: listing(answer, pages),
    )  # fmt: skip

    def fetch(request: Request) -> Answer:
        body = request.url.rpartition("/")[2].encode()
        return Answer(request, request.url, 200, {}, body, NOW)

    return walk(portal, fetch, Query(NOW), wanted=lambda _one: False, left=lambda: True)


@pytest.mark.proof
@pytest.mark.skipif(not STATM.exists(), reason="SKIPPED: only Linux tells the memory of a process")
def test_memory_hardly_grows_with_the_notices_walked() -> None:
    before = at_ten = 0
    for page in walked(100_000):
        if page.number * ROWS == 1_000:
            before = resident()
        if page.number * ROWS == 10_000:
            at_ten = resident()
    grown = resident() - before
    assert at_ten >= before > 0
    # an id and a hash a row, twice: some 300 bytes a notice, where a whole one takes 3,000
    assert grown < 64 * MIB, f"{grown / MIB:.0f} MiB for 99,000 notices"
