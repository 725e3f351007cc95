"""One request and its answer: streamed, decoded and counted as it comes."""

import zlib
from dataclasses import dataclass

import httpx

from scrapers.errors import TooLarge, Truncated, WrongContentType

ACCEPT_ENCODING = "gzip, deflate"
_PROBLEM_CAP = 64 * 1024  # bytes read of an answer that is an error anyway


@dataclass(frozen=True, slots=True)
class Received:
    """What one exchange brought. Header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def exchange(client: httpx.Client, request: httpx.Request, cap: int) -> Received:
    """Send and read until the end or `cap` decoded bytes, never more in memory than that.

    httpx itself has no cap: 200 kB of gzip would become 200 MB. Raises `TooLarge`, `Truncated`
    (a gzip that ends early), `WrongContentType` (an encoding nobody asked for, or not decodable)
    and the exceptions of httpcore. Of an answer other than 200 only the beginning is read and
    faults of its body are overlooked: its status says what is wrong.
    """
    response = client.send(request, stream=True)
    try:
        headers = dict(response.headers.items())
        if response.status_code == 200:
            return Received(200, headers, _whole(response, cap))
        try:
            body = _whole(response, _PROBLEM_CAP)
        except (TooLarge, Truncated, WrongContentType):
            body = b""
        return Received(response.status_code, headers, body)
    finally:
        response.close()


def _whole(response: httpx.Response, cap: int) -> bytes:
    decode = _decoder(response.headers.get("content-encoding", ""))
    body = bytearray()
    for chunk in response.iter_raw():
        decode.feed(chunk, body, cap)
    decode.finish()
    return bytes(body)


class _Plain:
    """Content without an encoding."""

    def feed(self, chunk: bytes, body: bytearray, cap: int) -> None:
        body += chunk
        _within(body, cap)

    def finish(self) -> None:
        """Nothing to check: httpcore compares the length with what was announced."""


class _Deflated:
    """gzip, possibly of several members, or deflate with or without its zlib header."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=47)  # gzip or zlib, by its header
        self._begun = False

    def feed(self, chunk: bytes, body: bytearray, cap: int) -> None:
        while chunk:
            if self._inflate.eof:
                if not chunk.startswith(b"\x1f\x8b"):
                    return  # padding after the end is ignored, as gzip does
                self._inflate = zlib.decompressobj(wbits=47)
            try:
                body += self._inflate.decompress(chunk, cap + 1 - len(body))
            except zlib.error as error:
                if self._begun:
                    raise WrongContentType(f"the compressed answer is broken: {error}") from error
                self._inflate = zlib.decompressobj(wbits=-15)  # some servers leave the header out
                self._begun = True
                continue
            self._begun = True
            _within(body, cap)
            chunk = self._inflate.unconsumed_tail or self._inflate.unused_data

    def finish(self) -> None:
        if not self._inflate.eof:
            raise Truncated("the compressed answer ended early")


def _decoder(encoding: str) -> _Plain | _Deflated:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip" | "deflate":
            return _Deflated()
        case other:
            raise WrongContentType(f"content encoding {other!r} was not asked for")


def _within(body: bytearray, cap: int) -> None:
    if len(body) > cap:
        raise TooLarge(f"more than {cap} bytes")
