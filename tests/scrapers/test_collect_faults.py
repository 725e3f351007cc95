"""Fetcher and walk together over HTTP: the true records so far, then a named error."""

import json
from dataclasses import replace

import pytest

from scrapers.collect import Ended, Page, walk
from scrapers.errors import (
    Blocked,
    FetchError,
    ImplausibleListing,
    NotAllowed,
    Throttled,
    TooLarge,
    Truncated,
    Unreachable,
    WrongContentType,
)
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.records import Depth, Notice, Phase
from tests.faults import (
    PORTAL,
    Asked,
    FaultServer,
    Play,
    at,
    fetcher,
    gzip_bomb,
    ok,
    page,
    redirect,
    reset,
    status,
    wrong_length,
)
from tests.faults.fetching import NOW


def ask(path: str) -> Request:
    return at(path, expect="json")


def listing(answer: Answer, _query: Query) -> Listing:
    found = json.loads(answer.body)
    notices = tuple(
        Notice("kz_made_up", ident, f"https://kz.example/{ident}", "Труба", Phase.OPEN,
               depth=Depth.LISTING)
        for ident in found["rows"]
    )  # fmt: skip
    return Listing(notices, ask(found["next"]) if found.get("next") else None, found.get("total"))


MADE_UP: Portal = replace(PORTAL, first=lambda _query: (ask("/lots?page=1"),), listing=listing)


def rows(idents: str, then: str | None = None, total: int | None = None) -> Play:
    body = json.dumps({"rows": list(idents), "next": then, "total": total}).encode()
    return ok(body, "application/json")


def collect(server: FaultServer, pages: list[Page]) -> None:
    with fetcher(server, portal=MADE_UP, retries=1) as fetch:
        for one in walk(MADE_UP, fetch.fetcher.fetch, Query(NOW), left=lambda: True):
            pages.append(one)  # noqa: PERF402 - what came before an error must stay


def given(pages: list[Page]) -> str:
    return "".join(notice.id for one in pages for notice in one.notices)


@pytest.mark.parametrize(
    ("play", "error"),
    [
        (status(500), Unreachable),
        (status(429, b"", "text/html", ("Retry-After", "9999")), Throttled),
        (reset, Unreachable),
        (gzip_bomb, TooLarge),
        (wrong_length(b'{"rows": ["c"', 900), Truncated),
        (ok(b'{"rows": ["c"', "application/json"), Truncated),
        (ok(b"", "application/json"), Truncated),
        (ok(page()), WrongContentType),
        (ok(b"<html><title>Just a moment...</title></html>"), Blocked),
        (redirect("https://127.0.0.1/"), NotAllowed),
        (redirect("http://169.254.169.254/"), NotAllowed),
        (redirect("/login"), Blocked),
    ],
)
def test_the_pages_before_a_fault_are_kept_and_the_fault_is_named(
    play: Play, error: type[FetchError]
) -> None:
    def script(asked: Asked, nth: int) -> Play:
        return rows("ab", "/lots?page=2") if asked.target.endswith("=1") else play

    pages: list[Page] = []
    with FaultServer(script) as server, pytest.raises(error) as caught:
        collect(server, pages)
    assert type(caught.value) is error
    assert given(pages) == "ab"
    assert pages[-1].next == ask("/lots?page=2")


def test_a_portal_that_shows_its_last_page_for_ever_is_left() -> None:
    def script(asked: Asked, nth: int) -> Play:
        number = int(asked.target.rpartition("=")[2])
        return rows("ab" if number == 1 else "cd", f"/lots?page={number + 1}")

    pages: list[Page] = []
    with FaultServer(script) as server:
        collect(server, pages)
        assert len(server.requests) == 3
    assert given(pages) == "abcd"
    assert pages[-1].ended is Ended.REPEATS
    assert [type(fault) for fault in pages[-1].faults] == [ImplausibleListing]


def test_rows_that_move_while_we_read_are_kept_once() -> None:
    served = [rows("ab", "/lots?page=2", 4), rows("bc", "/lots?page=3", 5), rows("d", None, 5)]

    def script(asked: Asked, nth: int) -> Play:
        return served[int(asked.target.rpartition("=")[2]) - 1]

    pages: list[Page] = []
    with FaultServer(script) as server:
        collect(server, pages)
    assert given(pages) == "abcd"
    assert [one.faults for one in pages] == [(), (), ()]
