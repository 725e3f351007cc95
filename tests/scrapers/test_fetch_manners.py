"""Politeness: robots.txt, the pause between requests, retries, and one connection a host."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.errors import Blocked, NotAllowed, Throttled, Unreachable
from scrapers.fetch.retry import backoff, retry_after
from tests.faults import Asked, FaultServer, Play, fetcher, ok, page, redirect, status
from tests.faults.fetching import NOW

PLAIN = "text/plain"


def portal_with(robots: Play, *pages: Play) -> FaultServer:
    """robots.txt, then the pages in turn; the last one stays."""

    def script(asked: Asked, nth: int) -> Play:
        if asked.target == "/robots.txt":
            return robots
        return pages[min(nth, len(pages) - 1)] if pages else ok(page())

    return FaultServer(script, robots=True)


def portal(*pages: Play) -> FaultServer:
    return portal_with(status(404), *pages)


def test_robots_txt_is_read_once_and_obeyed() -> None:
    rules = b"User-agent: *\nDisallow: /private\n"
    with portal_with(ok(rules, PLAIN)) as server, fetcher(server) as fetch:
        fetch("/lots")
        fetch("/lots?page=2")
        with pytest.raises(NotAllowed, match=r"robots\.txt"):
            fetch("/private/1")
        assert server.targets == ["/robots.txt", "/lots", "/lots?page=2"]


def test_rules_for_our_name_are_ours() -> None:
    rules = b"User-agent: suranys\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
    with (
        portal_with(ok(rules, PLAIN)) as server,
        fetcher(server) as fetch,
        pytest.raises(NotAllowed),
    ):
        fetch("/lots")


def test_a_redirect_into_a_forbidden_place_is_not_followed() -> None:
    rules = ok(b"User-agent: *\nDisallow: /private\n", PLAIN)
    with portal_with(rules, redirect("/private")) as server, fetcher(server) as fetch:
        with pytest.raises(NotAllowed):
            fetch("/lots")
        assert "/private" not in server.targets


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_no_robots_txt_means_all_is_allowed(code: int) -> None:
    with portal_with(status(code)) as server, fetcher(server) as fetch:
        assert fetch("/lots").status == 200


@pytest.mark.parametrize("code", [500, 503])
def test_a_robots_txt_that_cannot_be_read_means_nothing_is(code: int) -> None:
    with portal_with(status(code)) as server, fetcher(server, retries=1) as fetch:
        for _ in range(2):
            with pytest.raises(Unreachable, match=r"robots\.txt"):
                fetch("/lots")
        assert server.targets == ["/robots.txt"] * 2


def test_robots_txt_may_be_left_alone() -> None:
    with portal_with(status(500)) as server, fetcher(server, obey_robots=False) as fetch:
        fetch("/lots")
        assert server.targets == ["/lots"]


@pytest.mark.parametrize(
    ("asked", "ours", "kept"), [("5", 1.0, 5.0), ("1", 5.0, 5.0), ("999999", 1.0, 60.0)]
)
def test_the_longer_of_their_delay_and_ours_is_kept(asked: str, ours: float, kept: float) -> None:
    rules = ok(f"User-agent: *\nCrawl-delay: {asked}\n".encode(), PLAIN)
    with portal_with(rules) as server, fetcher(server, delay_seconds=ours) as fetch:
        fetch("/lots")
        fetch("/lots?page=2")
        assert fetch.time.slept == [kept, kept]


def test_time_spent_parsing_counts_towards_the_pause() -> None:
    with portal(ok(page())) as server, fetcher(server, delay_seconds=3, obey_robots=False) as fetch:
        fetch("/lots")
        fetch.time.at += 2
        fetch("/lots")
        fetch.time.at += 10
        fetch("/lots")
        assert fetch.time.slept == [1]


def test_trouble_slows_us_down_and_good_answers_do_not_speed_us_up() -> None:
    pages = [status(503), ok(page())]
    with (
        portal(*pages) as server,
        fetcher(server, delay_seconds=10, obey_robots=False, backoff_seconds=0.0) as fetch,
    ):
        for _ in range(3):
            fetch("/lots")
        assert [pause for pause in fetch.time.slept if pause] == [20, 20, 20]


def test_all_requests_to_a_host_go_over_one_connection() -> None:
    with portal(ok(page())) as server, fetcher(server) as fetch:
        for number in range(5):
            fetch(f"/lots?page={number}")
        assert {asked.connection for asked in server.requests} == {0}


def test_we_say_who_we_are_and_keep_cookies() -> None:
    with (
        portal(ok(page(), "text/html", ("Set-Cookie", "session=1; Path=/"))) as server,
        fetcher(server) as fetch,
    ):
        fetch("/lots")
        fetch("/lots")
        assert server.requests[1].headers["user-agent"] == "suranys/0 (+mailto:x@example.invalid)"
        assert server.requests[1].headers["host"] == "kz.example"
        assert "cookie" not in server.requests[1].headers
        assert server.requests[2].headers["cookie"] == "session=1"


def test_forms_and_json_are_sent_as_they_are() -> None:
    with portal(ok(b"{}", "application/json")) as server, fetcher(server) as fetch:
        form = (("a", "труба 1"), ("b", "2"), ("a", "3"))
        fetch("/window", method="POST", form=form, expect="json")
        fetch("/search", method="POST", json='{"q": "труба"}', expect="json")
        assert server.requests[1].body == b"a=%D1%82%D1%80%D1%83%D0%B1%D0%B0+1&b=2&a=3"
        assert server.requests[2].body.decode() == '{"q": "труба"}'
        assert server.requests[2].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("said", "least"),
    [
        ("7", 7),
        ("Mon, 18 May 2026 07:00:30 GMT", 30),
        ("Mon, 18 May 2026 06:00:00 GMT", 0),
        ("soon", 0),
        ("-5", 0),
        ("1e9", 0),
        ("", 0),
    ],
)
def test_retry_after_is_waited_for_in_each_form(said: str, least: float) -> None:
    busy = status(429, b"", "text/html", ("Retry-After", said))
    with portal(busy, ok(page())) as server, fetcher(server, obey_robots=False) as fetch:
        assert fetch("/lots").status == 200
        assert fetch.time.slept[0] >= least
        assert fetch.time.slept[0] <= max(least, 1)


@pytest.mark.parametrize("code", [429, 503])
def test_a_longer_wait_than_we_have_ends_it_at_once(code: int) -> None:
    busy = status(code, b"", "text/html", ("Retry-After", "3600"))
    kind = Throttled if code == 429 else Unreachable
    with portal(busy) as server, fetcher(server, obey_robots=False) as fetch:
        with pytest.raises(kind):
            fetch("/lots")
        assert fetch.time.slept == []
        assert len(server.requests) == 1


def test_a_refusal_is_not_asked_again() -> None:
    with portal(status(403)) as server, fetcher(server, obey_robots=False) as fetch:
        with pytest.raises(Blocked):
            fetch("/lots")
        assert len(server.requests) == 1


@given(st.text(max_size=40))
def test_any_retry_after_is_a_wait_or_nothing(text: str) -> None:
    wait = retry_after({"retry-after": text}, NOW)
    assert wait is None or 0 <= wait < float("inf")


def test_pauses_grow_and_differ() -> None:
    assert backoff(0, 1.0, Random(1)) != backoff(0, 1.0, Random(2))  # noqa: S311 - jitter
    for attempt in range(40):
        least, most = (min(2.0**attempt, 60) * share for share in (0.5, 1.0))
        assert least <= backoff(attempt, 1.0, Random(3)) <= most  # noqa: S311


def test_a_date_without_a_zone_is_utc() -> None:
    said = {"retry-after": "18 May 2026 07:00:30 -0000"}
    assert retry_after(said, datetime(2026, 5, 18, 7, tzinfo=UTC)) == 30
