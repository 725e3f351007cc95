"""The contract of portals fails for each fault it is there for: a portal with one fault each."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from scrapers.errors import SourceError
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import PORTALS
from scrapers.records import Notice
from tests.scrapers.portals import test_contract as contract
from tests.scrapers.portals.cases import FIXTURES, Case, load
from tests.scrapers.portals.leftover import leftover

NAME = "kz_goszakup"
TRUE = PORTALS[NAME]
Lister = Callable[[Answer, Query], Listing]


def fixture(name: str) -> Case:
    return load(FIXTURES / NAME / name)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a portal with these fields in the place of the true one, in the contract's registry."""

    def use(**fields: object) -> None:
        portal = replace(TRUE, **fields)  # type: ignore[arg-type]  # fields by name
        monkeypatch.setattr(contract, "PORTALS", {**PORTALS, NAME: portal})

    return use


def on_listing(change: Callable[[Listing], Listing]) -> Lister:
    return lambda answer, query: change(TRUE.listing(answer, query))


def each(change: Callable[[Notice], Notice]) -> Lister:
    return on_listing(
        lambda page: replace(page, notices=tuple(change(notice) for notice in page.notices))
    )


def nothing_on_error(answer: Answer, query: Query) -> Listing:
    """The silent fault: whatever cannot be read is an empty market."""
    try:
        return TRUE.listing(answer, query)
    except SourceError:
        return Listing(())


def test_a_missing_fixture_case_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / NAME, tmp_path / NAME)
    monkeypatch.setattr(contract, "FIXTURES", tmp_path)
    contract.test_a_portal_has_every_required_case(NAME)
    shutil.rmtree(tmp_path / NAME / "cancelled")
    with pytest.raises(AssertionError, match="cancelled"):
        contract.test_a_portal_has_every_required_case(NAME)


def test_unstable_ids_fail(faulty: Callable[..., None]) -> None:
    numbers = count()
    faulty(listing=each(lambda notice: replace(notice, id=str(next(numbers)))))
    with pytest.raises(AssertionError):
        contract.test_reading_twice_gives_the_same(fixture("ordinary"))


def test_ids_that_are_not_unique_fail(faulty: Callable[..., None]) -> None:
    faulty(listing=each(lambda notice: replace(notice, id="1")))
    with pytest.raises(AssertionError):
        contract.test_ids_are_unique_and_records_complete(fixture("ordinary"))


@pytest.mark.parametrize("url", ["https://evil.example/next", "ftp://goszakup.gov.kz/next"])
def test_a_host_or_scheme_outside_the_list_fails(faulty: Callable[..., None], url: str) -> None:
    faulty(listing=on_listing(lambda page: replace(page, next=Request(url))))
    with pytest.raises(AssertionError):
        contract.test_only_hosts_of_the_portal_are_asked(fixture("ordinary"))


def test_an_empty_page_that_yields_anything_fails(faulty: Callable[..., None]) -> None:
    (some, *_) = TRUE.listing(fixture("ordinary").answers[0], fixture("ordinary").query).notices
    faulty(listing=on_listing(lambda page: replace(page, notices=page.notices or (some,))))
    with pytest.raises(AssertionError):
        contract.test_an_empty_listing_gives_no_notices_and_no_next_page(NAME)


@pytest.mark.parametrize("case", ["blocked", "broken_layout"])
def test_a_captcha_or_broken_layout_taken_for_an_empty_page_fails(
    faulty: Callable[..., None], case: str
) -> None:
    faulty(listing=nothing_on_error)
    with pytest.raises(pytest.fail.Exception):
        contract.test_a_page_that_is_no_answer_raises_its_error(fixture(case))


def test_an_empty_body_taken_for_nothing_found_fails(faulty: Callable[..., None]) -> None:
    faulty(listing=nothing_on_error)
    with pytest.raises(pytest.fail.Exception):
        contract.test_no_portal_takes_an_empty_body_for_nothing_found(NAME)


def test_a_record_that_differs_from_what_is_expected_fails(faulty: Callable[..., None]) -> None:
    faulty(listing=each(lambda notice: replace(notice, title="Другое")))
    with pytest.raises(AssertionError):
        contract.test_a_page_is_read_as_expected(fixture("ordinary"))


def test_a_leftover_key_is_seen() -> None:
    portal: Portal = PORTALS["ua_prozorro"]
    case = load(FIXTURES / "ua_prozorro" / "ordinary")
    (first, *rest) = case.answers
    body = json.loads(first.body)
    body["newKey"] = 1
    more = replace(case, answers=(replace(first, body=json.dumps(body).encode()), *rest))
    assert leftover(portal, [more]) - leftover(portal, [case]) == {".newKey"}
