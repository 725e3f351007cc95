"""Whether there is a network at all: can any of the portals be connected to?"""

import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

SECONDS = 5.0
"""How long one connection may take; a portal that needs longer will be reported by its own run."""


def unreachable(addresses: Iterable[str]) -> Mapping[str, str]:
    """Try to connect to the host of each address; give those that failed, with the reason."""
    wanted = list(dict.fromkeys(addresses))
    with ThreadPoolExecutor(max_workers=max(1, len(wanted))) as pool:
        reasons = list(pool.map(_why_not, wanted))
    return {address: why for address, why in zip(wanted, reasons, strict=True) if why is not None}


def _why_not(address: str) -> str | None:
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=SECONDS):
            return None
    except socket.gaierror:
        return f"cannot look up {parts.hostname}"
    except OSError as error:
        return f"{parts.hostname}: {error.strerror or error}"
    except UnicodeError:  # two dots in a row, or a label of more than 63 letters
        return f"{parts.hostname} is no name of a host"
