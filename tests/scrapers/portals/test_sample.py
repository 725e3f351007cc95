"""The sample portal: labelled wherever it is seen, complete, and dated from the day of the run."""

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from scrapers.canonical import fingerprint
from scrapers.collect import Ended, walk
from scrapers.errors import NotSaved
from scrapers.portal import Answer, Query, Request
from scrapers.portals.sample import PORTAL
from scrapers.records import Notice, Phase
from scrapers.sample import HOST, sample_pages

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


def collected(now: datetime = NOW) -> tuple[Notice, ...]:
    pages = sample_pages(now)

    def fetch(request: Request) -> Answer:
        if request.url not in pages:
            raise NotSaved("no such page", portal="sample", url=request.url)
        body, kind = pages[request.url]
        return Answer(request, request.url, 200, {"Content-Type": kind}, body, now)

    walked = list(walk(PORTAL, fetch, Query(now), left=lambda: True))
    assert [page.ended for page in walked] == [None, None, Ended.COMPLETE]
    assert all(page.faults == () for page in walked)
    return tuple(notice for page in walked for notice in page.notices)


def test_every_notice_says_that_it_is_a_sample() -> None:
    for notice in collected():
        assert notice.sample
        assert notice.title.startswith(("ОБРАЗЕЦ. ", "ҮЛГІ. ", "NAMUNA. ", "SAMPLE. "))
        assert notice.buyer is not None
        assert notice.buyer.name.startswith("Образец: ")
        assert notice.url.startswith(f"https://{HOST}/")
        assert notice.id.startswith("ocds-sample-")


def test_the_samples_show_every_phase_and_language() -> None:
    notices = collected()
    assert len(notices) == 36
    assert Counter(notice.phase for notice in notices) == {
        Phase.OPEN: 33,
        Phase.PLAN: 1,
        Phase.CANCELLED: 1,
        Phase.AWARDED: 1,
    }
    assert {notice.language for notice in notices} == {"ru", "kk", "uz", "en"}
    assert any(text.language == "kk" for notice in notices for text in notice.translations)
    assert sum(notice.period is None for notice in notices) == 2  # the plan, and one unstated
    assert sum(notice.amended_at is not None for notice in notices) == 1
    assert {notice.category for notice in notices} == {"goods", "works", "services"}
    items = [item for notice in notices for lot in notice.lots for item in lot.items]
    assert sum(item.quantity is None for item in items) == 2
    assert all(item.unit and item.unit.code for item in items)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=200), timedelta(days=-400)])
def test_deadlines_are_counted_from_the_day_of_the_run(later: timedelta) -> None:
    now = NOW + later
    notice = next(one for one in collected(now) if one.id == "ocds-sample-0001")
    assert notice.period is not None
    assert notice.period.end is not None
    # 17:00 in Almaty, 14 days after the day of the run
    assert notice.period.end == now.replace(hour=12) + timedelta(days=14)
    opened = [one for one in collected(now) if one.phase is Phase.OPEN and one.period]
    assert all(one.period and one.period.end and one.period.end > now for one in opened)


def test_a_second_run_on_the_same_day_sees_the_same() -> None:
    evening = NOW + timedelta(hours=9)
    assert fingerprint(collected(), texts=True) == fingerprint(collected(evening), texts=True)


def test_every_sample_says_what_it_shows_and_ids_are_unique() -> None:
    text = files("scrapers.sample").joinpath("notices.toml").read_text(encoding="utf-8")
    notices = tomllib.loads(text)["notices"]
    assert all(notice["shows"] for notice in notices)
    assert len({notice["id"] for notice in notices}) == len(notices)
    known = {"id", "shows", "language", "title", "title_kk", "buyer", "days", "published", "status"}
    known |= {"vat", "value", "currency", "category", "method", "description", "documents"}
    known |= {"lots", "items", "amended", "awarded"}
    assert {key for notice in notices for key in notice} <= known  # a misspelt key shows nothing
