"""What a portal changed, in words."""

from datetime import UTC, datetime

from service.desk.lead import Change
from service.texts import language
from service.web.history import change_words
from service.web.rendering import Words

SEEN = datetime(2026, 11, 23, 6, tzinfo=UTC)
W = Words(language("ru"), "Asia/Almaty")


def test_a_later_deadline_is_told_as_people_write_it() -> None:
    told = change_words(
        Change("period.end", "2026-11-27T13:00:00Z", "2026-11-30T13:00:00Z", SEEN), W
    )
    assert told.title == "приём заявок до"
    assert told.new.startswith("18:00, 30")


def test_a_sum_of_a_lot_is_told_with_the_lot_and_in_whole_tenge() -> None:
    told = change_words(Change("lots[77].value.minor", "100000000", "250000000", SEEN), W)
    assert told.title == "Лот 77: сумма"
    assert told.new.replace("\u00a0", " ") == "2 500 000"


def test_what_is_not_known_is_still_told() -> None:
    told = change_words(Change("strange[1", "", '{"broken', SEEN), W)
    assert (told.title, told.old, told.new) == ("Другая деталь", "", '{"broken')
