"""Each way a portal can fail us ends in its named error, soon, and never in a wrong answer."""

import gzip

import pytest

from scrapers.errors import (
    Blocked,
    FetchError,
    NotAllowed,
    NotFound,
    NotSaved,
    Throttled,
    TooLarge,
    Truncated,
    Unreachable,
    WrongContentType,
)
from tests.faults import (
    FaultServer,
    Play,
    drip,
    drip_headers,
    fetcher,
    gzip_bomb,
    ok,
    page,
    redirect,
    reset,
    stall,
    status,
    truncated_gzip,
    wrong_length,
)

JSON = "application/json"
CAPTCHA = b"<html><head><title>Just a moment...</title></head><body></body></html>"
LOG_IN = "<html><head><title>Вход в систему</title></head><body></body></html>".encode()


def always(play: Play) -> FaultServer:
    return FaultServer(lambda _asked, _nth: play)


FATAL: list[tuple[str, Play, type[FetchError]]] = [
    ("bomb", gzip_bomb, TooLarge),
    ("captcha", ok(CAPTCHA), Blocked),
    ("captcha-503", status(503, CAPTCHA), Blocked),
    ("log-in", ok(LOG_IN), Blocked),
    ("401", status(401), Blocked),
    ("403", status(403), Blocked),
    ("404", status(404), NotFound),
    ("410", status(410), NotFound),
    ("400", status(400, b'{"message": "unknown field"}', JSON), Unreachable),
    ("501", status(501), Unreachable),
    ("204", status(204), Unreachable),
    ("pdf", ok(b"%PDF-1.7", "application/pdf"), WrongContentType),
    ("br", ok(page(), "text/html", ("Content-Encoding", "br")), WrongContentType),
    ("broken-gzip", ok(b"\x1f\x8b\x08" + b"\xff" * 50, "text/html", ("Content-Encoding", "gzip")),
     WrongContentType),
    ("deep", ok(b"<html>" + b"<div>" * 600 + b"</div>" * 600 + b"</html>"), TooLarge),
    ("not-saved", status(404, b"", "text/plain", ("X-Suranys-Replay", "not-saved")), NotSaved),
    ("loopback", redirect("https://127.0.0.1/admin"), NotAllowed),
    ("metadata", redirect("http://169.254.169.254/latest/meta-data/"), NotAllowed),
    ("other-host", redirect("https://evil.example/"), NotAllowed),
    ("downgrade", redirect("http://kz.example/lots"), NotAllowed),
    ("file", redirect("file:///etc/passwd"), NotAllowed),
    ("to-log-in", redirect("/ru/user/login?back=1"), Blocked),
    ("to-lost", redirect("/ru/system_error/not_found"), NotFound),
    ("nowhere", status(302), Unreachable),
    ("304", status(304), Unreachable),
]  # fmt: skip


@pytest.mark.parametrize(
    ("play", "error"), [row[1:] for row in FATAL], ids=[row[0] for row in FATAL]
)
def test_what_asking_again_cannot_mend_is_named_at_once(
    play: Play, error: type[FetchError]
) -> None:
    with always(play) as server, fetcher(server) as fetch:
        with pytest.raises(error) as caught:
            fetch("/lots")
        assert type(caught.value) is error
        assert caught.value.portal == "kz_made_up"
        assert caught.value.url.startswith("https://kz.example") or error is NotAllowed
        assert server.targets == ["/lots"]


PASSING: list[tuple[str, Play, type[FetchError]]] = [
    ("500", status(500), Unreachable),
    ("503", status(503), Unreachable),
    ("520", status(520), Unreachable),
    ("429", status(429), Throttled),
    ("reset", reset, Unreachable),
    ("cut", wrong_length(page(), 5000), Truncated),
    ("cut-gzip", truncated_gzip(page("мост " * 500)), Truncated),
    ("cut-page", ok(b"<!DOCTYPE html><html><body><table>"), Truncated),
    ("empty", ok(b""), Truncated),
    ("nonsense", ok(b"", "text/html", ("Content-Length", "7")), Unreachable),
]


@pytest.mark.parametrize(
    ("play", "error"), [row[1:] for row in PASSING], ids=[row[0] for row in PASSING]
)
def test_what_may_pass_is_asked_again_and_then_named(play: Play, error: type[FetchError]) -> None:
    with always(play) as server, fetcher(server, retries=2) as fetch:
        with pytest.raises(error) as caught:
            fetch("/lots")
        assert type(caught.value) is error
        assert server.targets == ["/lots"] * 3


