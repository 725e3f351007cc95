"""goszakup's pages beyond a plain reading: slices of a query at its cap, protocols of results."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from scrapers.errors import LayoutChanged
from scrapers.parsing.html import read_page
from scrapers.portal import Answer, Query, Request
from scrapers.portals import kz_goszakup
from scrapers.portals.kz_goszakup_protocol import awards
from scrapers.portals.kz_goszakup_slices import halved, next_slice
from scrapers.records import AwardStatus
from tests.scrapers.portals.cases import FIXTURES, NOW, load, read

PAYLOADS = Path(__file__).resolve().parents[4] / "shared" / "payloads" / "goszakup_kz"
TOP = Request("https://goszakup.gov.kz/ru/search/lots?filter%5Bname%5D=x&count_record=50&page=1")


def bounds(request: Request) -> tuple[str | None, str | None]:
    pairs = dict(parse_qsl(urlsplit(request.url).query))
    return pairs.get("filter[amount_from]"), pairs.get("filter[amount_to]")


def slices(lots_below: dict[int, int]) -> list[tuple[str | None, str | None]]:
    """The slices read to their end of a portal that holds so many lots of each sum in tenge."""
    read_whole, request = [], halved(TOP)
    for _ in range(200):
        assert request is not None
        low, high = bounds(request)
        held = sum(
            count
            for amount, count in lots_below.items()
            if float(low or 0) <= amount <= float(high or 10**15)
        )
        half = halved(request) if held >= 10_000 else None
        if half is None:
            read_whole.append((low, high))
        request = half or next_slice(request)
        if request is None:
            return read_whole
    raise AssertionError("the slices never end")


def test_slices_cover_every_sum_once() -> None:
    found = slices({50_000: 9_000, 400_000: 9_000, 900_000: 4_000, 5_000_000: 8_000, 10**9: 9_000})
    assert found[0][0] is None
    assert found[-1][1] is None
    assert all(before[1] == after[0] for before, after in itertools.pairwise(found))
    assert len(found) > 3


def test_a_sum_that_ten_thousand_lots_share_is_read_as_far_as_it_is_shown() -> None:
    found = slices({100: 30_000})
    assert found[0][0] is None
    assert found[-1][1] is None


def capped(answer: Answer, request: Request) -> Answer:
    body = answer.body.decode().replace("из 1 записей", "из 10000 записей")
    return replace(answer, request=request, url=request.url, body=body.encode())


def test_a_query_at_its_cap_is_sliced_at_once_on_a_first_run_and_at_its_end_later() -> None:
    answer = capped(load(FIXTURES / "kz_goszakup" / "awarded").answers[0], TOP)
    first = kz_goszakup.listing(answer, Query(NOW)).next
    assert first is not None
    assert bounds(first) == (None, "1000000.5")
    assert first.ref == "1000000-"
    later = kz_goszakup.listing(answer, Query(NOW, since=NOW - timedelta(days=1))).next
    assert later is not None
    assert (bounds(later), later.ref) == ((None, None), "")


def test_an_awarded_notice_is_opened_for_its_protocol_and_no_further() -> None:
    case = load(FIXTURES / "kz_goszakup" / "awarded")
    (listed,) = kz_goszakup.listing(case.answers[0], case.query).notices
    assert [request.kind for request in kz_goszakup.PORTAL.details(listed)] == ["protocols"]
    noted = kz_goszakup.detail(listed, case.answers[1])
    assert [request.url for request in kz_goszakup.PORTAL.details(noted)] == [
        "https://v3bl.goszakup.gov.kz//files/download_file/2/"
    ]
    _, (whole,) = read(kz_goszakup.PORTAL, case)
    assert kz_goszakup.PORTAL.details(whole) == ()
    (award,) = whole.awards
    assert award.suppliers[0].name == "ТОО «Второй»"
    assert [bid.rank for bid in award.bids] == [1, 2]


@pytest.mark.parametrize("cell", [b"<td>000000000033</td>", b"<th>\xd0\x91\xd0\x98\xd0\x9d</th>"])
@pytest.mark.parametrize("times", [0, 2])
def test_a_protocol_that_lost_or_doubled_a_cell_gives_no_price_of_another_column(
    cell: bytes, times: int
) -> None:
    case = load(FIXTURES / "kz_goszakup" / "awarded")
    protocol = case.answers[-1]
    before, found, after = protocol.body.rpartition(cell)  # the first part is in Kazakh
    assert found
    spoilt = before + cell * times + after
    answers = (*case.answers[:-1], replace(protocol, body=spoilt))
    with pytest.raises(LayoutChanged):
        read(kz_goszakup.PORTAL, replace(case, answers=answers))


def test_a_lot_without_a_winner_is_unsuccessful() -> None:
    _, (notice,) = read(kz_goszakup.PORTAL, load(FIXTURES / "kz_goszakup" / "nobody_won"))
    (award,) = notice.awards
    assert (award.status, award.suppliers, len(award.bids)) == (AwardStatus.UNSUCCESSFUL, (), 2)


@pytest.mark.payloads
@pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"SKIPPED: no saved portal answers in {PAYLOADS}")
@pytest.mark.parametrize(
    ("file", "notice", "lot", "winner", "price", "bidders"),
    [
        (
            "protocol_10079496.html",
            "10079496",
            "61677817-КРБС1",
            "070340007367",
            "9255717084.55",
            5,
        ),
        ("protocol_results.html", "9031370", "58602580-КРБС1", "070240017648", "788606886.40", 3),
    ],
)
def test_the_saved_protocols_name_winner_price_and_bidders(
    file: str, notice: str, lot: str, winner: str, price: str, bidders: int
) -> None:
    url = "https://v3bl.goszakup.gov.kz//files/download_file/1/"
    kind = {"Content-Type": "text/html; charset=utf-8"}
    body = (PAYLOADS / file).read_bytes()
    answer = Answer(Request(url), url, 200, kind, body, datetime(2023, 7, 1, tzinfo=UTC))
    (award,) = awards(read_page(answer, "kz_goszakup", whole=False), notice)
    (supplier,) = award.suppliers
    assert supplier.id is not None
    assert award.value is not None
    assert (award.lots, supplier.id.id, str(award.value.amount)) == ((lot,), winner, price)
    assert len(award.bids) == bidders
    assert award.bids[0].submitted_at is not None
