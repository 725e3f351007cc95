"""The fetcher all portals share: one address in, one checked answer out, or a named error."""

import time
from collections.abc import Callable
from datetime import datetime
from random import Random, SystemRandom
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlencode

import httpcore
import httpx

from scrapers.errors import FetchError, NotAllowed, NotFound, Truncated, Unreachable
from scrapers.fetch.addresses import allowed_url
from scrapers.fetch.archive import Archive, ArchiveDamagedError
from scrapers.fetch.content import check_content
from scrapers.fetch.exchange import ACCEPT_ENCODING, Received, exchange
from scrapers.fetch.network import Deadline, PublicNetwork, TimedNetwork
from scrapers.fetch.outcome import Again, named, next_hop, refusal
from scrapers.fetch.pace import Pace
from scrapers.fetch.retry import backoff, retry_after
from scrapers.fetch.robots import CAP as ROBOTS_CAP
from scrapers.fetch.robots import Robots
from scrapers.fetch.settings import FetchSettings
from scrapers.fetch.transport import open_transport
from scrapers.portal import Answer, Portal, Request

_T = TypeVar("_T")


def _uncounted() -> None:
    """For those who count no requests."""


_MAX_HOPS = 5
_ROBOTS = "robots"  # the kind of our own requests for robots.txt
_ACCEPT = {
    "html": "text/html,application/xhtml+xml",
    "json": "application/json",
    "xml": "application/xml,text/xml",
    "file": "*/*",
}