@pytest.mark.parametrize("play", [row[1] for row in PASSING], ids=[row[0] for row in PASSING])
def test_what_passed_leaves_the_true_page(play: Play) -> None:
    def script(asked: object, nth: int) -> Play:
        return play if nth < 2 else ok(page())

    with FaultServer(script) as server, fetcher(server, retries=2) as fetch:
        assert fetch("/lots").body == page()


@pytest.mark.parametrize("play", [drip, drip_headers, stall])
def test_an_answer_that_never_ends_meets_the_deadline(play: Play) -> None:
    with (
        always(play) as server,
        fetcher(server, real_time=True, deadline=0.3, delay_seconds=0.0) as fetch,
    ):
        with pytest.raises(Unreachable, match="deadline"):
            fetch("/lots")
        assert server.targets == ["/lots"]


def test_a_single_slow_read_is_tried_again() -> None:
    def script(asked: object, nth: int) -> Play:
        return stall if nth == 0 else ok(page())

    with FaultServer(script) as server, fetcher(server, read_timeout=0.1) as fetch:
        assert fetch("/lots").body == page()


def test_a_redirect_loop_ends() -> None:
    with always(redirect("/lots")) as server, fetcher(server) as fetch:
        with pytest.raises(Unreachable, match="redirects"):
            fetch("/lots")
        assert len(server.requests) == 6


def test_a_redirect_within_the_portal_is_followed() -> None:
    def script(asked: object, nth: int) -> Play:
        return redirect("https://files.kz.example/new") if nth == 0 else ok(page())

    def by_host(asked: object, nth: int) -> Play:
        return script(asked, len(server.requests) - 1)

    with FaultServer(by_host) as server, fetcher(server, token="secret") as fetch:
        answer = fetch("/lots")
        assert answer.url == "https://files.kz.example/new"
        assert [one.headers["host"] for one in server.requests] == [
            "kz.example",
            "files.kz.example",
        ]
        assert server.requests[0].headers["authorization"] == "Bearer secret"
        assert "authorization" not in server.requests[1].headers


@pytest.mark.parametrize(
    ("expect", "body", "content_type", "error"),
    [
        ("json", page(), "text/html", WrongContentType),
        ("json", CAPTCHA, "text/html", Blocked),
        ("json", CAPTCHA, JSON, Blocked),
        ("json", b"OK", "text/plain", WrongContentType),
        ("json", b'{"items": [1, 2', JSON, Truncated),
        ("json", b"[" * 600 + b"]" * 600, JSON, TooLarge),
        ("xml", page(), "text/html", WrongContentType),
        ("xml", b'<?xml version="1.0"?><a><b', "application/xml", Truncated),
        ("xml", b"{}", JSON, WrongContentType),
        ("file", page(), "text/html", WrongContentType),
        ("file", LOG_IN, "text/html", Blocked),
    ],
)
def test_other_content_than_was_due_is_named(
    expect: str, body: bytes, content_type: str, error: type[FetchError]
) -> None:
    with (
        always(ok(body, content_type)) as server,
        fetcher(server, retries=0) as fetch,
        pytest.raises(error) as caught,
    ):
        fetch("/lots", expect=expect)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("expect", "body", "content_type"),
    [
        ("json", b'\xef\xbb\xbf{"items": []}\n', "text/html"),
        ("json", b'{"a": "' + b"[" * 600 + b'"}', JSON),
        ("xml", b'<?xml version="1.0"?><a/>', "text/html"),
        ("file", b"%PDF-1.7", "application/pdf"),
        ("html", b"<div>a window without html tags</div>", "text/html"),
    ],
)
def test_what_was_due_comes_through_unchanged(expect: str, body: bytes, content_type: str) -> None:
    with always(ok(body, content_type)) as server, fetcher(server) as fetch:
        assert fetch("/lots", expect=expect).body == body


def test_compressed_answers_are_unpacked() -> None:
    text = page("труба " * 1000)
    half = len(text) // 2
    members = gzip.compress(text[:half]) + gzip.compress(text[half:])
    play = ok(members, "text/html", ("Content-Encoding", "gzip"))
    with always(play) as server, fetcher(server) as fetch:
        assert fetch("/lots").body == text


def test_a_page_over_the_cap_is_refused_and_a_file_of_that_size_is_not() -> None:
    body = b"x" * 5000
    with (
        always(ok(body, "text/plain")) as server,
        fetcher(server, max_bytes=4999, max_data_bytes=5000) as fetch,
    ):
        with pytest.raises(TooLarge):
            fetch("/lots")
        assert fetch("/file", expect="file").body == body
