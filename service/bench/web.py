"""The desk under readers: a real server on a large store while a collection writes."""

import asyncio
import itertools
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from service.bench.desk_store import LEADS, NOTICES, built
from service.bench.figures import BenchError, Figure, Report
from service.bench.quality import Step

READERS = 20
PAUSE = 1.0
"""Seconds a reader looks at a page before the next."""
SECONDS = 20.0
WARM = 3
LEADS_MUST, SEARCH_MUST, WEIGHT_MUST, REQUESTS_MUST, MEMORY_MUST = 150.0, 200.0, 300.0, 30.0, 400.0
SERVER = Path(__file__).with_name("web_server.py")
_WORDS = ("трубы", "трубами стальными", "краска", "1020 17Г1С", "кабель", "окна", "Тонна 820")
_LISTS = (
    "/leads",
    "/leads?sort=deadline",
    "/leads?verdict=can",
    "/leads?region=75",
    "/leads?sort=sum",
)
_PARTS = re.compile(r'(?:src|href)="(/static/[^"]+|/[^"]+\.svg[^"]*)"')


def web(step: Step, *, folder: Path, notices: int = NOTICES, leads: int = LEADS) -> Report:
    """Measure pages and search at twenty readers, page weight and memory of the server."""
    path = built(folder, step, notices=notices, leads=leads)
    with _serving(path) as (address, server), _writing(path):
        step("leads", 1, 4)
        listed = _visit(address, _LISTS)
        step("search", 2, 4)
        found = _visit(address, [f"/leads?text={word}" for word in _WORDS])
        step("notices", 3, 4)
        stored = _visit(address, [f"/api/v1/notices?text={word}" for word in _WORDS])
        rate = _rate(address)
        kilobytes, requests = _heaviest(address)
        memory = _memory(server)
    figures = (
        Figure("leads page, p95", _p95(listed), "ms", must=LEADS_MUST, at_most=True),
        Figure("leads page, median", _median(listed), "ms"),
        Figure("search among leads, p95", _p95(found), "ms", must=SEARCH_MUST, at_most=True),
        Figure("search among notices, p95", _p95(stored), "ms", must=SEARCH_MUST, at_most=True),
        Figure("leads pages without a pause", rate, "pages/s"),
        Figure("heaviest page", kilobytes, "kB", must=WEIGHT_MUST, at_most=True),
        Figure("most requests of a page", requests, "", must=REQUESTS_MUST, at_most=True),
        Figure("memory of the server", memory, "MB", must=MEMORY_MUST, at_most=True),
    )
    note = (
        f"{notices:,} notices and {leads:,} leads in SQLite; {READERS} readers who open a page and "
        f"look at it for {PAUSE:g} s, while another process saves 50 new notices every 0.25 s; "
        "one uvicorn process; readers, server and writer share the machine"
    )
    return Report("web", "The desk under readers", figures, (note,))


@contextmanager
def _serving(path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with _child("serve", str(path), str(port)) as server:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            if server.poll() is not None:
                raise BenchError("the server of the bench ended by itself")
            try:
                httpx.get(f"{address}/leads", timeout=30)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            yield address, server
            return
        raise BenchError("the server of the bench does not answer")


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    with _child("write", str(path)):
        yield


@contextmanager
def _child(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-W", "ignore", str(SERVER), *arguments]
        child = subprocess.Popen(command, stderr=said, stdout=said)  # noqa: S603 - our own program
        try:
            yield child
        finally:
            child.terminate()
            child.wait(timeout=20)


def _visit(address: str, pages: Sequence[str]) -> list[float]:
    """Let the readers read for a while; gives the milliseconds of every page."""
    return asyncio.run(_readers(address, pages, SECONDS, PAUSE))


def _rate(address: str) -> float:
    """Give how many pages a second there are when nobody pauses."""
    seconds = SECONDS / 4
    return len(asyncio.run(_readers(address, _LISTS, seconds, 0))) / seconds


async def _readers(address: str, pages: Sequence[str], seconds: float, pause: float) -> list[float]:
    taken: list[float] = []
    until = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=READERS)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as client:
        for page in pages[:WARM]:
            await client.get(page)

        async def read(number: int) -> None:
            await asyncio.sleep(pause * random.Random(number).random())  # noqa: S311 - a spread
            for page in itertools.cycle([*pages[number % len(pages) :], *pages]):
                if time.perf_counter() > until:
                    return
                start = time.perf_counter()
                answer = await client.get(page)
                taken.append((time.perf_counter() - start) * 1000)
                if answer.status_code != httpx.codes.OK:
                    raise BenchError(f"{page} answered {answer.status_code}")
                await asyncio.sleep(pause)

        await asyncio.gather(*(read(number) for number in range(READERS)))
    return taken


def _heaviest(address: str) -> tuple[float, float]:
    """Give the kilobytes of the heaviest page with all it loads, and the most requests of one."""
    weights, counts = [], []
    with httpx.Client(base_url=address, timeout=60) as client:
        for page in ("/leads", "/zone", "/plants", "/plants/sample-steel-pipe", "/portals"):
            text = client.get(page)
            parts = set(_PARTS.findall(text.text))
            loaded = sum(len(client.get(part).content) for part in parts)
            weights.append((len(text.content) + loaded) / 1000)
            counts.append(1 + len(parts))
    return max(weights), float(max(counts))


def _memory(server: subprocess.Popen[bytes]) -> float:
    """Give the peak resident memory of the server in MB."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) / 1024 if peak else 0.0


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)] if taken else float("inf")


def _median(taken: Sequence[float]) -> float:
    return sorted(taken)[len(taken) // 2] if taken else float("inf")
