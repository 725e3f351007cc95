"""The coverage map as lines of `suranys status`, and as JSON."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from service.digest.cleaning import cut
from service.health.coverage import PortalCoverage

_LONGEST = 200


def coverage_lines(each: PortalCoverage, zone: ZoneInfo) -> Iterator[str]:
    """Give one portal: whether it is read, what it brought, what waits, how politely."""
    head = f"  {each.country or '--':<3} {each.name or '':<18} "
    if not each.name:
        dated = f" ({each.as_of})" if each.as_of else ""
        yield f"{head}NOT READ  {cut(each.title, _LONGEST)}: {cut(each.why_not, _LONGEST)}{dated}"
        return
    proven = "" if each.verified else ", unverified"
    if not each.read:
        yield f"{head}NOT READ  {each.why_not}{'' if 'unverified' in each.why_not else proven}"
        if each.last_ok_at is None:
            return
    else:
        why = (each.said or "").removeprefix(f"{each.fault}: ")
        word = f"FAULT     {each.fault}{proven}: {cut(why, _LONGEST)}"
        yield head + (word if each.fault else f"read{proven}")
    rest = [f"last OK {_local(each.last_ok_at, zone)}", *_volume(each), *_waiting(each, zone)]
    if each.token is not None:
        rest.append("token present" if each.token_present else "no token")
    yield f"{'':<25} {'; '.join(rest)}"
    yield f"{'':<25} robots.txt: {each.robots}; delay {each.delay_seconds:g} s"


def _volume(each: PortalCoverage) -> Iterator[str]:
    if each.arrivals is None:
        return
    usual = each.arrivals.usual
    habit = "" if usual is None else f", usually {usual:g}"
    yield f"new in 30 days {each.arrivals.month}, in 24 hours {each.arrivals.day}{habit}"


def _waiting(each: PortalCoverage, zone: ZoneInfo) -> Iterator[str]:
    if each.waiting is not None:
        since = _local(each.waiting.oldest, zone)
        yield f"{each.waiting.count} wait to be read, the oldest since {since}"


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "never"


def coverage_record(each: PortalCoverage) -> dict[str, object]:
    """One portal as JSON; what is not known is null."""
    found, waiting = each.arrivals, each.waiting
    return {
        "portal": each.name or None,
        "title": each.title,
        "country": each.country or None,
        "url": each.url,
        "read": each.read,
        "why_not": each.why_not or None,
        "verified": each.verified,
        "outcome": each.outcome.value if each.outcome else None,
        "fault": each.fault or None,
        "said": each.said or None,
        "last_ok_at": each.last_ok_at.isoformat() if each.last_ok_at else None,
        "new_30_days": found.month if found else None,
        "new_24_hours": found.day if found else None,
        "usual_24_hours": found.usual if found else None,
        "waiting": waiting.count if waiting else 0,
        "waiting_since": waiting.oldest.isoformat() if waiting else None,
        "token": each.token,
        "token_present": each.token_present if each.token else None,
        "robots": each.robots or None,
        "delay_seconds": each.delay_seconds,
        "source": each.source or None,
        "as_of": each.as_of.isoformat() if each.as_of else None,
    }
