"""The eForms reader over every saved real notice and official example, against counts made another
way: XPath over the raw document, without our reader's paths."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from scrapers.canonical import dump_notice, fingerprint, load_notice
from scrapers.eforms.notice import read_eforms
from scrapers.records import Notice, Phase, Vat

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "payloads"
REAL = sorted((FOLDER / "ted_eforms_real").glob("*.xml"))
SDK = sorted((FOLDER / "ted_eforms_sdk").glob("*.xml"))

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(not REAL, reason=f"SKIPPED: no saved portal answers in {FOLDER}"),
]


def read(path: Path) -> Notice:
    return read_eforms(path.read_bytes(), portal="eu_ted", ident="1-2024")


def found(element: etree._Element, path: str) -> list[str]:
    """Texts at an XPath of local names: `a/b` is `./*[local-name()='a']/*[local-name()='b']`."""
    steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
    result = element.xpath(f"./{steps}/text()")
    assert isinstance(result, list)
    return [str(text).strip() for text in result if str(text).strip()]


def lots_in(root: etree._Element) -> list[etree._Element]:
    result = root.xpath(
        "//*[local-name()='ProcurementProjectLot']"
        "[not(*[local-name()='ID'][starts-with(., 'GLO')])]"
    )
    assert isinstance(result, list)
    return [lot for lot in result if isinstance(lot, etree._Element)]


def codes_in(element: etree._Element) -> set[str]:
    return {
        code
        for kind in ("Main", "Additional")
        for code in found(
            element, f"ProcurementProject/{kind}CommodityClassification/ItemClassificationCode"
        )
    }


@pytest.mark.parametrize("path", REAL + SDK, ids=lambda path: path.stem)
def test_every_lot_code_sum_and_deadline_of_a_real_notice_is_read(path: Path) -> None:
    notice, root = read(path), etree.parse(path).getroot()
    lots = lots_in(root)
    assert [lot.id for lot in notice.lots] == [found(lot, "ID")[0] for lot in lots]
    assert {code.id for code in notice.codes} == codes_in(root)
    for ours, theirs in zip(notice.lots, lots, strict=True):
        assert {code.id for code in ours.codes} == codes_in(theirs)
        amount = "ProcurementProject/RequestedTenderTotal/EstimatedOverallContractAmount"
        assert [str(ours.value.amount) for _ in [0] if ours.value] == [
            f"{Decimal(text):.2f}" for text in found(theirs, amount)
        ]
        quantities = found(theirs, "ProcurementProject/EstimatedOverallContractQuantity")
        assert [str(item.quantity) for item in ours.items] == quantities
        stated = {
            text[:10]
            for kind in ("TenderSubmissionDeadline", "ParticipationRequestReception")
            for text in found(theirs, f"TenderingProcess/{kind}Period/EndDate")
        }
        if stated:
            assert ours.period is not None
            assert ours.period.end is not None
        places = "ProcurementProject/RealizedLocation/Address/CountrySubentityCode"
        assert {place.code.id for place in ours.places if place.code} == set(found(theirs, places))
    assert load_notice(dump_notice(notice)) == notice


def test_the_totals_of_all_saved_notices_are_those_added_up_by_hand() -> None:
    notices = [read(path) for path in REAL]
    assert len(notices) == 28
    assert Counter(notice.phase for notice in notices) == {
        Phase.OPEN: 15,
        Phase.AWARDED: 11,
        Phase.PLAN: 2,
    }
    # 17 + 30 + 32 + 10.8 + 12 million kroner, once on the notice and once on its only lot
    values = [lot.value for notice in notices for lot in notice.lots if lot.value]
    assert sum(value.amount for value in values) == Decimal(101_800_000)
    assert {(value.currency, value.vat) for value in values} == {("NOK", Vat.EXCLUDED)}
    assert sum(len(notice.lots) for notice in notices) == 27
    assert sum(len(lot.codes) for notice in notices for lot in notice.lots) == 118
    assert {notice.country for notice in notices} == {"NO"}
    # Four of the 25 places say no region but "anyw" or "anyw-cou": anywhere.
    places = [place for notice in notices for lot in notice.lots for place in lot.places]
    assert Counter(place.text for place in places if "anywhere" in place.text) == {
        "anywhere": 3,
        "anywhere in the country": 1,
    }
    assert len(places) == 25
    terms = Counter(lot.delivery for notice in notices for lot in notice.lots if lot.delivery)
    assert terms["120 months"] == 2
    assert terms["2025-07-31 – 2029-03-01"] == 1
    assert terms["unlimited"] == 1
    assert sum(terms.values()) == 14
    # Ten notices of eleven have a result: one award and one contract each, seven with a sum.
    awards = [award for notice in notices for award in notice.awards]
    assert len(awards) == sum(len(notice.contracts) for notice in notices) == 10
    assert all(award.suppliers for award in awards)
    # 23 + 2 + 3.2 + 18 + 2.4 + 5 + 21.7 million kroner
    assert sum(award.value.amount for award in awards if award.value) == Decimal(75_300_000)
    # Pinned after the counts above and those of every notice were found right.
    assert fingerprint(notices) == (
        "762f7599fb015a773f31aff3a3b58b3dbf4b8802dc382e990ebdc9ebf729a2ff"
    )


def test_the_official_examples_add_up() -> None:
    notices = [read(path) for path in SDK]
    assert len(notices) == 12
    sums = [notice.value.amount for notice in notices if notice.value]
    # 100000 + 1230000 + 123456 + 1500000 + 291934.60 + 9999999.99
    assert sum(sums) == Decimal("13245390.59")
    by_lot = [lot.value.amount for notice in notices for lot in notice.lots if lot.value]
    assert by_lot == [Decimal("9999999.99")] * 2  # the third is that of a group of lots
    hours = [item for notice in notices for lot in notice.lots for item in lot.items]
    assert [(item.quantity, item.unit and item.unit.name) for item in hours] == [
        (Decimal(1000), "HUR")
    ] * 2


def test_a_notice_checked_by_eye() -> None:
    path = next(path for path in REAL if path.stem.endswith("standard_2024-107345"))
    notice = read(path)
    assert notice.title == "Byggeledelse"
    assert notice.language == "no"
    assert notice.category == "services"
    assert notice.method == "open"
    assert notice.status == "cn-standard"
    assert notice.buyer is not None
    assert notice.buyer.name == "Kongsbergregionen"
    assert notice.buyer.id is not None
    assert notice.buyer.id.id == "995969653"
    assert notice.buyer.address == "Postboks 115, 3602, KONGSBERG"
    assert notice.codes[0].id == "71500000"
    (lot,) = notice.lots
    assert lot.period is not None
    assert lot.period.end is not None
    assert lot.period.end.isoformat() == "2024-06-19T10:00:00+00:00"
    assert [document.url for document in lot.documents] == [
        "https://permalink.mercell.com/229679975.aspx"
    ]
    assert notice.published_at is not None
    assert notice.published_at.isoformat() == "2024-05-16T11:36:49+00:00"
