"""What can go wrong between a portal and a notice. Every error names its portal and address.

    SourceError
     ├─ FetchError
     │   ├─ Unreachable        no connection, time-out, or 5xx after the last retry
     │   ├─ Throttled          429 beyond patience
     │   ├─ Blocked            a captcha, log-in or bot page, 401 or 403
     │   ├─ NotFound           the portal says there is no such page
     │   ├─ TooLarge           more decoded bytes, or a deeper page, than is safe to parse
     │   ├─ Truncated          the answer ended early
     │   ├─ WrongContentType   HTML where JSON was due, and the like
     │   ├─ NotAllowed         host outside the portal's list, a private address, robots.txt
     │   └─ NotSaved           replay only: nobody saved this address
     ├─ LayoutChanged          a selector found too few or too many, or an unknown category
     ├─ ImplausibleListing     the page repeats for ever, counts contradict one another
     └─ BudgetSpent            time or requests ran out before the end

Errors carry fields and never log; one place per job catches them.
"""


class SourceError(Exception):
    """The root: raised by fetch and parsers, caught once per collecting job."""

    advice = "See the run in `suranys status` for the address, then open it in a browser."

    def __init__(self, detail: str, *, portal: str = "", url: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.portal = portal
        self.url = url

    def __str__(self) -> str:
        where = " ".join(part for part in (self.portal, self.url) if part)
        return f"{type(self).__name__}: {self.detail}" + (f" [{where}]" if where else "")


class FetchError(SourceError):
    """The root of what `scrapers.fetch` raises."""


class Unreachable(FetchError):
    """No connection, a time-out, or a server error after the last retry."""

    advice = "Nothing to do if it passes by itself; otherwise check the network and proxy settings."


class Throttled(FetchError):
    """The portal asked us to slow down for longer than the run may wait."""

    advice = "Raise `delay_seconds` of this portal in config.toml."


class Blocked(FetchError):
    """A captcha, log-in or bot page, or 401/403, in place of the answer."""

    advice = "Open the portal in a browser; a token or the operator's agreement may be needed."


class NotFound(FetchError):
    """The portal says there is no such page."""


class TooLarge(FetchError):
    """More decoded bytes, or a more deeply nested page, than is safe to parse."""


class Truncated(FetchError):
    """The answer ended before its end."""


class WrongContentType(FetchError):
    """Another kind of content than was asked for."""


class NotAllowed(FetchError):
    """A host outside the portal's list, an address that is not public, or robots.txt forbids it."""


class NotSaved(FetchError):
    """Replay only: nobody saved an answer for this address."""

    advice = "Normal in a replay: the record is kept as the listing shows it."


class ApiRefused(FetchError):
    """An API answered 200 and an error in words."""

    advice = "See the words of the API; a filter it no longer knows is a change of its schema."


class LayoutChanged(SourceError):
    """A selector found too few or too many, a category is unknown, or a mandatory field is gone."""

    advice = "The portal changed its pages: capture one with `suranys collect NAME --capture DIR`."

    def __init__(self, detail: str, *, selector: str, portal: str = "", url: str = "") -> None:
        super().__init__(f"{detail} (selector {selector})", portal=portal, url=url)
        self.selector = selector


class ImplausibleListing(SourceError):
    """The listing contradicts itself: a page that repeats for ever, a total that cannot be."""


class BudgetSpent(SourceError):
    """Time or requests ran out before the end of the listing."""

    advice = "The next run goes on where this one stopped."
