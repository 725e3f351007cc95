"""A loopback portal that misbehaves on script, and a fetcher that talks to it in no real time.

with FaultServer(lambda _asked, _nth: ok(b"<html>…</html>")) as server, fetcher(server) as fetch:
    ...
"""

from tests.faults.fetching import PORTAL, FakeTime, Lent, at, fetcher
from tests.faults.plays import (
    Play,
    drip,
    drip_headers,
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
from tests.faults.server import Asked, FaultServer

__all__ = [
    "PORTAL",
    "Asked",
    "FakeTime",
    "FaultServer",
    "Lent",
    "Play",
    "at",
    "drip",
    "drip_headers",
    "fetcher",
    "gzip_bomb",
    "ok",
    "page",
    "redirect",
    "reset",
    "stall",
    "status",
    "truncated_gzip",
    "wrong_length",
]
