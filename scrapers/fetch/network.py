"""What httpcore connects with: public addresses only, loopback for replays, and a deadline on all.

httpx has no deadline over a whole exchange and leaves every byte of a slow drip its own time-out,
headers included; here each read and write gets what is left of the exchange's time.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable

import httpcore

from scrapers.fetch.addresses import Resolve, public_addresses, resolve_by_system

Options = Iterable[httpcore.SOCKET_OPTION]


class NameNotFound(httpcore.ConnectError):
    """The host could not be looked up; asking again within seconds seldom helps."""


class DeadlineExceeded(httpcore.ReadTimeout):
    """The exchange took longer than `FetchSettings.deadline`."""


class PublicNetwork(httpcore.NetworkBackend):
    """Connect, by `sockets`, to the very addresses that were looked up and found public."""

    def __init__(
        self,
        resolve: Resolve = resolve_by_system,
        sockets: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._resolve = resolve
        self._system = sockets or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = public_addresses(host, port, self._resolve)
        except socket.gaierror as error:
            raise NameNotFound(f"cannot look up {host}") from error
        for address in addresses[:-1]:
            try:
                return self._system.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._system.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


class LoopbackNetwork(httpcore.NetworkBackend):
    """Connect every host to one loopback port, without TLS, for replays and tests.

    Address, Host header, host lists and guards see the portal's own host; only the machine
    connected to changes.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - every host leads to the same machine
        port: int,  # noqa: ARG002
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._system.connect_tcp(
            "127.0.0.1", self._port, timeout, local_address, socket_options
        )
        return _PlainStream(stream)


class Deadline:
    """When the running exchange must be over, on the monotonic clock given."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._at = float("inf")

    def start(self, seconds: float) -> None:
        """Begin an exchange that may take `seconds`."""
        self._at = self._monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """The shorter of `timeout` and what is left. Raises `DeadlineExceeded` when it is over."""
        left = self._at - self._monotonic()
        if left <= 0:
            raise DeadlineExceeded("the exchange took longer than its deadline")
        return left if timeout is None else min(timeout, left)


class TimedNetwork(httpcore.NetworkBackend):
    """Another network under a deadline."""

    def __init__(self, network: httpcore.NetworkBackend, deadline: Deadline) -> None:
        self._network = network
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._network.connect_tcp(
            host, port, self._deadline.left(timeout), local_address, socket_options
        )
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._stream.read(max_bytes, self._deadline.left(timeout))
        except httpcore.ReadTimeout:
            self._deadline.left(None)  # tells the deadline from a single slow read
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _PlainStream(httpcore.NetworkStream):
    """A stream that says yes to TLS and stays plain."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # noqa: ARG002 - there is nothing to encrypt on loopback
        server_hostname: str | None = None,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return self

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
