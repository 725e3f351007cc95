"""How readings of portals are told in a digest."""

from service.jobs.collect import PortalResult
from service.jobs.drafting import portals_health
from service.jobs.runs import NO_TOKEN, Report
from service.store.tables.naming import Outcome


def test_a_reading_that_failed_or_needs_a_token_is_told_and_one_done_earlier_is_not() -> None:
    reports = {
        "kz_goszakup": Report(Outcome.FAILED, fault="Blocked"),
        "kz_mitwork": Report(Outcome.SKIPPED, "2026-11-23 is done"),
        "kz_goszakup_api": Report(Outcome.SKIPPED, "no access token: set X", fault=NO_TOKEN),
        "eu_ted": Report(Outcome.OK, read=7),
    }
    found = portals_health(
        PortalResult(name, name.upper(), report) for name, report in reports.items()
    )
    assert [(each.outcome, each.read, each.fault) for each in found] == [
        ("failed", 0, "Blocked"),
        ("ok", 0, None),
        ("skipped", 0, "NoToken"),
        ("ok", 7, None),
    ]
