"""Where a page of a list ends: opaque text for addresses, and back."""

import base64
import binascii
import json
from collections.abc import Sequence

from service.errors import InputError

LONGEST = 500


class BadCursor(InputError):
    """A cursor that no page of this list gave: cut, made up, or of another order."""

    def __init__(self) -> None:
        super().__init__("this page of the list cannot be found; begin with the first page")


def encode(kind: str, values: Sequence[float]) -> str:
    """Write the sort values of the last row of a page; `kind` names the list and its order."""
    text = json.dumps([kind, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, kind: str, count: int) -> tuple[float, ...]:
    """Read what `encode` wrote. Raises BadCursor."""
    if len(cursor) > LONGEST:
        raise BadCursor
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(found, list) or len(found) != count + 1 or found[0] != kind:
        raise BadCursor
    values = found[1:]
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in values):
        raise BadCursor
    if any(each != each or abs(each) > 2**62 for each in values):  # noqa: PLR0124 - NaN
        raise BadCursor
    return tuple(values)
