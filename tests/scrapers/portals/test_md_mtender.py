"""MTender: what is asked for, and how its parts become one process."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from scrapers.errors import LayoutChanged
from scrapers.portal import Query, Setting
from scrapers.portals import md_mtender
from scrapers.records import Phase
from tests.scrapers.portals.cases import FIXTURES, NOW, load, read


def test_a_list_is_read_from_the_last_good_run_or_so_many_days_ago() -> None:
    settings: dict[str, Setting] = {"lists": ["tenders", "plan"], "days": 10, "limit": 5}
    urls = [request.url for request in md_mtender.first(Query(NOW, settings=settings))]
    assert urls == [
        "https://public.mtender.gov.md/tenders/?offset=2026-05-08T07%3A00%3A00Z&limit=5",
        "https://public.mtender.gov.md/tenders/plan?offset=2026-05-08T07%3A00%3A00Z&limit=5",
    ]
    (later,) = md_mtender.first(Query(NOW, since=NOW - timedelta(days=1)))
    assert "offset=2026-05-17T07%3A00%3A00Z" in later.url


def test_a_list_that_does_not_move_on_is_at_its_end() -> None:
    case = load(FIXTURES / "md_mtender" / "last_page")
    assert md_mtender.listing(case.answers[0], case.query).next is None


def test_the_records_of_a_package_are_parts_of_one_process() -> None:
    case = load(FIXTURES / "md_mtender" / "awarded")
    package = json.loads(case.answers[1].body)
    tender, award = package["records"][0]["releases"]
    award["ocid"] += "-EV-1700000000002"
    package["records"] = [{"ocid": one["ocid"], "releases": [one]} for one in (tender, award)]
    split = replace(case.answers[1], body=json.dumps(package).encode())
    _, (whole,) = read(md_mtender.PORTAL, case)
    _, (joined,) = read(md_mtender.PORTAL, replace(case, answers=(case.answers[0], split)))
    assert joined.awards == whole.awards
    assert (joined.phase, joined.id) == (Phase.AWARDED, whole.id)


def test_the_package_of_another_process_is_refused() -> None:
    case = load(FIXTURES / "md_mtender" / "ordinary")
    other = replace(case.answers[1].request, ref="ocds-b3wdp1-MD-1700000000009")
    with pytest.raises(LayoutChanged):
        md_mtender.detail(None, replace(case.answers[1], request=other))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("ocds-b3wdp1-MD-1700000000001", True),
        ("https://mtender.gov.md/tenders/ocds-b3wdp1-MD-1700000000001", True),
        ("https://example.org/ocds-b3wdp1-MD-1700000000001", False),
        ("ocds-213czf-000-00001", False),
    ],
)
def test_processes_are_known_by_their_number(text: str, *, known: bool) -> None:
    assert (md_mtender.entry(text) is not None) is known
