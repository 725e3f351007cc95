"""A loopback HTTP server that answers for every host at once, from memory or saved files."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from service.replay.saved import ReplayMap, SavedAnswer

NOT_SAVED = (("x-suranys-replay", "not-saved"),)
_BODY_CAP = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request the server received. `host` is the Host header without its port, lower case."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        if "json" in self.headers.get("content-type", ""):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send back."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class ReplayServer:
    """Serve `answer(asked)` on a free loopback port, one thread a connection.

    Use as a context manager; `port` is known from the start, `requests` lists what was asked.
    """

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.requests: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, self.requests))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @classmethod
    def from_maps(
        cls,
        maps: Sequence[ReplayMap],
        folder: Path,
        *,
        before: Callable[[Asked], Reply | None] = lambda _asked: None,
    ) -> Self:
        """Serve the saved answers of all portals at once. `before` is asked first: an archive."""
        answers = [answer for one in maps for answer in one.answers]

        def reply(asked: Asked) -> Reply:
            archived = before(asked)
            if archived is not None:
                return archived
            fitting = [answer for answer in answers if _fits(answer, asked)]
            if not fitting:
                return not_saved(asked)
            best = max(fitting, key=lambda answer: answer.weight)  # the first of equals
            body, content_type = best.read(folder)
            return Reply(body, content_type, best.status)

        return cls(reply)

    @classmethod
    def from_pages(cls, pages: Mapping[str, tuple[bytes, str]]) -> Self:
        """Serve made-up pages: whole address with its query -> (body, content type)."""
        table = {
            ((parts := urlsplit(url)).hostname or "", _target(parts.path, parts.query)): page
            for url, page in pages.items()
        }

        def reply(asked: Asked) -> Reply:
            parts = urlsplit(asked.target)
            page = table.get((asked.host, _target(parts.path, parts.query)))
            return Reply(*page) if page else not_saved(asked)

        return cls(reply)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


def not_saved(asked: Asked) -> Reply:
    """A 404 that the fetcher tells from the portal's own; robots.txt is plainly absent."""
    return Reply(b"", "text/plain", 404, () if asked.path == "/robots.txt" else NOT_SAVED)


def _target(path: str, query: str) -> str:
    return f"{path or '/'}?{query}" if query else path or "/"


def _fits(answer: SavedAnswer, asked: Asked) -> bool:
    parts = urlsplit(answer.url)
    return (
        answer.method == asked.method
        and parts.hostname == asked.host
        and (parts.path or "/") == asked.path
        and all(asked.params.get(key, "") == value for key, value in answer.params.items())
        and all(asked.form.get(key, "") == value for key, value in answer.form.items())
        and (answer.body is None or _within(answer.body, _json(asked.body)))
    )


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _within(part: object, whole: object) -> bool:
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            key in whole and _within(value, whole[key]) for key, value in part.items()
        )
    return part == whole


def _handler(
    answer: Callable[[Asked], Reply], requests: list[Asked]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
            """Say nothing: stderr is the program's."""

        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            self._serve(self.rfile.read(min(length, _BODY_CAP)))

        def _serve(self, body: bytes) -> None:
            host = (self.headers.get("host") or "").rsplit(":", 1)[0].lower()
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, host, self.path, headers, body)
            requests.append(asked)
            reply = answer(asked)
            self.send_response(reply.status)
            self.send_header("content-type", reply.content_type)
            self.send_header("content-length", str(len(reply.body)))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

    return Handler
