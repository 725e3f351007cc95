"""Pages a second of every portal's parser, beside the bare reading of the same bytes."""

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bs4 import BeautifulSoup

from service.bench.figures import Figure, Report
from service.bench.pages import Page, grown, saved
from service.bench.quality import Step

SECONDS = 1.0
"""How long each parser is run."""
MUST = 20.0
"""Listing pages of fifty lots a second on one core."""


def parse(payloads: Path | None, step: Step, *, seconds: float = SECONDS) -> Report:
    """Time the parsers on grown fixtures and, where `payloads` is a folder, on real pages."""
    pages = [("", page) for page in grown()]
    if payloads is not None and payloads.is_dir():
        pages += [(" (real page)", page) for page in saved(payloads)]
    figures: list[Figure] = []
    for number, (kind, page) in enumerate(pages):
        step(page.portal.name, number, len(pages))
        figures += figures_of(page, kind, seconds)
    notes = [
        "seconds of processor time; fixtures grown to 50 rows; beside: BeautifulSoup with lxml on "
        "the same bytes, json.loads for portals that answer JSON",
    ]
    if payloads is None or not payloads.is_dir():
        notes.append("REAL PAGES NOT MEASURED: no folder of saved pages (--payloads)")
    return Report("parse", "Parsing listing pages", tuple(figures), tuple(notes))


def figures_of(page: Page, kind: str, seconds: float) -> Iterable[Figure]:
    """Time one page both ways; its lots are counted, so that an empty answer is seen."""
    shown = page.portal.listing(page.answer, page.query).notices
    lots = sum(max(1, len(notice.lots)) for notice in shown)
    ours = rate(lambda: page.portal.listing(page.answer, page.query), seconds)
    bare = rate(lambda: bare_reading(page), seconds)
    name = f"{page.portal.name}{kind}, {lots} lots, {len(page.answer.body) // 1024} KB"
    return (
        Figure(name, ours, "pages/s", beside={"bare": bare}, must=None if kind else MUST),
        Figure(f"{page.portal.name}{kind}, ours to bare", ours / bare, "×"),
    )


def bare_reading(page: Page) -> object:
    """Read the bytes into a tree and look at nothing in it."""
    body = page.answer.body
    return BeautifulSoup(body, "lxml") if page.html else json.loads(body)


def rate(work: Callable[[], object], seconds: float) -> float:
    """Return how often `work` is done in a second of one core, after one round to warm up.

    Processor time, because a page is parsed by one thread and other programs must not count.
    """
    work()
    done, start = 0, time.process_time()
    while True:
        work()
        done += 1
        passed = time.process_time() - start
        if passed >= seconds:
            return done / passed
