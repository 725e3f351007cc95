"""goszakup by REST: what is asked for, and the joints between plan, lot and contract."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scrapers.errors import LayoutChanged
from scrapers.portal import Query
from scrapers.portals import kz_goszakup_api as api
from scrapers.portals import kz_goszakup_ows as ows
from scrapers.records import Depth, Notice, Phase, Relation
from tests.scrapers.portals.cases import FIXTURES, NOW, Case, load, read


def case(name: str) -> Case:
    return load(FIXTURES / "kz_goszakup_ows" / name)


def notices(name: str) -> tuple[Notice, ...]:
    return read(ows.PORTAL, case(name))[1]


def points(notice: Notice) -> set[str]:
    related = (*notice.related, *(one for lot in notice.lots for one in lot.related))
    return {one.id for one in related if one.relation is Relation.PLAN}


def test_each_register_is_asked_for_and_customers_by_their_number() -> None:
    urls = [request.url for request in ows.first(Query(NOW, settings={"limit": 50}))]
    assert urls == [
        "https://ows.goszakup.gov.kz/v3/lots?limit=50",
        "https://ows.goszakup.gov.kz/v3/plans/all?limit=50",
        "https://ows.goszakup.gov.kz/v3/contract/all?limit=50",
    ]
    own = {"read": ["plans", "contracts"], "customers": ["000000000011"]}
    assert [request.url for request in ows.first(Query(NOW, settings=own))] == [
        "https://ows.goszakup.gov.kz/v3/plans/000000000011?limit=200",
        "https://ows.goszakup.gov.kz/v3/contract/customer/000000000011?limit=200",
    ]


def test_a_plan_a_lot_and_a_contract_of_one_point_have_a_key_in_common() -> None:
    (lot,), (plan, _), (contract,) = notices("ordinary"), notices("plans"), notices("contract")
    assert points(plan) & points(lot) & points(contract) == {"70000001"}
    assert (Relation.NOTICE, lot.id) in {(one.relation, one.id) for one in contract.related}


def test_a_united_lot_names_no_plan_point_by_its_number() -> None:
    united = next(lot for n in notices("multi_lot") for lot in n.lots if "-ОЛ-" in lot.id)
    assert {one.id for one in united.related} == {"70000001"}  # of its point_list


def test_a_lot_that_takes_no_bids_is_left_out_unless_asked_for() -> None:
    shown = {lot.id for notice in notices("multi_lot") for lot in notice.lots}
    assert shown == {"70000000-ОК1", "70000002-ОК1", "39000000-ОЛ-ОК3"}


def test_a_later_run_reads_what_changed_whatever_its_status() -> None:
    answer = case("multi_lot").answers[0]
    first = ows.listing(answer, Query(NOW)).notices
    later = ows.listing(answer, Query(NOW, since=NOW - timedelta(days=99))).notices
    shown = {lot.id for notice in later for lot in notice.lots}
    assert shown > {lot.id for notice in first for lot in notice.lots}
    asked = api.first(Query(NOW, since=NOW - timedelta(days=1)))[0].json or ""
    assert set(json.loads(asked)["variables"]["filter"]) == {"lastUpdateDate"}
    asked = api.first(Query(NOW))[0].json or ""
    assert json.loads(asked)["variables"]["filter"]["refLotStatusId"] == [210, 220, 240]


def test_a_plan_waits_for_its_month_and_a_deleted_one_is_cancelled() -> None:
    plan, gone = notices("plans")
    assert plan.period is not None
    assert plan.period.start is not None
    assert plan.period.start.isoformat() == "2026-08-31T19:00:00+00:00"  # 1 September in Almaty
    assert (plan.phase, gone.phase) == (Phase.PLAN, Phase.CANCELLED)
    assert gone.lots[0].items[0].quantity is None


def test_details_end_once_everything_is_read() -> None:
    (shallow,) = ows.listing(case("ordinary").answers[0], Query(NOW)).notices
    kinds = [request.kind for request in ows.details(shallow)]
    assert kinds == ["announce", "lots", "point"]
    (deep,) = notices("ordinary")
    assert deep.depth is Depth.DETAIL
    assert [request.kind for request in ows.details(deep)] == ["announce", "lots"]
    (contract,) = notices("contract")
    assert [request.kind for request in ows.details(contract)] == ["units"]


def test_reading_ends_with_the_first_page_that_is_older_than_the_last_run() -> None:
    answer = case("ordinary").answers[0]
    stamp = NOW - timedelta(days=1)  # the row is of 16 May, the clock of 18 May
    assert ows.listing(answer, Query(NOW, since=stamp)).next is None
    assert ows.listing(answer, Query(NOW, since=NOW - timedelta(days=9))).next is not None


def test_a_page_that_goes_from_old_to_new_ends_no_reading() -> None:
    answer = case("ordinary").answers[0]
    body = json.loads(answer.body)
    row = body["items"][0]
    older = row | {"id": row["id"] + 1, "last_update_date": "2026-05-10 10:00:00"}
    for rows, goes_on in (([older, row], True), ([row, older], False)):
        page = replace(answer, body=json.dumps(body | {"items": rows}).encode())
        following = ows.listing(page, Query(NOW, since=NOW - timedelta(days=1))).next
        assert (following is not None) is goes_on


@pytest.mark.parametrize(
    ("field", "value"),
    [("ref_enstru_code", "242013"), ("amount", -1), ("id", "x"), ("timestamp", "вчера")],
)
def test_a_plan_with_a_spoilt_field_is_a_changed_layout(field: str, value: Any) -> None:
    answer = case("plans").answers[0]
    body = json.loads(answer.body)
    body["items"][0][field] = value
    with pytest.raises(LayoutChanged):
        ows.listing(replace(answer, body=json.dumps(body).encode()), Query(NOW))


def test_a_lot_of_another_announcement_is_refused() -> None:
    answers = case("ordinary").answers
    (notice,) = ows.listing(answers[0], Query(NOW)).notices
    with pytest.raises(LayoutChanged):
        ows.detail(replace(notice, id="7"), answers[2])


def test_graphql_and_rest_give_a_contract_and_a_plan_the_same_keys() -> None:
    by_rest, by_graphql = notices("contract"), graphql("contracts")
    assert by_rest[0].id == by_graphql[0].id == "contract:9000"
    assert set(by_rest[0].related) == set(by_graphql[0].related)
    assert by_rest[0].contracts[0].value == by_graphql[0].contracts[0].value
    assert notices("plans")[0].id == graphql("plans")[0].id == "plan:70000000"


def graphql(name: str) -> tuple[Notice, ...]:
    return read(api.PORTAL, load(FIXTURES / "kz_goszakup_api" / name))[1]


def test_graphql_asks_for_plans_by_code_and_year_and_for_contracts_by_change() -> None:
    asked = {"read": ["plans", "contracts"], "enstru": ["242013.900.000001"]}
    bodies = [json.loads(request.json or "") for request in api.first(Query(NOW, settings=asked))]
    assert [body["variables"]["filter"] for body in bodies] == [
        {"refEnstruCode": "242013.900.000001", "plnPointYear": 2026},
        {"refEnstruCode": "242013.900.000001", "plnPointYear": 2027},
        {"lastUpdateDate": ["2026-05-04 12:00:00", "2026-05-18 12:00:00"]},
    ]
    assert ["Plans(" in body["query"] for body in bodies] == [True, True, False]


def test_the_next_page_of_plans_asks_for_plans() -> None:
    answer = load(FIXTURES / "kz_goszakup_api" / "plans").answers[0]
    following = api.listing(answer, Query(NOW)).next
    assert following is not None
    body = json.loads(following.json or "")
    assert "Plans(" in body["query"]
    assert body["variables"]["after"] == 70000001
