"""A threaded loopback server that hands each connection to a play."""

import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BufferedReader
from types import TracebackType
from typing import Self

from tests.faults.plays import Play, Stage, status


@dataclass(frozen=True, slots=True)
class Asked:
    """A request received. Header names are lower case; `connection` counts connections from 0."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


class FaultServer:
    """Play `script(asked, nth)` for each request; `nth` counts requests to one target from 0.

    robots.txt is a plain 404 unless the server is made with `robots=True`, which gives it to the
    script too. `requests` lists what the script was asked.
    """

    def __init__(self, script: Callable[[Asked, int], Play], *, robots: bool = False) -> None:
        self.requests: list[Asked] = []
        self._script = script
        self._robots = robots
        self._seen: Counter[str] = Counter()
        self._connections = 0
        self._stopping = threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                number = outer._connections
                outer._connections += 1
                stage = Stage(self.request, outer._stopping)
                try:
                    while (asked := _read(self.rfile, number)) and outer._answer(asked, stage):
                        pass
                except OSError:
                    return  # the fetcher hung up, as it should on a fault

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def targets(self) -> list[str]:
        return [asked.target for asked in self.requests]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def _answer(self, asked: Asked, stage: Stage) -> bool:
        if asked.target == "/robots.txt" and not self._robots:
            return status(404)(stage)
        self.requests.append(asked)
        nth = self._seen[asked.target]
        self._seen[asked.target] += 1
        return self._script(asked, nth)(stage)


def _read(stream: object, connection: int) -> Asked | None:
    assert isinstance(stream, BufferedReader)
    first = stream.readline().decode("latin-1").split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while line := stream.readline().strip().decode("latin-1"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Asked(first[0], first[1], headers, body, connection)
