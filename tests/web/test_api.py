"""The API: what its document promises holds for every request anybody may send."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from service.store.tables.naming import LeadState
from service.web.api.openapi import document
from tests.web.seeding import HOME, OTHER_PLANT, OURS, PLANT, Seeded, a_lead

LISTS = ("leads", "notices", "plants", "products", "coverage")


@pytest.mark.parametrize("name", LISTS)
def test_a_stranger_gets_a_problem_and_no_data(desk: Seeded, name: str) -> None:
    answer = desk.browser().get(f"/api/v1/{name}")
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["title"] == "not_signed_in"


@pytest.mark.parametrize("name", LISTS)
def test_an_unchanged_answer_is_not_sent_twice(desk: Seeded, name: str) -> None:
    browser = desk.browser("official")
    first = browser.get(f"/api/v1/{name}")
    again = browser.get(f"/api/v1/{name}", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_pages_of_leads_hold_every_lead_once(desk: Seeded) -> None:
    browser = desk.browser("official")
    for sort in ("best", "idle", "deadline", "sum", "new"):
        seen: list[int] = []
        after: str | None = None
        while True:
            query = {
                "limit": "7",
                "sort": sort,
                "closed": "1",
                **({"after": after} if after else {}),
            }
            page = browser.get("/api/v1/leads", params=query).json()
            seen += [each["id"] for each in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert len(seen) == len(set(seen)) == page["total"] > 20, sort


def test_a_plant_sees_its_own_leads_plants_and_products_only(desk: Seeded) -> None:
    browser = desk.browser("plant")
    assert {each["plant"] for each in browser.get("/api/v1/leads").json()["items"]} == {PLANT}
    assert [each["id"] for each in browser.get("/api/v1/plants").json()["items"]] == [PLANT]
    products = browser.get("/api/v1/products").json()["items"]
    assert {each["plant"] for each in products} == {PLANT}
    others = a_lead(desk.store, OTHER_PLANT)
    assert browser.get(f"/api/v1/leads/{others}").status_code == 404
    assert browser.get(f"/api/v1/plants/{OTHER_PLANT}").status_code == 404
    assert browser.get("/api/v1/coverage").status_code == 403


def test_matching_by_api_answers_in_the_format_of_the_command(desk: Seeded) -> None:
    body = {
        "notices": [
            {
                "id": "a",
                "title": "Труба стальная электросварная 820х10 ГОСТ 10704-91",
                "quantity": 100,
                "unit": "т",
            }
        ]
    }
    rows = desk.browser("plant").post("/api/v1/match", json=body).json()["rows"]
    assert rows[0]["plant"] == PLANT
    assert rows[0]["verdict"] == "can"
    assert rows[0]["quantity"]["tonnes"] == 100
    assert {row["plant"] for row in rows} == {PLANT}


def test_an_export_is_an_ocds_package_with_a_release_for_every_notice(desk: Seeded) -> None:
    package = desk.browser("official").get("/api/v1/ocds", params={"limit": "5"}).json()
    assert package["version"] == "1.1"
    assert len(package["releases"]) == 5
    for release in package["releases"]:
        assert {"ocid", "id", "date", "tag", "tender"} <= release.keys()
    assert "after=" in package["links"]["next"]


def test_a_wrong_filter_is_named(desk: Seeded) -> None:
    answer = desk.browser("official").get("/api/v1/leads", params={"verdict": "maybe"})
    assert answer.status_code == 422
    assert "verdict" in answer.json()["detail"]


def test_states_in_the_document_are_those_of_the_program() -> None:
    states = document()["components"]["schemas"]["LeadState"]["enum"]
    assert states == [each.value for each in LeadState]


def test_no_request_the_document_allows_fails(desk: Seeded) -> None:
    try_every_operation(desk, tries=8)


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_no_request_the_document_allows_fails_in_the_long_run(desk: Seeded) -> None:
    try_every_operation(desk, tries=400)


def try_every_operation(desk: Seeded, *, tries: int) -> None:
    schema = schemathesis.openapi.from_dict(document())
    operations = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    assert len(operations) == 10
    cookies = dict(desk.browser("official").cookies)
    for operation in operations:
        cases = st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )

        @settings(
            max_examples=tries,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def never_breaks(case: Any) -> None:
            answer = case.call(
                base_url=HOME, session=None, app=desk.app, cookies=cookies, headers=OURS
            )
            assert answer.status_code < 500, (case.formatted_path, answer.text[:300])

        never_breaks()
