"""Which addresses may be asked: the portal's own hosts by name, public machines by number.

Scraped pages are hostile: a link or redirect may name our own network. There is one URL parser
here, httpx's, the one that also sends the request, so that no two parsers can disagree.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence

import httpx

from scrapers.errors import NotAllowed
from scrapers.portal import Portal

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to IP addresses in text."""

# Global by the register, yet each hides another address or leads to none: NAT64 (RFC 6052; the
# local one RFC 8215), 6to4, Teredo, IPv4-compatible, and CGNAT, which `is_private` overlooks.
_HIDING = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "fec0::/10",
    )
)

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_USER = re.compile(r"^[^/?#]*//[^/?#]*@")
_PORTS = {"https": 443, "http": 80}


def allowed_url(url: str, portal: Portal) -> httpx.URL:
    """Parse an address and make sure that this portal may ask it. The fragment is dropped.

    Refused with `NotAllowed`: anything but https (http only for a portal whose home is http), a
    host outside `portal.hosts` (compared as the name that would be looked up), a port that is not
    the usual one or the home's, user names in the address, blanks, controls and backslashes.
    """

    def refused(why: str) -> NotAllowed:
        return NotAllowed(why, portal=portal.name, url=url)

    if _UNSAFE.search(url):
        raise refused("blank, control character or backslash in the address")
    try:
        parsed = httpx.URL(url)
        home = httpx.URL(portal.home)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise refused("not an address") from error
    if parsed.scheme != "https" and (parsed.scheme, home.scheme) != ("http", "http"):
        raise refused(f"scheme {parsed.scheme!r} is not allowed")
    if parsed.userinfo or _USER.search(url):
        raise refused("user name in the address")
    # raw_host is what goes to the resolver: IDNA-encoded, lower case
    host = parsed.raw_host.decode("ascii", "replace")
    if host not in portal.hosts:
        raise refused(f"host {host[:100]!r} is not this portal's")
    if parsed.port not in {None, _PORTS[parsed.scheme], home.port}:
        raise refused(f"port {parsed.port} is not allowed")
    return parsed.copy_with(fragment=None)


def is_public(text: str) -> bool:
    """Whether an IP address in text is that of a public machine, and hides no other address."""
    try:
        address = ipaddress.ip_address(text.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _HIDING)
    )


def public_addresses(host: str, port: int, resolve: Resolve) -> tuple[str, ...]:
    """Look a host up once and return its addresses, all public.

    One private address among public ones refuses the host: a name that changes between look-ups
    gets no second chance, because the caller connects to the addresses returned here.
    Raises `NotAllowed`, and whatever `resolve` raises.
    """
    addresses = tuple(dict.fromkeys(resolve(host, port)))
    wrong = [address for address in addresses if not is_public(address)]
    if wrong or not addresses:
        raise NotAllowed(
            f"{host} leads to {wrong[0]}, which is not public" if wrong else f"{host} leads nowhere"
        )
    return addresses


def resolve_by_system(host: str, port: int) -> tuple[str, ...]:
    """Ask the system's resolver. Raises `socket.gaierror`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(entry[4][0]) for entry in found)
