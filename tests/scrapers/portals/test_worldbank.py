"""World Bank: what is asked, and the saved answer, whose values were read by eye in the file."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from scrapers.portal import Answer, Query, Request
from scrapers.portals.worldbank import PORTAL, first, listing
from scrapers.records import Buyer, Money, Notice, Phase, Relation, Vat
from service.purchases.joining import keys_of, winner
from tests.scrapers.portals.cases import FIXTURES, load
from tests.scrapers.portals.cases import read as read_case

FILE = Path(__file__).resolve().parents[3].parent / "shared/payloads/worldbank/projects_v3_az.json"
NOW = datetime(2026, 8, 5, 8, 30, tzinfo=UTC)
saved = [
    pytest.mark.payloads,
    pytest.mark.skipif(not FILE.is_file(), reason=f"SKIPPED: no saved portal answer {FILE}"),
]


def asked(**settings: str | bool | list[str]) -> list[tuple[str, dict[str, str]]]:
    requests = first(Query(NOW, settings=settings))
    parts = [urlsplit(request.url) for request in requests]
    return [(part.path.rpartition("/")[2], dict(parse_qsl(part.query))) for part in parts]


def test_each_country_is_asked_for_notices_by_name_and_for_projects_by_code() -> None:
    found = asked(countries=["KZ", "KG"], words=["pipe", "paint"])
    assert [(name, query.get("qterm")) for name, query in found] == [
        ("procnotices", "pipe"),
        ("procnotices", "paint"),
        ("projects", None),
    ] * 2
    assert found[3][1]["project_ctry_name_exact"] == "Kyrgyz Republic"
    assert found[5][1]["countrycode_exact"] == "KG"


def test_notices_or_projects_can_be_left_out() -> None:
    assert [name for name, _ in asked(projects=False)] == ["procnotices"]
    assert [name for name, _ in asked(notices=False)] == ["projects"]


def read(row: dict[str, str], *, by_id: bool = False) -> Notice:
    fields = {"id": "OP00900001", "bid_description": "Pipes"} | row
    rows = {"OP00900001": fields} if by_id else [fields]
    body = json.dumps({"total": "1", "rows": 50, "os": "0", "procnotices": rows}).encode()
    request = Request("https://search.worldbank.org/api/v2/procnotices")
    (notice,) = listing(Answer(request, request.url, 200, {}, body, NOW), Query(NOW)).notices
    return notice


@pytest.mark.parametrize("by_id", [False, True])
def test_rows_in_a_list_or_by_id_are_read_and_missing_fields_unknown(*, by_id: bool) -> None:
    notice = read({}, by_id=by_id)
    assert (notice.title, notice.description) == ("Pipes", "")
    assert (notice.country, notice.period, notice.published_at) == (None, None, None)


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("a<p>b<br/>c</p>d", "a\nb\nc\nd"),
        ("<table><tr><td>DN</td><td>300</td></tr><tr><td>2</td></tr></table>", "DN 300\n2"),
        ("bo<b>l</b>d &lt; 5 &amp; <script>x()</script>6 &times; 7", "bold < 5 & 6 × 7"),
        ("<?xml version='1.0' encoding='koi8-r'?><p>Труба", "Труба"),
        ("<!-- nothing else -->", ""),
        ("5 < 6", "5 < 6"),
    ],
)
def test_markup_becomes_lines_of_plain_text(markup: str, plain: str) -> None:
    assert read({"notice_text": markup}).description == plain


def awards() -> dict[str, Notice]:
    return {n.id: n for n in read_case(PORTAL, load(FIXTURES / "worldbank" / "awards"))[1]}


def test_an_award_names_the_winner_of_the_invitation_it_shares_a_reference_with() -> None:
    found = awards()
    invitation, award = found["OP00900024"], found["OP00900021"]
    assert keys_of(invitation) & keys_of(award) == {
        ("worldbank", Relation.PROCEDURE, "P900002 KZ-EXAMPLE-900001-GO-RFB")
    }
    won = winner(invitation, None, [award])
    assert won is not None
    assert (won.name, won.value) == ("Pipe Example LLP", Money(1_198_500_000_50, "KZT"))
    assert won.signed_at == datetime(2026, 6, 13, 19, tzinfo=UTC)  # 14 June in Almaty
    assert [bid.bidder.name for bid in won.bids] == [
        "Pipe Example LLP",
        "Another Pipe GmbH",
        "Late Bidder Ltd.",
    ]
    assert won.bids[2].value is None  # two sums in two currencies are no sum


def test_a_report_of_several_small_contracts_names_no_winner_and_one_of_one_does() -> None:
    found = awards()
    (small,) = found["OP00900022"].awards
    assert small.suppliers[0].name == '"Survey Example" LLP'
    assert [found[one].awards for one in ("OP00900023", "OP00900025")] == [(), ()]
    assert found["OP00900022"].related == ()  # «Small 1» is no reference of a purchase


@pytest.mark.parametrize(
    "line",
    ["Contract Price: KZT 12 or so", "Contract Price: one", "Contract Price: KZT 9" + "0" * 30],
)
def test_a_price_that_cannot_be_read_is_unknown(line: str) -> None:
    markup = f"Awarded Bidder(s):<br>Name: X<br>{line}<br>Contract Signature Date: 13/13/2026"
    notice = read({"notice_type": "Contract Award", "notice_text": markup})
    assert [award.value for award in notice.awards] == [
        Money(1200, "KZT") if "12 or" in line else None
    ]
    assert notice.contracts == ()


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("USD 1,234,567.80", 1_234_567_80),
        ("INR 1,23,45,678.00", 12_345_678_00),
        ("USD 5000.5", 5000_50),
        ("USD 1,234.", 1_234_00),
        ("USD 1,234.567", None),
        ("EUR 1.234.567,00", None),
        ("EUR 1234,56", None),
        ("KZT 12 500 000.00", None),
    ],
)
def test_a_sum_written_otherwise_is_unknown_and_not_its_first_digits(
    written: str, minor: int | None
) -> None:
    markup = f"Awarded Bidder(s):<br>Name: X<br>Contract Price: {written}"
    (award,) = read({"notice_type": "Contract Award", "notice_text": markup}).awards
    assert (award.value.minor if award.value else None) == minor


def rows() -> dict[str, Notice]:
    (request,) = first(Query(NOW, settings={"countries": ["AZ"], "notices": False}))
    headers = {"content-type": "application/json"}
    found = listing(Answer(request, request.url, 200, headers, FILE.read_bytes(), NOW), Query(NOW))
    assert (found.next, found.total) == (None, 95)
    return {notice.id: notice for notice in found.notices}


class TestSavedProjects:
    pytestmark = saved

    def test_all_95_are_read_in_their_phases(self) -> None:
        found = Counter(notice.phase for notice in rows().values())
        assert found == {Phase.PLAN: 5, Phase.CLOSED: 72, Phase.CANCELLED: 18}

    def test_commitments_add_up_and_ten_have_none(self) -> None:
        sums = [notice.value for notice in rows().values()]
        assert sums.count(None) == 10
        assert sum(money.minor for money in sums if money) == 6_797_486_656_00

    def test_a_project_in_preparation_is_a_plan_with_all_it_says(self) -> None:
        lake = rows()["P515029"]
        assert (lake.title, lake.status, lake.phase) == (
            "Livable Baku Project",
            "Pipeline",
            Phase.PLAN,
        )
        assert lake.value == Money(41_000_000_000, "USD", Vat.UNKNOWN)
        assert lake.buyer == Buyer("Republic of Azerbaijan", country="AZ")
        assert lake.procuring_entity == Buyer("Ministry of Economy", country="AZ")
        # Midnight in Washington, on summer time.
        assert lake.published_at == datetime(2026, 6, 24, 4, tzinfo=UTC)
        assert (lake.amended_at, lake.period, lake.lots) == (None, None, ())
        assert lake.description.startswith("Component 1: Integrated Solid Waste Management")
        assert lake.description.endswith(
            "Stage reached: Concept Review\nBoard approval: 2027-02-18"
        )

    def test_a_body_named_twice_is_one_and_no_sum_is_unknown(self) -> None:
        gas = rows()["P508792"]
        assert gas.buyer == Buyer("Azerigas", country="AZ")
        assert gas.value is None
        assert gas.amended_at == datetime(2025, 3, 31, tzinfo=UTC)

    def test_a_dropped_project_with_nothing_but_a_name_is_cancelled(self) -> None:
        old = rows()["P008285"]
        assert (old.title, old.phase, old.value) == ("HEALTH", Phase.CANCELLED, None)
        assert (old.published_at, old.buyer) == (None, None)
