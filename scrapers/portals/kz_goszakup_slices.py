"""Reading more than the 10 000 rows goszakup shows of one query: the same query by sums.

A query at the cap is halved by the lot's sum, and each half again while it is at the cap. Bounds
lie at half a tenge, where no sum is, so that no lot falls between two halves or into both.
"""

from math import isqrt
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapers.portal import Request

CAP = 10_000
_FROM, _TO = "filter[amount_from]", "filter[amount_to]"
_MIDDLE = 1_000_000  # tenge: about half of all lots cost more
_MOST = 10**13


def halved(request: Request) -> Request | None:
    """The lower half of a query; its `ref` names the upper one, and what is still to be read.

    None where the sums of the query lie too close together to be parted.
    """
    low, high = _bounds(request.url)
    bottom, top = low or 0, high or max(_MIDDLE * _MIDDLE // 100, (low or 0) * 100)
    middle = _MIDDLE if bottom < _MIDDLE < top else isqrt(max(bottom, 1) * top)
    if not bottom < middle < top or middle >= _MOST:
        return None
    upper = f"{middle}-{high or ''}"
    pending = f"{upper} {request.ref}".strip()
    return _within(request, low, middle, pending)


def next_slice(request: Request) -> Request | None:
    """The slice that stands first in `ref`, None where the last one was read."""
    if not request.ref:
        return None
    one, _, rest = request.ref.partition(" ")
    low, _, high = one.partition("-")
    return _within(request, int(low), int(high) if high else None, rest)


def _within(request: Request, low: int | None, high: int | None, ref: str) -> Request:
    pairs = [(k, v) for k, v in _pairs(request.url) if k not in {_FROM, _TO, "page"}]
    pairs += [(_FROM, f"{low}.5")] if low else []
    pairs += [(_TO, f"{high}.5")] if high else []
    url = urlunsplit(urlsplit(request.url)._replace(query=urlencode([*pairs, ("page", "1")])))
    return Request(url, ref=ref)


def _bounds(url: str) -> tuple[int | None, int | None]:
    stated = dict(_pairs(url))
    found = [stated.get(name, "").partition(".")[0] for name in (_FROM, _TO)]
    low, high = (int(one) if one.isdecimal() else None for one in found)
    return low, high


def _pairs(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)
