"""Lines on a portal's reading: counts, and reasons that quote hostile pages."""

import pytest

from service.cli.portal_lines import counted, portal_lines
from service.jobs.collect import PortalResult
from service.jobs.runs import Report
from service.store.tables.naming import Outcome


def test_a_reason_quoting_a_page_cannot_move_the_cursor_or_add_a_line() -> None:
    hostile = "an unknown state: \x1b[2J\x1b[1;1H\r\nother  OK  999 read" + " x" * 1000
    result = PortalResult("one", "One", Report(Outcome.FAILED, hostile, "Look."))
    lines = list(portal_lines(result))
    assert len(lines) == 3
    assert lines[0].startswith("one ")
    assert "an unknown state" in lines[1]
    assert all(line.isprintable() and len(line) < 600 for line in lines)


@pytest.mark.parametrize(
    ("total", "said"),
    [
        (None, "5 read, 0 new, 0 changed, 1 failed"),
        (5, "5 read, 0 new, 0 changed, 1 failed"),
        (0, "5 read of 0, 0 new, 0 changed, 1 failed"),
    ],
)
def test_the_total_is_told_where_it_differs_from_what_was_read(
    total: int | None, said: str
) -> None:
    assert counted(Report(Outcome.PARTIAL, read=5, failed=1, total=total)) == said


def test_a_portal_that_was_not_read_has_no_counts() -> None:
    (line,) = portal_lines(PortalResult("one", "One", Report(Outcome.SKIPPED)))
    assert line.split() == ["one", "SKIPPED", "not", "read"]
