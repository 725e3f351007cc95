"""Deadlines as a calendar."""

from dataclasses import replace
from datetime import UTC, datetime

from icalendar import Calendar

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.digest.calendar import deadlines
from service.digest.records import Entry, LeadLine, Section
from service.texts import language
from tests.service.digest.samples import NOW, lead

RU = language("ru")


def events(*leads: LeadLine) -> list[tuple[str, datetime, str]]:
    """Uid, beginning and title of every event, read back by the library."""
    entries = [Entry(each, Section.NEW) for each in leads]
    attached = deadlines(entries, "zone.example", NOW, RU)
    if attached is None:
        return []
    found = Calendar.from_ical(attached.content.decode())
    return [
        (str(event["uid"]), event.decoded("dtstart"), str(event["summary"]))
        for event in found.walk("VEVENT")
    ]


def test_a_deadline_is_an_event_that_a_later_mail_moves() -> None:
    [(uid, begin, title)] = events(lead("7", title="Труба, 820×10; лот 1"))
    assert (uid, begin) == ("lead-7@zone.example", datetime(2026, 11, 27, 13, tzinfo=UTC))
    assert title == "Сұраныс: Окончание приёма заявок: Труба, 820×10; лот 1"
    moved = lead("7", deadline=datetime(2026, 12, 4, 7, tzinfo=UTC))
    assert events(moved)[0][:2] == (uid, moved.deadline)


def test_only_what_can_be_bid_for_is_in_the_calendar() -> None:
    assert (
        events(
            lead("1", deadline=None),
            lead("2", deadline=NOW),
            lead("3", kind=NeedKind.IMPLIED),
            lead("4", phase=Phase.CANCELLED),
            lead("5", verdict=Verdict.CANNOT),
            replace(lead("6"), gone=True),
        )
        == []
    )


def test_a_hostile_title_adds_no_line_to_the_calendar() -> None:
    hostile = "Труба\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nATTACH:https://evil.example/\r\n"
    found = events(lead("1", title=hostile))
    assert [uid for uid, _, _ in found] == ["lead-1@zone.example"]
    attached = deadlines([Entry(lead("1", title=hostile), Section.NEW)], "z.example", NOW, RU)
    assert attached is not None
    assert b"\r\nATTACH" not in attached.content
