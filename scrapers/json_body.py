"""A JSON answer to values: the true document or a named error, whatever the portal sent.

Numbers with a point become `Decimal`, so that no sum passes through a float. `NaN` and `Infinity`,
which are no JSON but are met, become None.
"""

import json
import re
from decimal import Decimal

from scrapers.decoding import decode
from scrapers.errors import Blocked, TooLarge, Truncated, WrongContentType

MAX_BYTES = 64 * 1024 * 1024

_BOT_PAGE = re.compile(
    r"captcha|recaptcha|cf-chl|are you (?:a )?human|access denied|доступ (?:ограничен|запрещ[её]н)"
    r"|введите код|type=[\"']?password|/login",
    re.IGNORECASE,
)

_CLOSES = {"{": "}", "[": "]"}


def read_json(body: bytes, content_type: str = "", *, portal: str = "", url: str = "") -> object:
    """Read a JSON document.

    Raises `Truncated` when it is empty or ends early, `Blocked` for a captcha or log-in page,
    `WrongContentType` for any other page or broken JSON, `TooLarge` when too long or too deep.
    """
    if len(body) > MAX_BYTES:
        raise TooLarge(f"{len(body)} bytes of JSON", portal=portal, url=url)
    text = decode(body, content_type, portal=portal, url=url).strip()
    if not text:
        raise Truncated("an empty answer in place of JSON", portal=portal, url=url)
    if text[0] == "<":
        refuse_page(text, "JSON", portal=portal, url=url)
    return loads(text, portal=portal, url=url)


def refuse_page(text: str, asked: str, *, portal: str = "", url: str = "") -> None:
    """Name what came in place of data: raises `Blocked` or `WrongContentType`, never returns."""
    if _BOT_PAGE.search(text[:200_000]):
        raise Blocked(f"a captcha or log-in page in place of {asked}", portal=portal, url=url)
    raise WrongContentType(f"a web page in place of {asked}", portal=portal, url=url)


def loads(text: str, *, portal: str = "", url: str = "") -> object:
    """Parse JSON text; errors as of `read_json`."""
    try:
        value: object = json.loads(text, parse_float=Decimal, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        # A cut document does not end as it began, or fails at its very end or in a string.
        closed = text.endswith(_CLOSES.get(text[:1], ""))
        if not closed or error.pos >= len(text) - 1 or error.msg.startswith("Unterminated"):
            raise Truncated("the JSON ends early", portal=portal, url=url) from error
        detail = f"broken JSON at character {error.pos}: {error.msg}"
        raise WrongContentType(detail, portal=portal, url=url) from error
    except RecursionError as error:
        raise TooLarge("JSON nested too deeply", portal=portal, url=url) from error
    except ValueError as error:  # an integer of thousands of digits
        raise WrongContentType(f"broken JSON: {error}", portal=portal, url=url) from error
    return value
