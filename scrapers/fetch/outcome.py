"""What an answer's status, redirect or failure means: our named errors, and which to try again."""

import re
import ssl
from urllib.parse import unquote

import httpcore
import httpx

from scrapers.blocked import looks_blocked
from scrapers.errors import (
    Blocked,
    FetchError,
    NotAllowed,
    NotFound,
    NotSaved,
    Throttled,
    Truncated,
    Unreachable,
)
from scrapers.fetch.exchange import Received
from scrapers.fetch.network import DeadlineExceeded, NameNotFound
from scrapers.fetch.retry import RETRIED

REDIRECTS = frozenset({301, 302, 303, 307, 308})

# goszakup answers a page that is gone by 302 to /ru/system_error/not_found
_GONE = re.compile(r"not[_-]?found|/404(?:[./]|$)", re.IGNORECASE)
_LOG_IN = re.compile(r"(?:^|/)(?:log-?in|log-?on|sign-?in|auth|sso|cas)(?:[/.;]|$)", re.IGNORECASE)


class Again(Exception):
    """This attempt failed with `error`; another may not. `wait` is what the portal asks for."""

    def __init__(self, error: FetchError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


def named(error: Exception, portal: str, url: str) -> Exception:
    """Name a failure of the network, wrapped in `Again` where another attempt may help."""
    words = f"{error}" or type(error).__name__
    if isinstance(error, NameNotFound | DeadlineExceeded):
        return Unreachable(words, portal=portal, url=url)
    if isinstance(error, httpcore.LocalProtocolError):
        return NotAllowed(f"cannot be sent: {words}", portal=portal, url=url)
    if _is_bad_certificate(error):
        return Unreachable(
            f"the certificate is not trusted ({words}); see ca_file", portal=portal, url=url
        )
    if "complete message body" in words or "incomplete chunked read" in words:
        return Again(Truncated(words, portal=portal, url=url))
    return Again(Unreachable(words, portal=portal, url=url))


def refusal(received: Received, wait: float | None, portal: str, url: str) -> Exception | None:
    """What is wrong by the status of an answer, None for 200, 304 and redirects."""
    status = received.status
    if status in {200, 304} or status in REDIRECTS:
        return None
    if received.headers.get("x-suranys-replay") == "not-saved":
        return NotSaved("nobody saved this address", portal=portal, url=url)
    if status in {404, 410}:
        return NotFound(f"HTTP {status}", portal=portal, url=url)
    wall = looks_blocked(received.body)
    if wall or status in {401, 403, 407, 451}:
        detail = f"HTTP {status}" + (f", {wall}" if wall else "")
        return Blocked(detail, portal=portal, url=url)
    if status == 429:
        asked = "" if wait is None else f", asks for {wait:.0f} s"
        return Again(Throttled(f"HTTP 429{asked}", portal=portal, url=url), wait)
    if status in RETRIED:
        return Again(Unreachable(f"HTTP {status}", portal=portal, url=url), wait)
    said = re.sub(r"\s+", " ", received.body[:200].decode("utf-8", "replace")).strip()
    return Unreachable(f"HTTP {status}" + (f": {said!r}" if said else ""), portal=portal, url=url)


def next_hop(received: Received, sent: httpx.Request, portal: str) -> tuple[str, str] | None:
    """Method and address a redirect leads to, None if the answer is none.

    Raises `NotFound` or `Blocked` when it leads to the portal's page for lost visitors or to its
    log-in, which are never opened.
    """
    if received.status not in REDIRECTS:
        return None
    here = str(sent.url)
    try:
        target = sent.url.join(received.headers.get("location", ""))
    except (httpx.InvalidURL, ValueError) as error:
        raise NotAllowed("a redirect to no address", portal=portal, url=here) from error
    if not received.headers.get("location"):
        raise Unreachable(f"HTTP {received.status} without an address", portal=portal, url=here)
    path = unquote(target.path)
    if _GONE.search(path):
        raise NotFound(f"redirected to {path}", portal=portal, url=here)
    if _LOG_IN.search(path):
        raise Blocked(f"log-in page: redirected to {path}", portal=portal, url=here)
    kept = received.status in {307, 308}
    return (sent.method if kept else "GET"), str(target)


def _is_bad_certificate(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
