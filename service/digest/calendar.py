"""Deadlines as a calendar file: one event a deadline, that a later mail brings up to date."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.digest.cleaning import cut
from service.digest.messages import Attachment
from service.digest.records import Entry
from service.digest.wording import BRAND
from service.texts import Language

NAME = "deadlines.ics"
_LONGEST = 180
_ALARM = timedelta(hours=-24)


def deadlines(
    entries: Iterable[Entry], domain: str, now: datetime, lang: Language
) -> Attachment | None:
    """Give the deadlines of what can be bid for as a calendar, None where there are none.

    The event of a lead keeps its UID, so that a moved deadline moves it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Suranys//deadlines//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        lead = entry.lead
        biddable = lead.phase is Phase.OPEN and lead.kind is NeedKind.STATED and not lead.gone
        if lead.deadline is None or not biddable or lead.verdict is Verdict.CANNOT:
            continue
        if lead.deadline <= (lead.as_of or now):
            continue
        event = Event()
        event.add("uid", f"lead-{lead.id}@{domain}")
        event.add("dtstamp", now)
        event.add("sequence", int(now.timestamp()) // 60 % 2**31)
        event.add("dtstart", lead.deadline)
        event.add("dtend", lead.deadline)
        said = lang.text("Bids close: %(title)s", title=cut(lead.title, _LONGEST))
        event.add("summary", f"{BRAND}: {said}")
        event.add("description", f"{cut(lead.plant, _LONGEST)} — {cut(lead.product, _LONGEST)}")
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", said)
        alarm.add("trigger", _ALARM)
        event.add_component(alarm)
        calendar.add_component(event)
    if not calendar.walk("VEVENT"):
        return None
    return Attachment(NAME, "text/calendar", calendar.to_ical())
