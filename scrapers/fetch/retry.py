"""When to ask again, and how long to wait before."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

# Scrapy's list, and Cloudflare's 520-524; 501 and 505 will not change by waiting.
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_LONGEST = 60.0


def backoff(attempt: int, base: float, rng: Random) -> float:
    """Seconds to wait after failed attempt `attempt` (from 0): base × 2ⁿ, of which 50-100 %.

    The jitter keeps several portals behind one gateway from coming back together.
    """
    return min(base * 2.0 ** min(attempt, 16), _LONGEST) * rng.uniform(0.5, 1.0)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the portal asks us to wait (RFC 9110 10.2.3), or None if it says nothing usable.

    Both forms are read, delta-seconds and HTTP date; a date gone by is 0.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
