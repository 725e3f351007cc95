"""What is told of the robots.txt of portals."""

from datetime import UTC, datetime
from pathlib import Path

from service.config import Config, PortalTable
from service.health.robots import robots
from service.jobs.runs import Report, claim, finish
from service.store import open_store
from service.store.tables.naming import Outcome

READ = PortalTable(enabled=True)
CONFIG = Config(portals={"kz_goszakup": READ, "kz_mitwork": READ})
NOON = datetime(2026, 5, 18, 7, tzinfo=UTC)


def told(url: str) -> dict[str, str]:
    return {each.found.partition(":")[0]: each.state for each in robots(CONFIG, url)}


def test_a_portal_whose_robots_refuse_is_named_and_one_never_read_is_unknown(
    tmp_path: Path,
) -> None:
    first, second = CONFIG.portals
    url = f"sqlite:///{tmp_path}/x.db"
    assert all("unknown" in each.found for each in robots(CONFIG, url))
    with open_store(url) as store, store.writing() as session:
        for name, report in (
            (first, Report(Outcome.FAILED, "robots.txt forbids it", fault="NotAllowed")),
            (second, Report(Outcome.OK)),
        ):
            held = claim(session, f"collect:{name}", "2026-05-18", owner="me", now=NOON)
            assert held is not None
            finish(session, held, report, NOON)
    states = told(url)
    assert (states[first], states[second]) == ("warn", "ok")
    assert any("2026-05-18" in each.found and each.state == "ok" for each in robots(CONFIG, url))
