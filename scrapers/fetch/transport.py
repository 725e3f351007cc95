"""httpx over an httpcore pool of our own, because only httpcore lets us choose what to connect to.

Exceptions of httpcore come through as they are; `scrapers.fetch.client` names them.
"""

import ssl
from collections.abc import Iterable, Iterator

import httpcore
import httpx

from scrapers.fetch.settings import FetchSettings

# goszakup asks for 5 s between requests: a shorter expiry would mean a new handshake each time
_KEEP_ALIVE = 90.0


class Transport(httpx.BaseTransport):
    """One pool for one run. Requests go one after another, so each host has one connection."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        stream = self._answer.stream
        if not isinstance(stream, Iterable):
            raise TypeError("a synchronous stream was expected")
        yield from stream

    def close(self) -> None:
        self._answer.close()


def open_transport(settings: FetchSettings, network: httpcore.NetworkBackend) -> Transport:
    """A transport over `network`, through the proxy where one is set."""
    context = tls_context(settings)
    if settings.proxy:
        return Transport(
            httpcore.HTTPProxy(
                settings.proxy,
                ssl_context=context,
                keepalive_expiry=_KEEP_ALIVE,
                network_backend=network,
            )
        )
    return Transport(
        httpcore.ConnectionPool(
            ssl_context=context, keepalive_expiry=_KEEP_ALIVE, network_backend=network
        )
    )


def tls_context(settings: FetchSettings) -> ssl.SSLContext:
    """Usual roots, and those of `ca_file` besides. The environment is not read."""
    context = httpx.create_ssl_context(trust_env=False)
    if settings.ca_file is not None:
        context.load_verify_locations(cafile=str(settings.ca_file))
    return context
