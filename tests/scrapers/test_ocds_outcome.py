"""Awards, bids, contracts and related processes of OCDS releases."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.canonical import dump_notice, load_notice
from scrapers.ocds.release import notice_of
from scrapers.records import AwardStatus, Code, ContractStatus, Money, Party, Related, Relation

RELEASE: dict[str, Any] = {
    "ocid": "ocds-example-1",
    "tender": {
        "title": "Ремонт школы",
        "status": "complete",
        "lots": [{"id": "A", "title": "Кровля"}, {"id": "B", "title": "Окна"}],
    },
    "parties": [
        {
            "id": "KZ-1",
            "name": "ТОО «Строитель»",
            "identifier": {"scheme": "KZ-BIN", "id": "000000000022"},
            "address": {"country": "KZ", "locality": "Образцовый"},
            "contactPoint": {
                "name": "И. Примеров",
                "telephone": "+7 700",
                "email": "a@example.org",
            },
        }
    ],
    "bids": {
        "details": [
            {"id": "1", "tenderers": [{"id": "KZ-1"}], "value": {"amount": 90, "currency": "KZT"}},
            {"id": "2", "tenderers": [{"name": "Другой"}], "relatedLots": ["B"]},
            {"id": "3", "tenderers": [{"name": "Ушедший"}], "status": "withdrawn"},
        ]
    },
    "awards": [
        {
            "id": "aw",
            "status": "active",
            "date": "2026-05-04T12:00:00+05:00",
            "suppliers": [{"id": "KZ-1"}],
            "value": {"amount": 90.5, "currency": "KZT"},
            "relatedLots": ["A"],
            "items": [{"id": "1", "description": "Кровля", "quantity": 3}],
        }
    ],
    "contracts": [
        {
            "id": "co",
            "awardID": "aw",
            "status": "active",
            "dateSigned": "2026-05-10",
            "period": {"endDate": "2026-12-31"},
        }
    ],
    "relatedProcesses": [
        {"relationship": ["planning"], "identifier": "ocds-example-0"},
        {"relationship": ["framework"], "identifier": "ocds-example-9"},
        {"relationship": "parent", "identifier": "ocds-example-1"},
    ],
}


def test_an_award_has_its_supplier_filled_in_from_the_parties() -> None:
    (award,) = notice_of(RELEASE, portal="p").awards
    assert award.suppliers == (
        Party(
            "ТОО «Строитель»",
            Code("KZ-BIN", "000000000022"),
            "KZ",
            "Образцовый",
            "И. Примеров",
            "+7 700",
            "a@example.org",
        ),
    )
    assert (award.lots, award.status) == (("A",), AwardStatus.ACTIVE)
    assert award.value == Money(90_50, "KZT")
    assert award.awarded_at == datetime(2026, 5, 4, 7, tzinfo=UTC)
    assert award.items[0].quantity == Decimal(3)


def test_bids_for_other_lots_and_withdrawn_ones_are_no_bids_of_an_award() -> None:
    (award,) = notice_of(RELEASE, portal="p").awards
    assert [bid.bidder.name for bid in award.bids] == ["ТОО «Строитель»"]


def test_a_contract_has_the_suppliers_and_lots_of_its_award() -> None:
    (contract,) = notice_of(RELEASE, portal="p", zone="Asia/Almaty").contracts
    assert (contract.award, contract.lots, contract.status) == ("aw", ("A",), ContractStatus.ACTIVE)
    assert contract.suppliers[0].name == "ТОО «Строитель»"
    assert contract.period is not None
    # The last second of 31 December in Almaty.
    assert contract.period.end == datetime(2026, 12, 31, 18, 59, 59, tzinfo=UTC)


def test_a_plan_is_of_the_same_purchase_and_a_framework_or_itself_is_not() -> None:
    assert notice_of(RELEASE, portal="p").related == (Related(Relation.NOTICE, "ocds-example-0"),)


@pytest.mark.parametrize("status", ["", "Active", 7, None])
def test_a_status_outside_the_codelist_is_unknown(status: object) -> None:
    spoilt = {**RELEASE, "awards": [{"id": "aw", "status": status}]}
    assert notice_of(spoilt, portal="p").awards[0].status is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "suppliers", "value", "items", "tenderers", "details", "period"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(awards=ANYTHING, contracts=ANYTHING, bids=ANYTHING, related=ANYTHING)
def test_whatever_stands_in_an_outcome_is_read_or_left_out(
    awards: object, contracts: object, bids: object, related: object
) -> None:
    spoilt = {
        **RELEASE,
        "awards": [awards, *RELEASE["awards"]],
        "contracts": contracts,
        "bids": bids,
        "relatedProcesses": [related],
    }
    notice = notice_of(spoilt, portal="p")
    assert load_notice(dump_notice(notice)) == notice
