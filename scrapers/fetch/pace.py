"""The pause between requests to one host."""

from collections.abc import Callable

_LONGEST = 60.0  # a crawl delay beyond this would end the run before its second page


class Pace:
    """Keep at least `delay` seconds between the starts of requests to a host.

    Within a run the delay only grows: after 429 and 5xx it doubles, and no answer lowers it again
    (the rule of Scrapy's AutoThrottle, sharpened: a run is too short to win trust back).
    """

    def __init__(
        self, delay: float, monotonic: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._least = delay
        self._delays: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._monotonic = monotonic
        self._sleep = sleep

    def delay(self, host: str) -> float:
        """Seconds kept between requests to `host` now."""
        return self._delays.get(host, self._least)

    def at_least(self, host: str, seconds: float) -> None:
        """Take over a crawl delay the host asks for, up to a minute."""
        self._delays[host] = max(self.delay(host), min(seconds, _LONGEST))

    def note(self, host: str, status: int) -> None:
        """Slow down after an answer that says the host is in trouble."""
        if status == 429 or status >= 500:
            self.at_least(host, self.delay(host) * 2)

    def wait(self, host: str) -> None:
        """Sleep until the host may be asked again, and count from then."""
        if host in self._last:
            left = self._last[host] + self.delay(host) - self._monotonic()
            if left > 0:
                self._sleep(left)
        self._last[host] = self._monotonic()
