"""The pages on PostgreSQL: the same answers to the same requests as on SQLite."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from service.store import open_store
from service.store.copying import copy_database
from service.web.app import create_app
from tests.web.seeding import CLOCK, NOW, Seeded
from tests.web.test_access import ROUTES, ask, filled_in

ASKED = (
    *("/leads?text=труба", "/leads?sort=sum", "/leads?country=KZ", "/why-not?q=0001-1"),
    *("/report?first=2026-11-01&last=2026-11-30", "/api/v1/notices?text=окна"),
)


@pytest.fixture
def moved(desk: Seeded, postgres_url: str) -> Iterator[Seeded]:
    """The seeded desk, moved to a server."""
    with open_store(postgres_url) as store:
        copy_database(desk.store, store, NOW, lambda _copied: None)
        app = create_app(desk.config, store, clock=CLOCK, mode="sample")
        yield replace(desk, app=app, store=store)


def test_every_page_says_the_same_on_both_engines(guests: Seeded, moved: Seeded) -> None:
    shown = [filled_in(path, moved) for method, path in ROUTES if method == "GET"]
    app = create_app(moved.config, moved.store, clock=CLOCK, mode="sample", guest=True)
    here, there = guests.browser(), replace(moved, app=app).browser()
    paths = [path for path in (*shown, *ASKED) if path not in {"/health", "/metrics"}]
    different = [path for path in paths if said(here, path) != said(there, path)]
    assert different == []


def said(client: TestClient, path: str) -> tuple[int, str, str]:
    """What a page says, sums to the sixth digit: engines add rows in an order of their own."""
    status, text, location = ask(client, "GET", path)
    rounded = re.sub(r"\d+\.\d{7,}", lambda found: f"{float(found[0]):.6f}", text)
    return status, rounded, location


def test_no_request_breaks_the_desk_on_a_server(moved: Seeded) -> None:
    client = moved.browser("admin")
    codes = {
        (method, path): ask(client, method, filled_in(path, moved))[0]
        for method, path in ROUTES
        if path != "/sign-out"
    }
    assert {each: code for each, code in codes.items() if code >= 500} == {}
