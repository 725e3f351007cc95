"""Local times as portals print them, to UTC.

Portals print naive local time; the zone belongs to the portal. Kazakhstan moved to one zone,
UTC+5, on 1 March 2024 (tzdata 2024a), so old notices need the zone's history, not an offset.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?")
_DOTTED = re.compile(r"(\d{2})\.(\d{2})\.(\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?")
_WORDED = re.compile(r"(\d{1,2}) ([а-я]{3,8})\.? (\d{4}) г\.?,? (\d{1,2}):(\d{2})(?::(\d{2}))?")
# By the first three letters: «мая», «мар.», «марта».
_MONTHS = ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]


def local_time(text: str, zone: str) -> datetime | None:
    """Read «2026-05-12 15:30:00», «18.05.2026 11:12» or «5 мая 2026 г., 17:47:05» in `zone`.

    The text must be the time and nothing else. None for an empty text; ValueError otherwise.
    """
    text = " ".join(text.split())
    if not text:
        return None
    if match := _ISO.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DOTTED.fullmatch(text):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
    elif (match := _WORDED.fullmatch(text)) and match[2][:3] in _MONTHS:
        day, month, year = int(match[1]), _MONTHS.index(match[2][:3]) + 1, int(match[3])
    else:
        raise ValueError(f"not a time: {text[:60]!r}")
    clock = (int(match[4]), int(match[5]), int(match[6] or 0))
    try:
        return datetime(year, month, day, *clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError as error:  # 0001-01-01 east of Greenwich
        raise ValueError(f"not a time: {text!r}") from error
