"""The moment a replay is set to."""

from datetime import UTC, datetime

import pytest

from service.errors import InputError
from service.modes import moment

ALMATY = "Asia/Almaty"  # +05:00 since 1 March 2024


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-05-18", 3), ("2026-05-18T12:00", 7), ("2026-05-18T12:00+00:00", 12)],
)
def test_a_day_begins_at_eight_and_a_moment_without_an_offset_is_of_the_zone(
    text: str, hour: int
) -> None:
    assert moment(text, ALMATY) == datetime(2026, 5, 18, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "18.05.2026", "2026-02-30", "0001-01-01T00:00", "9999-12-31T23:59-05:00"]
)
def test_what_is_no_usable_moment_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        moment(text, ALMATY)
