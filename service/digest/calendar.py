"""Deadlines as a calendar file: one event a deadline, that a later mail brings up to date."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from icalendar import Alarm, Event

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.digest.cleaning import cut
from service.digest.messages import Attachment
from service.digest.records import Entry, LeadLine
from service.digest.wording import BRAND
from service.texts import Language, language

NAME = "deadlines.ics"
_LONGEST = 180
_ALARM = timedelta(hours=-24)
_HEAD = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Suranys//deadlines//\r\nMETHOD:PUBLISH\r\n"
_TAIL = b"END:VCALENDAR\r\n"


def deadlines(
    entries: Iterable[Entry], domain: str, now: datetime, lang: Language
) -> Attachment | None:
    """Give the deadlines of what can be bid for as a calendar, None where there are none.

    The event of a lead keeps its UID, so that a moved deadline moves it.
    """
    events = [
        _event(lead.id, lead.title, lead.plant, lead.product, lead.deadline, domain, now, lang.code)
        for lead in (entry.lead for entry in entries)
        if lead.deadline is not None and _biddable(lead, now)
    ]
    return Attachment(NAME, "text/calendar", _HEAD + b"".join(events) + _TAIL) if events else None


def _biddable(lead: LeadLine, now: datetime) -> bool:
    return (
        lead.deadline is not None
        and lead.deadline > (lead.as_of or now)
        and lead.phase is Phase.OPEN
        and lead.kind is NeedKind.STATED
        and lead.verdict is not Verdict.CANNOT
        and not lead.gone
    )


@lru_cache(maxsize=1024)  # the readers of one plant get the same events
def _event(
    id_: str,
    title: str,
    plant: str,
    product: str,
    deadline: datetime,
    domain: str,
    now: datetime,
    code: str,
) -> bytes:
    said = language(code).text("Bids close: %(title)s", title=cut(title, _LONGEST))
    event, alarm = Event(), Alarm()
    event.add("uid", f"lead-{id_}@{domain}")
    event.add("dtstamp", now)
    event.add("sequence", int(now.timestamp()) // 60 % 2**31)
    event.add("dtstart", deadline)
    event.add("dtend", deadline)
    event.add("summary", f"{BRAND}: {said}")
    event.add("description", f"{cut(plant, _LONGEST)} — {cut(product, _LONGEST)}")
    event.add("transp", "TRANSPARENT")
    alarm.add("action", "DISPLAY")
    alarm.add("description", said)
    alarm.add("trigger", _ALARM)
    event.add_component(alarm)
    return bytes(event.to_ical())
