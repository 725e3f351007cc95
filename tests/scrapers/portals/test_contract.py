"""What every portal must keep to, over all portals and their fixture cases.

`python -m tests.scrapers.portals.accept PORTAL CASE` writes an expected.json; read it beside the
page before you commit it.
"""

import importlib
import json
from urllib.parse import urlsplit

import pytest

from scrapers import errors
from scrapers.portal import Answer, Listing, settled
from scrapers.portals import PORTALS
from scrapers.records import Money, Notice, Place
from tests.scrapers.portals.cases import FIXTURES, REQUIRED, Case, all_cases, load, outcome, read

CASES = all_cases()
GOOD = [case for case in CASES if case.error is None]
SECTIONS = ("Domain", "Caveats", "Terms", "API documentation")


def ids(case: Case) -> str:
    return f"{case.portal}/{case.name}"


@pytest.mark.parametrize("name", PORTALS)
def test_a_portal_has_every_required_case(name: str) -> None:
    present = {path.parent.name for path in (FIXTURES / name).glob("*/case.toml")}
    assert present >= REQUIRED, f"missing cases of {name}: {sorted(REQUIRED - present)}"


@pytest.mark.parametrize("name", PORTALS)
def test_a_portal_says_what_it_is(name: str) -> None:
    portal = PORTALS[name]
    text = importlib.import_module(f"scrapers.portals.{name}").__doc__ or ""
    places = [text.find(f"{section}\n") for section in SECTIONS]
    assert -1 not in places, f"sections missing in the docstring of {name}"
    assert places == sorted(places)
    assert portal.name == name
    assert portal.title
    assert portal.hosts == {host.lower() for host in portal.hosts}


@pytest.mark.parametrize("case", GOOD, ids=ids)
def test_a_page_is_read_as_expected(case: Case) -> None:
    found = outcome(*read(PORTALS[case.portal], case))
    assert found == json.loads(case.expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", GOOD, ids=ids)
def test_reading_twice_gives_the_same(case: Case) -> None:
    portal = PORTALS[case.portal]
    assert read(portal, case) == read(portal, load(case.folder))


@pytest.mark.parametrize("case", [case for case in CASES if case.error], ids=ids)
def test_a_page_that_is_no_answer_raises_its_error(case: Case) -> None:
    assert case.error is not None
    with pytest.raises(errors.SourceError) as caught:
        read(PORTALS[case.portal], case)
    assert type(caught.value).__name__ == case.error
    assert caught.value.portal == case.portal


@pytest.mark.parametrize("name", PORTALS)
def test_gates_and_new_layouts_are_told_apart(name: str) -> None:
    blocked = load(FIXTURES / name / "blocked")
    broken = load(FIXTURES / name / "broken_layout")
    assert blocked.error == "Blocked"
    assert broken.error == "LayoutChanged"


@pytest.mark.parametrize("name", PORTALS)
def test_an_empty_listing_gives_no_notices_and_no_next_page(name: str) -> None:
    last, notices = read(PORTALS[name], load(FIXTURES / name / "empty"))
    assert isinstance(last, Listing)
    assert last.next is None
    assert notices == ()


@pytest.mark.parametrize("case", GOOD, ids=ids)
def test_ids_are_unique_and_records_complete(case: Case) -> None:
    _, notices = read(PORTALS[case.portal], case)
    keys = [(notice.portal, notice.id) for notice in notices]
    assert len(set(keys)) == len(keys)
    for notice in notices:
        check_record(notice)


def check_record(notice: Notice) -> None:
    assert notice.portal in PORTALS
    assert notice.id
    assert notice.title.strip()
    lots = [lot.id for lot in notice.lots]
    assert len(set(lots)) == len(lots)
    for lot in notice.lots:
        assert lot.title.strip()
        items = [item.id for item in lot.items]
        assert len(set(items)) == len(items)
        sums = [lot.value, *(m for item in lot.items for m in (item.value, item.unit_price))]
        assert all(
            money.minor >= 0 and money.currency for money in sums if isinstance(money, Money)
        )
        places: list[Place] = [place for item in lot.items for place in item.places]
        assert all(place.text or place.code for place in places)


@pytest.mark.parametrize("case", GOOD, ids=ids)
def test_only_hosts_of_the_portal_are_asked(case: Case) -> None:
    portal = settled(PORTALS[case.portal], case.query.settings)
    last, notices = read(portal, case)
    asked = [*portal.first(case.query), *([last.next] if last and last.next else [])]
    asked += [request for notice in notices for request in portal.details(notice)]
    for request in asked:
        parts = urlsplit(request.url)
        assert parts.hostname in portal.hosts, request.url
        assert parts.scheme in {"http", "https"}


@pytest.mark.parametrize("name", PORTALS)
def test_no_portal_takes_an_empty_body_for_nothing_found(name: str) -> None:
    case = load(FIXTURES / name / "empty")
    answer = case.answers[0]
    hollow = Answer(answer.request, answer.url, 200, answer.headers, b"", answer.received_at)
    with pytest.raises(errors.SourceError):
        PORTALS[name].listing(hollow, case.query)


@pytest.mark.parametrize("name", PORTALS)
@pytest.mark.parametrize("pasted", ["", "http://[x", "https://", "№ 1\x00", "javascript:alert(1)"])
def test_what_a_person_pasted_by_mistake_is_not_asked_for(name: str, pasted: str) -> None:
    portal = PORTALS[name]
    assert portal.entry is None or portal.entry(pasted) is None
