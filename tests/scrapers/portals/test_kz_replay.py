"""The Kazakh portals' saved pages through the whole way: loopback server, fetcher, walk."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scrapers.canonical import fingerprint
from scrapers.collect import Page, walk
from scrapers.errors import NotSaved
from scrapers.fetch import Fetcher, FetchSettings, LoopbackNetwork
from scrapers.portal import Query
from scrapers.portals import PORTALS
from scrapers.records import Depth, Notice
from service.replay import ReplayMap, ReplayServer, load_maps

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads"

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(
        not (FOLDER / "goszakup_kz").is_dir(),
        reason=f"SKIPPED: no saved portal answers in {FOLDER}",
    ),
]


@pytest.fixture(scope="module")
def maps() -> dict[str, ReplayMap]:
    return {one.portal: one for one in load_maps(FOLDER)}


@pytest.fixture(scope="module")
def server(maps: dict[str, ReplayMap]) -> Iterator[ReplayServer]:
    with ReplayServer.from_maps(tuple(maps.values()), FOLDER) as running:
        yield running


def replayed(name: str, maps: dict[str, ReplayMap], server: ReplayServer) -> list[Page]:
    portal, one = PORTALS[name], maps[name]
    now = one.captured.astimezone(UTC)
    settings = FetchSettings("Suranys/0.1 (test)", delay_seconds=0, retries=0)
    pages: list[Page] = []

    def clock() -> datetime:
        return now

    with Fetcher(portal, settings, now=clock, network=LoopbackNetwork(server.port)) as fetcher:
        walking = walk(
            portal,
            fetcher.fetch,
            Query(now, settings=one.query),
            entries=one.entries,
            left=lambda: True,
        )
        with suppress(NotSaved):  # the second page of every listing
            pages.extend(walking)
    return pages


def notices(pages: list[Page]) -> dict[str, Notice]:
    return {notice.id: notice for page in pages for notice in page.notices}


@dataclass(frozen=True)
class Pinned:
    """What a replay gives: notices, lots, notices read in full, hash of the records sans texts."""

    notices: int
    lots: int
    deep: frozenset[str]
    sha256: str


PINNED = {
    # 45 announcements of the search page, the saved announcement, the saved lot window.
    "kz_goszakup": Pinned(
        47,
        51,
        frozenset({"lot:81610885-ОК2"}),
        "add16d600b4d8e00bb0a8a573ee1179687733bca022b6a345b1c3c8fc8a2117a",
    ),
    "kz_mitwork": Pinned(
        50, 1, frozenset(), "afd00cc0755525b7be47f8f2416490ea2100d337aa563f1fe80099ed65ebef6a"
    ),
    "kz_national_bank": Pinned(
        50,
        50,
        frozenset({"lot-228344"}),
        "d281193168eec98b69b2a8401584bab8f77b386a4b681bdb5ad62e0aab07e2b7",
    ),
}


@pytest.mark.parametrize("name", PINNED)
def test_a_replay_reads_every_saved_record(
    name: str, maps: dict[str, ReplayMap], server: ReplayServer
) -> None:
    pages = replayed(name, maps, server)
    read = notices(pages)
    assert {type(fault) for page in pages for fault in page.faults} == {NotSaved}
    assert (
        Pinned(
            notices=len(read),
            lots=sum(len(notice.lots) for notice in read.values()),
            deep=frozenset(n.id for n in read.values() if n.depth is Depth.DETAIL),
            sha256=fingerprint(read.values()),
        )
        == PINNED[name]
    )


def test_the_saved_announcements_are_deepened_as_far_as_saved(
    maps: dict[str, ReplayMap], server: ReplayServer
) -> None:
    announcement = notices(replayed("kz_goszakup", maps, server))["17013627"]
    assert announcement.lots_stated == 1
    assert announcement.period is not None
    mitwork = notices(replayed("kz_mitwork", maps, server))["192049"]
    assert mitwork.lots[0].number == "694789-ОИ2"
    assert len(mitwork.documents) == 1
