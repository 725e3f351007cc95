"""Working days of a country, by its public holidays (the `holidays` package, as it is kept there).

Days moved by a yearly decree are known only as far as that package knows them.
"""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

WEEKEND = 5
_OF_ZONE = {
    "Asia/Almaty": "KZ",
    "Asia/Qyzylorda": "KZ",
    "Asia/Bishkek": "KG",
    "Asia/Tashkent": "UZ",
    "Asia/Dushanbe": "TJ",
    "Asia/Baku": "AZ",
    "Europe/Kyiv": "UA",
    "Europe/Moscow": "RU",
}


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def working_days_left(
    now: datetime, deadline: datetime, zone: str, country: str | None = None
) -> int:
    """Count the working days after today up to the deadline's day, both in `zone`.

    0 is today, or a past day. Without a country that of the zone counts, where it has one alone.
    Where a country's holidays are not known, Mondays to Fridays count.
    """
    tz = ZoneInfo(zone)
    day, last = now.astimezone(tz).date(), deadline.astimezone(tz).date()
    whose = country or _OF_ZONE.get(zone)
    whole_weeks, rest = divmod(max((last - day).days, 0), 7)
    count = whole_weeks * WEEKEND + sum(
        (day + timedelta(days=step)).weekday() < WEEKEND for step in range(1, rest + 1)
    )
    if whose is None:
        return count
    free = (_holidays(whose, year) for year in range(day.year, last.year + 1))
    return count - sum(
        day < each <= last and each.weekday() < WEEKEND for year in free for each in year
    )
