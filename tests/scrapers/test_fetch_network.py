"""Connecting for real: TLS by the portal's name, a proxy, and no way into our own network."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpcore
import pytest

from scrapers.errors import NotAllowed, Unreachable
from scrapers.fetch import Fetcher, FetchSettings
from scrapers.portal import Request
from tests.faults import PORTAL, FaultServer, ok, page
from tests.faults.fetching import NOW

SETTINGS = FetchSettings("suranys/0 (+mailto:x@example.invalid)", retries=0, obey_robots=False)


def test_a_portal_of_a_private_address_is_refused() -> None:
    inside = replace(PORTAL, home="https://localhost", hosts=frozenset({"localhost"}))
    with (
        Fetcher(inside, SETTINGS, now=lambda: NOW) as fetcher,
        pytest.raises(NotAllowed, match="not public") as caught,
    ):
        fetcher.fetch(Request("https://localhost/"))
    assert (caught.value.portal, caught.value.url) == ("kz_made_up", "https://localhost/")


def test_a_proxy_is_asked_in_place_of_the_portal() -> None:
    plain = replace(PORTAL, home="http://kz.example")
    with FaultServer(lambda _asked, _nth: ok(page())) as server:
        through = replace(SETTINGS, proxy=f"http://127.0.0.1:{server.port}")
        with Fetcher(plain, through, now=lambda: NOW) as fetcher:
            assert fetcher.fetch(Request("http://kz.example/lots")).body == page()
            with pytest.raises(NotAllowed):
                fetcher.fetch(Request("http://evil.example/"))
        assert server.targets == ["http://kz.example/lots"]


class _To(httpcore.NetworkBackend):
    """Lead every host to one loopback port; unlike a replay, TLS stays real."""

    def __init__(self, port: int) -> None:
        self._port = port

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - every host leads to the same place
        port: int,  # noqa: ARG002
        *_rest: object,
        **_more: object,
    ) -> httpcore.NetworkStream:
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self._port, 5)


@contextmanager
def tls_server(folder: Path, name: str) -> Iterator[tuple[int, Path]]:
    """A loopback server with a certificate of its own for `name`; gives port and CA file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("SKIPPED: no openssl to make a certificate with")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(  # noqa: S603 - our own arguments
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-keyout", str(key), "-out", str(certificate), "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            with context.wrap_socket(listener.accept()[0], server_side=True) as link:
                link.recv(65536)
                body = page()
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
                link.sendall(head.encode() + body)
        except OSError:
            return  # the fetcher did not trust us

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], certificate
    finally:
        listener.close()
        thread.join(timeout=5)


def fetch_by_tls(port: int, ca_file: Path | None) -> bytes:
    settings = replace(SETTINGS, ca_file=ca_file)
    with Fetcher(PORTAL, settings, now=lambda: NOW, network=_To(port)) as fetcher:
        return fetcher.fetch(Request("https://kz.example/lots")).body


def test_a_certificate_of_our_ca_file_is_trusted(tmp_path: Path) -> None:
    with tls_server(tmp_path, "kz.example") as (port, ca_file):
        assert fetch_by_tls(port, ca_file) == page()


def test_a_certificate_nobody_signed_is_named_and_not_tried_again(tmp_path: Path) -> None:
    with (
        tls_server(tmp_path, "kz.example") as (port, _),
        pytest.raises(Unreachable, match="certificate is not trusted"),
    ):
        fetch_by_tls(port, None)


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    with (
        tls_server(tmp_path, "evil.example") as (port, ca_file),
        pytest.raises(Unreachable, match="certificate is not trusted"),
    ):
        fetch_by_tls(port, ca_file)
