"""Reading one notice by its number must not make anybody believe that the listings were read."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from scrapers.fetch.network import LoopbackNetwork
from scrapers.portal import Request
from service.clock import FixedClock
from service.config import Collect, Config, PortalTable
from service.jobs.collect import Collecting, collect
from service.replay import ReplayServer
from service.store import open_store
from service.store.cursors import Cursor, read_cursor, save_cursor
from service.store.health import last_runs
from service.store.tables import RunRow
from tests.service.notices import NOON, stored_notices
from tests.service.portals import Shop, host, portal


def entry(text: str) -> Request:
    return Request(f"https://{host('first')}/notice/{text}", kind="detail", expect="json")


LEFT_OFF = Cursor(
    since=NOON - timedelta(days=1),
    resume=Request(f"https://{host('first')}/list?page=2", expect="json"),
)


@pytest.mark.parametrize("left_off", [Cursor(), LEFT_OFF])
def test_a_named_notice_is_read_alone_and_the_cursor_stays(
    tmp_path: Path, left_off: Cursor
) -> None:
    with (
        ReplayServer(Shop.of(7).answer) as server,
        open_store(f"sqlite:///{tmp_path}/test.db") as store,
    ):
        with store.writing() as session:
            save_cursor(session, "first", left_off, NOON)
        work = Collecting(
            store=store,
            config=Config(
                collect=Collect(delay_seconds=0, retries=0),
                portals={"first": PortalTable(enabled=True)},
            ),
            clock=FixedClock(NOON),
            archive=tmp_path / "archive",
            readable_names=True,
            network=LoopbackNetwork(server.port),
            entries={"first": ["5"]},
            only_entries=True,
            registry={"first": replace(portal("first"), entry=entry)},
            wall=FixedClock(NOON),
        )
        (result,) = collect(work)
        asked = {each.path for each in server.requests} - {"/robots.txt"}
        with store.reading() as session:
            assert [notice.id for notice in stored_notices(session)] == ["5"]
            assert read_cursor(session, "first") == left_off
            assert [row.job for row in session.exec(select(RunRow))] == ["entries:first"]
            assert last_runs(session) == []
    assert result.report.outcome == "OK"
    assert asked == {"/notice/5"}
    assert list((tmp_path / "archive" / "pages" / host("first")).iterdir())