class Fetcher:
    """Fetch from one portal during one run, one request after another. Use as a context manager.

    `network` replaces what is connected to: `LoopbackNetwork(port)` in replays and tests. Without
    it only public addresses are connected to. With a proxy the proxy looks names up, so addresses
    cannot be checked here; the host list still holds. `on_request` is told of every request before
    it is sent: retries, redirects and robots.txt too.
    """

    def __init__(
        self,
        portal: Portal,
        settings: FetchSettings,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        network: httpcore.NetworkBackend | None = None,
        rng: Random | None = None,
        on_request: Callable[[], None] = _uncounted,
    ) -> None:
        self._portal = portal
        self._settings = settings
        self._now = now
        self._sleep = sleep
        self._on_request = on_request
        self._rng = rng or SystemRandom()
        self._pace = Pace(settings.delay_seconds, monotonic, sleep)
        self._deadline = Deadline(monotonic)
        self._robots = Robots(settings.user_agent, self._read_robots)
        self._archive = (
            Archive(settings.archive, readable_names=settings.readable_names)
            if settings.archive
            else None
        )
        if network is None:
            network = httpcore.SyncBackend() if settings.proxy else PublicNetwork()
        self._client = httpx.Client(
            transport=open_transport(settings, TimedNetwork(network, self._deadline)),
            headers={"user-agent": settings.user_agent, "accept-encoding": ACCEPT_ENCODING},
            trust_env=False,
            timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def fetch(self, request: Request) -> Answer:
        """Ask and return the answer, complete, decoded and of the kind asked for.

        Raises a `FetchError`: `NotAllowed` before anything is sent to an address that may not be
        asked; `Unreachable`, `Throttled` or `Truncated` after the last retry; `Blocked`,
        `NotFound`, `NotSaved`, `TooLarge` and `WrongContentType` at once, since asking again
        would bring the same.
        """
        self._url(request.url)  # a bad address must not wait for its turn
        return self._patiently(lambda: self._attempt(request))

    def _patiently(self, attempt: Callable[[], _T]) -> _T:
        """Try until it works, the retries are used up, or the portal asks for too long a wait."""
        failed = 0
        while True:
            try:
                return attempt()
            except Truncated as error:
                again = Again(error)
            except Again as one:
                again = one
            # coming back earlier than asked is how one gets blocked
            too_long = again.wait is not None and again.wait > self._settings.retry_after_cap
            if failed >= self._settings.retries or too_long:
                raise again.error from again
            pause = backoff(failed, self._settings.backoff_seconds, self._rng)
            self._sleep(max(pause, again.wait or 0.0))
            failed += 1

    def _attempt(self, request: Request) -> Answer:
        url, received = self._follow(request)
        if received.status == 304:
            return self._unchanged(request, received)
        answer = Answer(
            request, str(url), received.status, received.headers, received.body, self._now()
        )
        check_content(answer, self._portal.name)
        if self._archive is not None:
            self._archive.store(answer)
        return answer

    def _follow(self, request: Request) -> tuple[httpx.URL, Received]:
        """Send and go after redirects, each hop checked as the first address was."""
        method: str = request.method
        url = self._url(request.url)
        first_host = url.host
        for _ in range(_MAX_HOPS + 1):
            if self._settings.obey_robots and request.kind != _ROBOTS:
                self._pace.at_least(url.host, self._robots.check(url, self._portal.name))
            sent = self._build(request, method, url, with_token=url.host == first_host)
            received = self._send(sent, request)
            hop = next_hop(received, sent, self._portal.name)
            if hop is None:
                return url, received
            method, url = hop[0], self._url(hop[1])
        raise self._error(Unreachable, f"more than {_MAX_HOPS} redirects", request.url)

    def _send(self, sent: httpx.Request, request: Request) -> Received:
        """Wait for our turn, exchange, and turn whatever goes wrong into a named error."""
        host, url = sent.url.host, str(sent.url)
        self._pace.wait(host)
        self._on_request()
        self._deadline.start(self._settings.deadline)
        try:
            received = exchange(self._client, sent, self._cap(request))
        except FetchError as error:
            error.portal, error.url = self._portal.name, url
            raise
        except (
            httpcore.TimeoutException,
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.ProxyError,
        ) as error:
            raise named(error, self._portal.name, url) from error
        self._pace.note(host, received.status)
        if request.kind == _ROBOTS and 400 <= received.status < 500 and received.status != 429:
            raise self._error(NotFound, "no robots.txt", url)  # RFC 9309 2.3.1.3: any 4xx
        wait = retry_after(received.headers, self._now())
        problem = refusal(received, wait, self._portal.name, url)
        if problem is not None:
            raise problem
        return received

    def _unchanged(self, request: Request, received: Received) -> Answer:
        """304: the archived body, as if it had come again."""
        stored = self._archive.stored(request) if self._archive else None
        if self._archive is None or stored is None:
            raise self._error(Unreachable, "HTTP 304 to a request without conditions", request.url)
        try:
            body = self._archive.load(stored.sha)
        except ArchiveDamagedError as error:
            self._archive.forget(request)
            raise Again(
                self._error(Unreachable, f"damaged archive: {error}", request.url)
            ) from error
        headers = {**received.headers, **stored.headers}
        answer = Answer(request, stored.url, 200, headers, body, self._now())
        self._archive.store(answer)
        return answer

    def _build(
        self, request: Request, method: str, url: httpx.URL, *, with_token: bool
    ) -> httpx.Request:
        headers = {"accept": _ACCEPT[request.expect], **dict(request.headers)}
        if self._settings.token and with_token:
            headers["authorization"] = f"Bearer {self._settings.token}"
        headers |= self._conditions(request)
        try:
            content = None
            if method == "POST":
                headers["content-type"] = "application/x-www-form-urlencoded"
                content = urlencode(request.form).encode()
                if request.json is not None:
                    headers["content-type"] = "application/json"
                    content = request.json.encode()
            return self._client.build_request(method, url, content=content, headers=headers)
        except (ValueError, httpx.InvalidURL) as error:  # a lone surrogate from a scraped page
            raise self._error(NotAllowed, f"cannot be sent: {error}", str(url)) from error

    def _conditions(self, request: Request) -> dict[str, str]:
        """ETag and Last-Modified, for single pages and files only.

        A listing is asked for afresh: portals build it from a changing set of rows and their
        validators for it cannot be trusted (juriscraper's finding), so content decides there.
        """
        if self._archive is None or request.kind == "listing" or request.method != "GET":
            return {}
        stored = self._archive.stored(request)
        if stored is None:
            return {}
        if stored.etag:
            return {"if-none-match": stored.etag}  # beats Last-Modified, RFC 9110 8.8.1
        return {"if-modified-since": stored.last_modified} if stored.last_modified else {}

    def _read_robots(self, url: httpx.URL) -> str:
        request = Request(str(url), kind=_ROBOTS, expect="file")
        _, received = self._patiently(lambda: self._follow(request))
        return received.body.decode("utf-8", "replace")

    def _cap(self, request: Request) -> int:
        if request.kind == _ROBOTS:
            return ROBOTS_CAP
        html = request.expect == "html"
        return self._settings.max_bytes if html else self._settings.max_data_bytes

    def _url(self, url: str) -> httpx.URL:
        return allowed_url(url, self._portal)

    def _error(self, kind: type[FetchError], detail: str, url: str) -> FetchError:
        return kind(detail, portal=self._portal.name, url=url)
