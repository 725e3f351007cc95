"""The saved pages of TED and OCDS read over HTTP, exactly as the live portals are."""

import shutil
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.collect import Page, walk
from scrapers.fetch.client import Fetcher
from scrapers.fetch.network import LoopbackNetwork
from scrapers.fetch.settings import FetchSettings
from scrapers.portal import Query, settled
from scrapers.portals import PORTALS
from scrapers.records import Depth, Notice, Phase
from service.replay import ReplayServer, load_maps

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads"
NOW = datetime(2026, 6, 4, 10, tzinfo=UTC)

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(
        not (FOLDER / "ted_api").is_dir(), reason=f"SKIPPED: no saved portal answers in {FOLDER}"
    ),
]


def pages(name: str, folder: Path = FOLDER) -> list[Page]:
    saved = next(one for one in load_maps(folder) if one.portal == name)
    portal = settled(PORTALS[name], saved.query)
    settings = FetchSettings("Suranys-Test/1", delay_seconds=0)
    with (
        ReplayServer.from_maps([saved], folder) as server,
        Fetcher(portal, settings, now=lambda: NOW, network=LoopbackNetwork(server.port)) as fetcher,
    ):
        query = Query(NOW, settings=saved.query)
        entries = saved.entries
        return list(walk(portal, fetcher.fetch, query, entries=entries, left=lambda: True))


def notices(read: list[Page]) -> list[Notice]:
    return [notice for page in read for notice in page.notices]


def test_ted_gives_its_twelve_rows_and_the_twenty_eight_notices_saved_in_full() -> None:
    read = pages("eu_ted")
    found = notices(read)
    depths = Counter(notice.depth for notice in found)
    assert depths == {Depth.LISTING: 12, Depth.DETAIL: 28}
    assert len({notice.id for notice in found}) == 40
    assert sum(len(notice.lots) for notice in found) == 20 + 27
    faults = Counter(type(fault).__name__ for page in read for fault in page.faults)
    assert faults == {"NotSaved": 12}  # nobody saved the XML of the twelve
    sums: Counter[str] = Counter()
    for notice in found:
        if notice.value:
            sums[notice.value.currency] += notice.value.minor
    assert sums == {"EUR": 9_630_328_446, "NOK": 10_180_000_000}


def test_ocds_packages_give_six_processes() -> None:
    read = pages("ocds")
    found = notices(read)
    assert len(found) == 6
    assert sum(len(lot.items) for notice in found for lot in notice.lots) == 7
    assert Counter(notice.phase for notice in found) == {Phase.OPEN: 4, Phase.AWARDED: 2}
    assert not any(page.faults for page in read)


def test_a_quantity_changed_by_hand_in_a_saved_page_is_read_changed(tmp_path: Path) -> None:
    (tmp_path / "ocds").mkdir()
    for saved in (FOLDER / "ocds").glob("*.json"):
        shutil.copyfile(saved, tmp_path / "ocds" / saved.name)
    page = tmp_path / "ocds" / "record_package_sample.json"
    text = page.read_text(encoding="utf-8")
    assert text.count('"quantity": 8') >= 1
    page.write_text(text.replace('"quantity": 8', '"quantity": 13'), encoding="utf-8")
    changed = notices(pages("ocds", tmp_path))[0]
    assert [item.quantity for lot in changed.lots for item in lot.items] == [Decimal(13)]
