"""robots.txt of each host, as RFC 9309 reads it."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
from protego import Protego

from scrapers.errors import FetchError, NotAllowed, NotFound, Throttled, Unreachable

CAP = 512 * 1024  # RFC 9309 2.5 asks for at least 500 KiB; a larger file is no honest one


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of a host, or why there are none to go by."""

    rules: Protego | None = None
    unknown: FetchError | None = None


class Robots:
    """Rules per host, read once in the life of a fetcher.

    `read(url)` returns the text of a robots.txt; it raises `NotFound` for a 4xx answer ("all is
    allowed", 2.3.1.3) and another `FetchError` when the host cannot be asked or answers 5xx ("all
    is disallowed", 2.3.1.4).
    """

    def __init__(self, user_agent: str, read: Callable[[httpx.URL], str]) -> None:
        self._product = user_agent.split("/", maxsplit=1)[0].split(maxsplit=1)[0]
        self._read = read
        self._hosts: dict[str, _Rules] = {}

    def check(self, url: httpx.URL, portal: str) -> float:
        """Return the crawl delay asked for, 0 if none.

        Raises `NotAllowed` for a forbidden address, `Unreachable` or `Throttled` while the rules
        are not known; either way no request is made to the address itself.
        """
        found = self._rules(url)
        if found.unknown is not None:
            kind = Throttled if isinstance(found.unknown, Throttled) else Unreachable
            raise kind(
                f"robots.txt cannot be read, so all is disallowed: {found.unknown.detail}",
                portal=portal,
                url=str(url),
            )
        if found.rules is None:
            return 0.0
        if not found.rules.can_fetch(str(url), self._product):
            raise NotAllowed("robots.txt forbids it", portal=portal, url=str(url))
        return found.rules.crawl_delay(self._product) or 0.0

    def _rules(self, url: httpx.URL) -> _Rules:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if origin not in self._hosts:
            self._hosts[origin] = self._load(httpx.URL(f"{origin}/robots.txt"))
        return self._hosts[origin]

    def _load(self, url: httpx.URL) -> _Rules:
        try:
            return _Rules(rules=Protego.parse(self._read(url)))
        except NotFound:
            return _Rules()
        except FetchError as error:
            return _Rules(unknown=error)
        except (ValueError, RecursionError, OverflowError) as error:
            return _Rules(unknown=Unreachable(f"its rules cannot be parsed: {error}"))
