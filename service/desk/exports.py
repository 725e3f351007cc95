"""Leads as tables and calendars for other programs."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from service.desk.leads import Card
from service.desk.regions import region_names
from service.desk.sheets import Sheet
from service.digest.cleaning import clean, cut
from service.texts import Language

MOST = 5_000
_REMIND = timedelta(days=1)


def leads_sheet(cards: Sequence[Card], lang: Language, zone: str) -> Sheet:
    """Write leads as a table; times are in `zone`, which the heads name."""
    tz, regions = ZoneInfo(zone), region_names(lang.code)
    until = lang.text("Bids until (%(zone)s)", zone=zone)
    heads = (
        *(lang.text("Plant"), lang.text("Product"), lang.text("Verdict"), lang.text("State")),
        *(lang.text("Purchase"), lang.text("Number"), lang.text("Buyer"), lang.text("BIN")),
        *(lang.text("Country"), lang.text("Region"), lang.text("Place")),
        *(lang.text("Sum"), lang.text("Currency"), lang.text("Quantity"), lang.text("Unit")),
        *(lang.text("Tonnes"), lang.text("Share of idle capacity")),
        *(until, lang.text("Portal"), lang.text("Address"), lang.text("Dealt with by")),
    )
    rows = [
        (
            *(card.plant_name, card.product_name),
            *(lang.name("verdict", card.verdict), lang.name("state", card.state)),
            *(card.title, card.number, card.buyer, card.buyer_id),
            *(card.country, regions.get(card.region or "", ""), card.place),
            card.value.amount if card.value else None,
            card.value.currency if card.value else None,
            *(card.quantity, lang.name("unit", card.unit) if card.unit else None),
            *(card.tonnes, card.share),
            card.ends_at.astimezone(tz) if card.ends_at else None,
            *(card.portal, card.url, card.owner),
        )
        for card in cards
    ]
    return Sheet(lang.text("Leads"), heads, rows)


def calendar_of(cards: Iterable[Card], lang: Language, host: str, made_at: datetime) -> bytes:
    """Write deadlines as a calendar (RFC 5545) with a reminder a day before; leads without a
    deadline are left out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Suranys//desk//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", lang.text("Deadlines for bids"))
    for card in cards:
        if card.ends_at is None:
            continue
        event = Event()
        event.add("uid", f"lead-{card.id}@{host}")
        event.add("dtstamp", made_at)
        event.add("dtstart", card.ends_at)
        event.add("dtend", card.ends_at)
        event.add("summary", lang.text("Bids until now: %(title)s", title=cut(card.title, 120)))
        event.add("description", _told(card, lang))
        event.add("categories", [clean(card.plant_name)])
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", cut(card.title, 120))
        reminder.add("trigger", -_REMIND)
        event.add_component(reminder)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _told(card: Card, lang: Language) -> str:
    lines = (
        card.plant_name,
        lang.name("verdict", card.verdict),
        card.buyer,
        card.number,
        card.url if card.url.startswith(("https://", "http://")) else None,
    )
    return "\n".join(clean(line) for line in lines if line)
