"""The OCDS portal: what is asked of whom, and where a listing ends."""

import gzip
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from scrapers.collect import Ended, Page, walk
from scrapers.errors import LayoutChanged, NotAllowed, TooLarge, Truncated
from scrapers.fetch.addresses import allowed_url
from scrapers.json_body import MAX_BYTES
from scrapers.portal import Answer, Query, Request, Setting, settled
from scrapers.portals.ocds import PORTAL, first, listing

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
API = "https://data.example.org/api/releases"


def answer(body: object, url: str = API) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(Request(url), url, 200, {"Content-Type": "application/json"}, raw, NOW)


def package(numbers: Iterable[int], following: str | None = None) -> dict[str, object]:
    links = {"links": {"next": following}} if following else {}
    releases = [
        {"ocid": f"ocds-{number}", "tag": ["tender"], "tender": {"title": f"Труба {number}"}}
        for number in numbers
    ]
    return {"releases": releases, **links}


def query(since: datetime | None = None, **more: Setting) -> Query:
    return Query(NOW, since, {"url": [API], **more})


def test_only_the_hosts_of_the_settings_may_be_asked() -> None:
    assert PORTAL.hosts == frozenset()
    urls: dict[str, Setting] = {"url": [API, "https://DATA2.example.org:8443/a.json", "nonsense"]}
    assert settled(PORTAL, urls).hosts == {"data.example.org", "data2.example.org"}
    assert settled(PORTAL, {"url": API}).hosts == {"data.example.org"}
    assert settled(PORTAL, {}).hosts == frozenset()


def test_what_changed_since_is_asked_for_where_the_api_can_say() -> None:
    since = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
    asked = first(query(since, url=f"{API}?size=50&since=old", since_param="since"))
    assert [request.url for request in asked] == [f"{API}?size=50&since=2026-06-01T08%3A30%3A00Z"]
    assert [request.url for request in first(query(since))] == [API]
    assert [request.url for request in first(query(None, since_param="since"))] == [API]


def test_an_address_that_is_none_is_refused_by_name_and_never_left_out() -> None:
    settings: dict[str, Setting] = {"url": ["ftp://x.example/y", "", "http://[x", API]}
    portal = settled(PORTAL, settings)
    assert portal.hosts == {"x.example", "data.example.org"}
    for since in (None, NOW):
        asked = Query(NOW, since, {**settings, "since_param": "since"})
        wrong, broken, _right = first(asked)
        for request in (wrong, broken):
            with pytest.raises(NotAllowed, match=re.escape(request.url)):
                allowed_url(request.url, portal)


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        ({"links": {"next": f"{API}?page=2"}}, f"{API}?page=2"),
        ({"links": {"next": "?page=2"}}, f"{API}?page=2"),
        ({"links": {"next": "/api/more"}}, "https://data.example.org/api/more"),
        ({"next_page": {"uri": f"{API}?offset=9", "offset": 9}}, f"{API}?offset=9"),
        ({"links": {"next": "javascript:alert(1)"}}, None),
        ({"links": {"next": "file:///etc/passwd"}}, None),
        ({"links": {"next": 7}}, None),
        ({"links": None}, None),
        ({}, None),
    ],
)
def test_the_next_page_is_the_one_the_page_names(
    link: dict[str, object], followed: str | None
) -> None:
    page = listing(answer({**package([1]), **link}), query())
    assert (page.next.url if page.next else None) == followed


def walked(pages: dict[str, object]) -> list[Page]:
    def fetch(request: Request) -> Answer:
        return answer(pages[request.url], request.url)

    return list(walk(PORTAL, fetch, query(), left=lambda: True))


def test_pages_are_followed_to_the_last_one() -> None:
    found = walked({API: package([1, 2], "?page=2"), f"{API}?page=2": package([3])})
    assert [notice.id for page in found for notice in page.notices] == [
        "ocds-1",
        "ocds-2",
        "ocds-3",
    ]
    assert found[-1].ended is Ended.COMPLETE
    assert not any(page.faults for page in found)


def test_pages_that_name_each_other_for_ever_are_noticed() -> None:
    found = walked({API: package([1], "?page=2"), f"{API}?page=2": package([2], API)})
    assert found[-1].ended is Ended.REPEATS
    assert [notice.id for page in found for notice in page.notices] == ["ocds-1", "ocds-2"]


def test_a_page_without_releases_ends_an_api_that_never_stops() -> None:
    found = walked({API: package([1], "?page=2"), f"{API}?page=2": package([], "?page=3")})
    assert found[-1].ended is Ended.COMPLETE


def test_a_broken_line_of_many_is_an_error_not_half_a_listing() -> None:
    lines = b"\n".join(json.dumps(package([number])).encode() for number in range(3))
    assert len(listing(answer(lines), query()).notices) == 3
    with pytest.raises(Truncated):
        listing(answer(lines[:-20]), query())
    with pytest.raises(LayoutChanged) as caught:
        listing(answer(lines + b'\n{"a": 1}'), query())
    assert (caught.value.portal, caught.value.url) == ("ocds", API)


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"[" + b" " * (MAX_BYTES + 1))
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge):
        listing(answer(bomb), query())
