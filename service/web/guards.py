"""Guards around every route: headers, requests of other sites refused, bodies kept small."""

from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers as RequestHeaders
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.faults import fault_page

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Addresses of one-time links carry their token; no other site may learn it.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
HSTS = "max-age=31536000; includeSubDomains"
LONGEST_BODY = 20 * 1024 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A mail provider unsubscribes by POST without any header of a browser (RFC 8058).
WITHOUT_ORIGIN = ("/u/",)


class Headers:
    """Put the security headers on every answer, errors too. Pages are kept by no cache unless the
    route says otherwise: they show what only their reader may see."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.headers = {**HEADERS, **({"Strict-Transport-Security": HSTS} if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                shared = scope["path"].startswith("/static/")
                kept = "public, max-age=31536000, immutable" if shared else "private, no-store"
                headers.setdefault("Cache-Control", kept)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class KnownHost:
    """Refuse a request for a name that is not ours: links would be made of it."""

    def __init__(self, app: ASGIApp, *, names: frozenset[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.known(RequestHeaders(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
            return
        refused = fault_page(Request(scope), 400, "wrong_host", public=True)
        await refused(scope, receive, send)

    def known(self, host: str) -> bool:
        """Whether a Host header names us, with or without a port."""
        name, colon, port = host.rpartition(":")
        return host in self.names or (bool(colon) and port.isdigit() and name in self.names)


class SameOrigin:
    """Refuse what another site makes a browser send.

    A changing request needs `Sec-Fetch-Site: same-origin` (or `none`: the person typed it), or
    where the browser sends none, an `Origin` that is ours. A request with a bearer token needs
    neither: no browser adds that by itself.
    """

    def __init__(self, app: ASGIApp, *, address: str) -> None:
        self.app = app
        self.address = urlsplit(address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE or self.trusted(scope):
            await self.app(scope, receive, send)
            return
        refused = fault_page(Request(scope), 403, "other_site", public=True)
        await refused(scope, receive, send)

    def trusted(self, scope: Scope) -> bool:
        """Whether a changing request comes from our own page, or from no browser's cookies."""
        headers = RequestHeaders(scope=scope)
        if scope["path"].startswith(WITHOUT_ORIGIN):
            return True
        if headers.get("authorization", "").lower().startswith("bearer "):
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = headers.get("origin")
        if origin is None:
            return False
        return origin in {
            f"{self.address.scheme}://{self.address.netloc}",
            f"{scope['scheme']}://{headers.get('host', '')}",
        }


class HeadToo:
    """Answer HEAD as GET, without a body, which the server leaves out by itself: monitors and mail
    scanners ask so first, and took a 405 for a dead link."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] == "HEAD"
        await self.app({**scope, "method": "GET"} if asked else scope, receive, send)


class BodyLimit:
    """Refuse a body that is too large, by its stated length before reading and by its true length
    while reading."""

    def __init__(self, app: ASGIApp, *, limit: int = LONGEST_BODY) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        stated = RequestHeaders(scope=scope).get("content-length", "0")
        if not stated.isdigit() or int(stated) > self.limit:
            await self._refuse(scope, receive, send)
            return
        read, started, over = 0, False, False

        async def receive_limited() -> Message:
            nonlocal read, over
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                over = True
                raise _TooLarge
            return message

        async def send_unless_over(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # the framework calls it a body it cannot parse; we know better
            started = True
            await send(message)

        with suppress(_TooLarge):
            await self.app(scope, receive_limited, send_unless_over)
        if over and not started:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = fault_page(Request(scope), 413, "too_large", public=True)
        await refused(scope, receive, send)


class _TooLarge(Exception):
    """Raised while a body is read that grows beyond the limit."""
