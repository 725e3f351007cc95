"""What a portal may do to us. A play writes to the connection and says whether to keep it."""

import gzip
import socket
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """The connection, and an event set when the server stops."""

    connection: socket.socket
    stopping: threading.Event

    def send(self, content: bytes) -> None:
        self.connection.sendall(content)


Play = Callable[[Stage], bool]

HTML = "text/html; charset=utf-8"


def page(text: str = "Тендер") -> bytes:
    """A small whole page."""
    return f"<!DOCTYPE html><html><body><table><tr><td>{text}</table></body></html>".encode()


def _head(code: int, content_type: str, length: int | None, *headers: tuple[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {code} Said", f"Content-Type: {content_type}"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def ok(body: bytes, content_type: str = HTML, *headers: tuple[str, str]) -> Play:
    """200 and the whole body."""
    return status(200, body, content_type, *headers)


def status(
    code: int, body: bytes = b"", content_type: str = HTML, *headers: tuple[str, str]
) -> Play:
    """Any status with a whole body."""

    def play(stage: Stage) -> bool:
        stage.send(_head(code, content_type, len(body), *headers) + body)
        return True

    return play


def redirect(to: str, code: int = 302) -> Play:
    return status(code, b"", HTML, ("Location", to))


def drip(stage: Stage) -> bool:
    """A byte now and then, for ever."""
    stage.send(_head(200, HTML, 1_000_000))
    while not stage.stopping.wait(0.02):
        stage.send(b"a")
    return False


def drip_headers(stage: Stage) -> bool:
    """A header now and then, for ever."""
    stage.send(b"HTTP/1.1 200 OK\r\n")
    while not stage.stopping.wait(0.02):
        stage.send(b"X-A: b\r\n")
    return False


def stall(stage: Stage) -> bool:
    """Take the request and say nothing."""
    stage.stopping.wait(20)
    return False


def reset(stage: Stage) -> bool:
    """Break the connection off hard."""
    linger = struct.pack("ii", 1, 0)
    stage.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    stage.connection.close()
    return False


def gzip_bomb(stage: Stage) -> bool:
    """About 200 kB that are 200 MB."""
    packer = zlib.compressobj(9, wbits=31)
    block = b" " * 1_000_000
    packed = b"".join(packer.compress(block) for _ in range(200)) + packer.flush()
    stage.send(_head(200, HTML, len(packed), ("Content-Encoding", "gzip")) + packed)
    return False


def truncated_gzip(body: bytes) -> Play:
    """A gzip without its second half, under an honest length."""
    packed = gzip.compress(body)
    packed = packed[: len(packed) // 2]
    return ok(packed, HTML, ("Content-Encoding", "gzip"))


def wrong_length(body: bytes, said: int) -> Play:
    """Announce `said` bytes, send the body and hang up."""

    def play(stage: Stage) -> bool:
        stage.send(_head(200, HTML, said) + body)
        return False

    return play
