"""Whatever bytes a server sends, fetching gives an answer or a named error, nothing else."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrapers.errors import FetchError
from tests.faults import Asked, FaultServer, Lent, Play, fetcher
from tests.faults.plays import Stage

PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\n", b"HTTP/1.1 304 Not\r\n",
        b"HTTP/1.1 429 Slow\r\n", b"HTTP/1.1 100 Go on\r\n", b"HTTP/1.1 999 \xff\r\n",
        b"HTTP/9.9 200 OK\r\n", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n",
        b"Content-Length: 99999999999999999999\r\n", b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n", b"Content-Encoding: deflate\r\n",
        b"Content-Type: text/html; charset=\xff\r\n", b"Content-Type: application/json\r\n",
        b"Location: https://[\r\n", b"Location: //\xd0\xb0/\r\n", b"Location: /lots\r\n",
        b"Retry-After: Fri, 99 Foo 9999\r\n", b"Set-Cookie: a=\xff; Domain=..\r\n",
        b"ETag: \r\n", b": x\r\n", b"X: \x00\r\n", b"\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n",
        b"hello", b"<html></html>", b"<html>", b"\x1f\x8b\x08\x00", b"{}", b"\xff\xfe",
    ]
)  # fmt: skip
ANSWERS = st.lists(PIECES | st.binary(max_size=30), max_size=8).map(b"".join)


class _Said:
    """A server that sends `content` and hangs up."""

    content = b""

    def script(self, _asked: Asked, _nth: int) -> Play:
        def play(stage: Stage) -> bool:
            stage.send(self.content)
            return False

        return play


@pytest.fixture(scope="module")
def said() -> Iterator[tuple[_Said, Lent]]:
    one = _Said()
    with (
        FaultServer(one.script) as server,
        fetcher(server, retries=1, delay_seconds=0.0, obey_robots=False) as fetch,
    ):
        yield one, fetch


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    ANSWERS | ANSWERS.map(b"HTTP/1.1 200 OK\r\n".__add__),
    st.sampled_from(["html", "json", "xml", "file"]),
)
def test_any_bytes_give_an_answer_or_a_named_error(
    said: tuple[_Said, Lent], content: bytes, expect: str
) -> None:
    server, fetch = said
    server.content = content
    named: FetchError | None = None
    try:
        assert fetch("/lots", expect=expect).body
    except FetchError as error:
        named = error
    if named is not None:
        assert named.portal == "kz_made_up"
        assert str(named).startswith(type(named).__name__)
