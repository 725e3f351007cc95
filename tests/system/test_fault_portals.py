"""A portal that misbehaves half-way: its run says what happened, its true records and the other
portals' stay, and `suranys status` tells what to do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scrapers.fetch.network import LoopbackNetwork
from service.clock import FixedClock
from service.config import Collect, Config, PortalTable
from service.jobs.collect import Collecting, PortalResult, collect
from service.replay import Asked as ReplayAsked
from service.store import open_store
from tests.faults import (
    Asked,
    FaultServer,
    Play,
    drip,
    drip_headers,
    gzip_bomb,
    ok,
    page,
    redirect,
    reset,
    stall,
    status,
    wrong_length,
)
from tests.service.notices import NOON
from tests.service.portals import Shop, host, portal, row
from tests.system.program import rows, suranys, write_config

SICK, SOUND = "kz_mitwork", "kz_national_bank"
CAPTCHA = b"""<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>
<form id="challenge-form"><div class="g-recaptcha" data-sitekey="x"></div></form></body></html>"""
JSON = "application/json"
ENDLESS = {"a drip", "a drip of headers", "silence"}
"""Answers that end only when the request's time is over."""
METADATA = "http://169.254.169.254/latest/meta-data/"

FAULTS: dict[str, tuple[Play, str]] = {
    "a drip": (drip, "Unreachable"),
    "a drip of headers": (drip_headers, "Unreachable"),
    "silence": (stall, "Unreachable"),
    "a broken connection": (reset, "Unreachable"),
    "429": (status(429, b"", JSON, ("Retry-After", "nonsense")), "Throttled"),
    "500": (status(500), "Unreachable"),
    "a captcha": (ok(CAPTCHA), "Blocked"),
    "HTML for JSON": (ok(page()), "WrongContentType"),
    "another layout": (ok(b'{"lots": []}', JSON), "LayoutChanged"),
    "half a JSON": (ok(b'{"rows": [{"id": "4"', JSON), "Truncated"),
    "nothing": (ok(b"", JSON), "Truncated"),
    "a short body": (wrong_length(b'{"rows":', 1000), "Truncated"),
    "a gzip bomb": (gzip_bomb, "TooLarge"),
    "the cloud's own address": (redirect(METADATA), "NotAllowed"),
    "loopback": (redirect("http://127.0.0.1/"), "NotAllowed"),
}


def config(request_seconds: float = 30, **more: float) -> Config:
    """No wait, no second try; time enough for an honest answer on a machine that is busy."""
    shared = Collect(
        delay_seconds=0,
        retries=0,
        request_seconds=request_seconds,
        max_data_bytes=1_000_000,
        **more,
    )
    table = PortalTable(enabled=True)
    return Config(collect=shared, portals={SICK: table, SOUND: table})


def served(shop: Shop, asked: Asked) -> Play:
    """What the shop answers to a request of the fault server."""
    reply = shop.answer(
        ReplayAsked(asked.method, asked.headers["host"], asked.target, asked.headers, asked.body)
    )
    return status(reply.status, reply.body, reply.content_type)


def read(
    folder: Path, script: Callable[[Asked, int], Play], settings: Config
) -> list[PortalResult]:
    (folder / "var").mkdir()
    with (
        FaultServer(script) as server,
        open_store(f"sqlite:///{folder}/var/suranys.db") as store,
    ):
        work = Collecting(
            store=store,
            config=settings,
            clock=FixedClock(NOON),
            network=LoopbackNetwork(server.port),
            registry={name: portal(name) for name in (SICK, SOUND)},
        )
        return collect(work)


def stored(folder: Path, name: str) -> list[str]:
    query = "SELECT external_id FROM notice WHERE portal = ? ORDER BY 1"
    return [str(id_) for (id_,) in rows(folder / "var/suranys.db", query, name)]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_on_the_second_page_keeps_the_first_and_the_other_portals(
    tmp_path: Path, name: str
) -> None:
    play, fault = FAULTS[name]
    shop = Shop.of(7)

    def script(asked: Asked, _nth: int) -> Play:
        sick = asked.headers["host"].startswith(host(SICK))
        return play if sick and "page=2" in asked.target else served(shop, asked)

    bad, good = read(tmp_path, script, config(3) if name in ENDLESS else config())
    assert (bad.report.outcome, bad.report.fault) == ("PARTIAL", fault), bad.report.reason
    assert bad.report.advice
    assert stored(tmp_path, SICK) == ["1", "2", "3"]
    assert (good.report.outcome, good.report.read) == ("OK", 7)
    assert stored(tmp_path, SOUND) == list("1234567")


def test_a_fault_on_the_first_page_is_a_failed_run_told_by_status(tmp_path: Path) -> None:
    def script(asked: Asked, _nth: int) -> Play:
        return ok(CAPTCHA) if asked.headers["host"].startswith(host(SICK)) else served(shop, asked)

    shop = Shop.of(2)
    bad, good = read(tmp_path, script, config())
    assert (bad.report.outcome, bad.report.fault) == ("FAILED", "Blocked")
    assert good.report.outcome == "OK"
    enabled = "".join(f"[portals.{name}]\nenabled = true\n" for name in (SICK, SOUND))
    write_config(tmp_path, enabled)
    shown = suranys(tmp_path, "status", "--json")
    assert shown.status == 0, shown.err
    told = {each["portal"]: each for each in json.loads(shown.out)["portals"]}
    assert (told[SICK]["outcome"], told[SICK]["fault"]) == ("FAILED", "Blocked")
    assert "Blocked" in told[SICK]["reason"]
    assert "Open the portal in a browser" in told[SICK]["advice"]
    assert told[SOUND]["outcome"] == "OK"


def test_pages_that_repeat_for_ever_are_left_with_what_they_showed(tmp_path: Path) -> None:
    def script(asked: Asked, _nth: int) -> Play:
        if "/list" not in asked.target or not asked.headers["host"].startswith(host(SICK)):
            return served(shop, asked)
        number = int(asked.target.partition("page=")[2])
        content = {"rows": shop.rows, "total": 99, "next": f"/list?page={number + 1}"}
        return ok(json.dumps(content).encode(), JSON)

    shop = Shop.of(3)
    bad, good = read(tmp_path, script, config())
    assert bad.report.outcome == "PARTIAL", bad.report
    assert bad.report.fault == "ImplausibleListing"
    assert stored(tmp_path, SICK) == ["1", "2", "3"]
    assert good.report.outcome == "OK"


def test_pages_that_never_end_are_left_when_the_time_is_over(tmp_path: Path) -> None:
    def script(asked: Asked, _nth: int) -> Play:
        if "/list" not in asked.target or not asked.headers["host"].startswith(host(SICK)):
            return served(shop, asked)
        number = int(asked.target.partition("page=")[2])
        content = {
            "rows": [row(str(number), phase="closed")],
            "total": None,
            "next": f"/list?page={number + 1}",
        }
        return ok(json.dumps(content).encode(), JSON)

    shop = Shop.of(3)
    bad, good = read(tmp_path, script, config(budget_seconds=1))
    assert (bad.report.outcome, bad.report.fault) == ("PARTIAL", "BudgetSpent")
    assert len(stored(tmp_path, SICK)) == bad.report.read
    assert good.report.outcome == "OK"
