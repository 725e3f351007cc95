"""A portal whose pages shift, lie or go round while they are read: true records, a named end."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from scrapers.fetch.network import LoopbackNetwork
from service.clock import FixedClock
from service.config import Collect, Config, PortalTable
from service.jobs.collect import Collecting, PortalResult, collect
from service.jobs.runs import Report
from service.store import open_store
from tests.faults import Asked, FaultServer, Play, ok, status
from tests.service.notices import NOON
from tests.service.portals import Shop, portal, row
from tests.system.program import rows
from tests.system.test_fault_portals import JSON, SICK, config, read, served, stored

LENGTH = 40


def alone(settings: Config) -> Config:
    return settings.model_copy(update={"portals": {SICK: settings.portals[SICK]}})


def result(folder: Path, script: Callable[[Asked, int], Play], settings: Config) -> PortalResult:
    (only,) = read(folder, script, alone(settings))
    return only


def number_of(asked: Asked) -> int:
    return int(asked.target.partition("page=")[2].partition("&")[0])


def listing(content: object) -> Play:
    return ok(json.dumps(content).encode(), JSON)


def test_a_circle_of_pages_longer_than_a_days_requests_is_named(tmp_path: Path) -> None:
    def script(asked: Asked, _nth: int) -> Play:
        if "/list" not in asked.target:
            return status(404)
        number = number_of(asked)
        following = number % LENGTH + 1
        return listing(
            {
                "rows": [row(str(number), phase="closed")],
                "total": None,
                "next": f"/list?page={following}",
            }
        )

    table = PortalTable(enabled=True, requests_per_day=12)
    reports: list[Report] = []
    with (
        FaultServer(script) as server,
        open_store(f"sqlite:///{tmp_path}/circle.db") as store,
    ):
        work = Collecting(
            store=store,
            config=Config(collect=Collect(delay_seconds=0, retries=0), portals={SICK: table}),
            clock=FixedClock(NOON),
            network=LoopbackNetwork(server.port),
            registry={SICK: portal(SICK)},
        )
        for day in range(3 * LENGTH):
            (one,) = collect(replace(work, clock=FixedClock(NOON + timedelta(days=day))))
            reports.append(one.report)
            if one.report.fault == "ImplausibleListing":
                break
    assert {each.fault for each in reports[:-1]} == {"BudgetSpent"}
    assert reports[-1].fault == "ImplausibleListing", reports[-1]
    assert len(rows(tmp_path / "circle.db", "SELECT 1 FROM notice")) == LENGTH


def test_rows_that_move_to_another_page_while_we_read_are_stored_once(tmp_path: Path) -> None:
    shop = Shop.of(9)

    def script(asked: Asked, _nth: int) -> Play:
        if "page=2" in asked.target and len(shop.rows) == 9:
            # two notices were published meanwhile: what stood on page 1 moves to page 2
            shop.rows = [row("new1"), row("new2"), *shop.rows]
        return served(shop, asked)

    report = result(tmp_path, script, config()).report
    assert sorted(set(stored(tmp_path, SICK))) == sorted(stored(tmp_path, SICK))
    assert set(stored(tmp_path, SICK)) == set("123456789")
    assert report.outcome == "OK", report


def test_a_storm_of_server_errors_is_ridden_out_and_loses_nothing(tmp_path: Path) -> None:
    shop = Shop.of(5)
    seen: dict[str, int] = {}

    def script(asked: Asked, _nth: int) -> Play:
        seen[asked.target] = seen.get(asked.target, 0) + 1
        if "robots" not in asked.target and seen[asked.target] == 1:
            return status(503)
        return served(shop, asked)

    calm = config()
    patient = calm.model_copy(update={"collect": calm.collect.model_copy(update={"retries": 2})})
    report = result(tmp_path, script, patient).report
    assert (report.outcome, report.read) == ("OK", 5), report
    assert stored(tmp_path, SICK) == list("12345")


def test_another_charset_than_the_body_has_gives_no_wrong_text(tmp_path: Path) -> None:
    shop = Shop([row("1") | {"title": "Труба стальная"}])

    def script(asked: Asked, _nth: int) -> Play:
        content = {"rows": shop.rows, "total": 1, "next": None}
        if "/list" in asked.target:
            body = json.dumps(content, ensure_ascii=False).encode()
            return ok(body, "application/json; charset=koi8-r")
        return served(shop, asked)

    result(tmp_path, script, config())
    titles = rows(tmp_path / "var/suranys.db", "SELECT title FROM notice")
    assert set(titles) <= {("Труба стальная",)}
