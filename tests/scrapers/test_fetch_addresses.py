"""Hostile addresses: whatever a scraped page or a resolver says, only the portal is asked."""

import socket
from collections.abc import Sequence
from dataclasses import replace

import httpcore
import pytest

from scrapers.errors import NotAllowed
from scrapers.fetch.addresses import allowed_url, is_public, public_addresses
from scrapers.fetch.network import NameNotFound, PublicNetwork
from tests.faults import PORTAL

HOSTILE = [
    # another host, plainly
    "https://evil.example/",
    "https://www.kz.example/",
    "https://kz.example.evil.example/",
    "https://evil.example/kz.example",
    "https://xn--kz-example.evil/",
    "https://kz.example./",
    "https://kz%2eexample/",
    "https://kz.example%00.evil.example/",
    "https://kz。example.evil.example/",
    "https://кz.example/",
    # numbers in every dress
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://localhost/",
    "https://localhost.localdomain/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/",
    "https://metadata.google.internal/",
    "https://①②⑦.⓪.⓪.①/",
    # user names and parser differentials
    "https://kz.example@evil.example/",
    "https://kz.example:pass@evil.example/",
    "https://user@kz.example/",
    "https://:@kz.example/",
    "https://@kz.example/",
    "https://evil.example\\@kz.example/",
    "https://kz.example\\.evil.example/",
    "https://evil.example#@kz.example/",
    "https://evil.example?@kz.example/",
    "https://evil.example;@kz.example/",
    "https://kz.example\t.evil.example/",
    "https://kz.example /",
    " https://kz.example/",
    "https://kz.example/\r\nHost: evil.example",
    "https://kz.example/\x00",
    "https:\\\\kz.example/",
    "https:/kz.example/",
    "https:kz.example",
    "https:///kz.example/",
    "//kz.example/",
    "/ru/lots",
    "kz.example",
    "",
    # ports and schemes
    "https://kz.example:22/",
    "https://kz.example:8443/",
    "https://kz.example:0/",
    "https://kz.example:99999/",
    "https://kz.example:a/",
    "http://kz.example/",
    "HTTP://KZ.EXAMPLE/",
    "ftp://kz.example/",
    "file:///etc/passwd",
    "file://kz.example/etc/passwd",
    "gopher://kz.example:6379/_INFO",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://[kz.example]/",
    "https://[::1",
    "https://kz.example\ud800/",
    "https://" + "a" * 70_000,
]


@pytest.mark.parametrize("url", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_address_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        allowed_url(url, PORTAL)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://kz.example/ru/lots?page=2", "https://kz.example/ru/lots?page=2"),
        ("HTTPS://KZ.Example/", "https://kz.example/"),
        ("https://kz.example:443/", "https://kz.example/"),
        ("https://files.kz.example/a#part", "https://files.kz.example/a"),
        # goszakup's files have a double slash, which must stay
        ("https://files.kz.example//uploads/a.pdf", "https://files.kz.example//uploads/a.pdf"),
        ("https://kz.example/?q=труба", "https://kz.example/?q=%D1%82%D1%80%D1%83%D0%B1%D0%B0"),
        (
            "https://kz.example/?next=http://127.0.0.1/",
            "https://kz.example/?next=http://127.0.0.1/",
        ),
    ],
)
def test_the_portals_own_addresses_are_asked(url: str, sent: str) -> None:
    assert str(allowed_url(url, PORTAL)) == sent


def test_plain_http_is_for_portals_that_have_nothing_else() -> None:
    plain = replace(PORTAL, home="http://kz.example")
    assert str(allowed_url("http://kz.example/", plain)) == "http://kz.example/"
    assert str(allowed_url("https://kz.example/", plain)) == "https://kz.example/"


PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00::1",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "localhost",
    "127.1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "195.12.113.29", "2a00:1450:4010::64", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("answers", [["8.8.8.8", "127.0.0.1"], ["::1"], []])
def test_one_private_address_refuses_the_host(answers: list[str]) -> None:
    with pytest.raises(NotAllowed):
        public_addresses("kz.example", 443, lambda _host, _port: answers)


def test_a_name_that_changes_between_look_ups_gets_no_second_look_up() -> None:
    lookups: list[str] = []

    def changing(host: str, port: int) -> Sequence[str]:
        lookups.append(host)
        return ["203.0.114.1"] if len(lookups) == 1 else ["127.0.0.1"]

    connected: list[str] = []

    class Recording(httpcore.MockBackend):
        def connect_tcp(self, host: str, *_rest: object, **_more: object) -> httpcore.NetworkStream:
            connected.append(host)
            return httpcore.MockStream([])

    network = PublicNetwork(changing, Recording([]))
    network.connect_tcp("kz.example", 443, timeout=1)
    assert (lookups, connected) == (["kz.example"], ["203.0.114.1"])
    with pytest.raises(NotAllowed, match="127"):
        network.connect_tcp("kz.example", 443, timeout=1)
    assert connected == ["203.0.114.1"]


def test_the_next_address_is_tried_when_the_first_is_down() -> None:
    class HalfDown(httpcore.MockBackend):
        def connect_tcp(self, host: str, *_rest: object, **_more: object) -> httpcore.NetworkStream:
            if ":" in host:
                raise httpcore.ConnectError("no route")
            return httpcore.MockStream([])

    network = PublicNetwork(lambda _host, _port: ["2a00:1450:4010::64", "8.8.8.8"], HalfDown([]))
    assert isinstance(network.connect_tcp("kz.example", 443), httpcore.MockStream)


def test_a_name_nobody_knows_is_named() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(NameNotFound, match=r"kz\.example"):
        PublicNetwork(unknown).connect_tcp("kz.example", 443)
