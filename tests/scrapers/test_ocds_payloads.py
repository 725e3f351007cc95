"""OCDS reading over the saved official samples, with figures read by eye in the files."""

from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.canonical import dump_notice, fingerprint, load_notice
from scrapers.errors import LayoutChanged
from scrapers.ocds.package import json_documents, processes
from scrapers.ocds.release import NoTitle, notice_of
from scrapers.records import Notice, Phase

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "payloads"

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(
        not (FOLDER / "ocds").is_dir(), reason=f"SKIPPED: no saved portal answers in {FOLDER}"
    ),
]


def read(name: str) -> list[Notice]:
    found = [
        notice_of(release, portal="ocds")
        for document in json_documents((FOLDER / name).read_bytes())
        for release in processes(document)
    ]
    assert [load_notice(dump_notice(one)) for one in found] == found
    return found


@pytest.mark.parametrize(
    ("name", "sum_", "deadline", "items"),
    [
        ("ocds/release_package.json", "960000.00", "2011-04-01T18:00:00", 2),
        ("ocds/release_package_sample.json", "1100000.00", "2010-04-08T18:00:00", 1),
        ("ocds/record_package_sample.json", "1100000.00", "2010-04-08T18:00:00", 1),
    ],
)
def test_the_cycle_lane_is_read_from_every_wrapping(
    name: str, sum_: str, deadline: str, items: int
) -> None:
    (notice,) = read(name)
    assert notice.id == "ocds-213czf-000-00001"
    assert notice.title == "Planned cycle lane improvements"
    assert notice.phase is Phase.AWARDED
    assert notice.category == "works"
    assert notice.value is not None
    assert (str(notice.value.amount), notice.value.currency) == (sum_, "GBP")
    assert notice.period is not None
    assert notice.period.end is not None
    assert notice.period.end.isoformat() == f"{deadline}+00:00"
    assert notice.buyer is not None
    assert notice.buyer.name == "London Borough of Barnet"
    (lot,) = notice.lots
    assert len(lot.items) == items
    line = lot.items[0]
    assert line.quantity == Decimal(8)
    assert line.unit is not None
    assert line.unit.name == "Miles"
    assert line.unit_price is not None
    assert str(line.unit_price.amount) == "120000.00"


def test_the_releases_and_the_record_made_of_them_agree() -> None:
    (merged,) = read("ocds/release_package_sample.json")
    (compiled,) = read("ocds/record_package_sample.json")
    assert merged.lots == compiled.lots
    assert merged.value == compiled.value
    assert merged.period == compiled.period
    assert merged.amended_at == compiled.amended_at
    assert {document.url for document in merged.documents} == {
        document.url for document in compiled.documents
    }


def test_a_record_with_a_versioned_release_is_read_from_the_compiled_one() -> None:
    (notice,) = read("ocds/contractAmendment.json")
    assert notice.phase is Phase.AWARDED
    assert notice.category is None  # not stated there
    assert notice.value is not None
    assert str(notice.value.amount) == "1100000.00"
    assert [item.quantity for lot in notice.lots for item in lot.items] == [Decimal(8)]


def test_seven_releases_are_four_processes() -> None:
    found = read("ocds/seven_releases.json")
    assert [one.id for one in found] == [
        "bad-prefix-000001",
        "bad-prefix-000002",
        "ocds-00good-000003",
        "ocds-bad-000004",
    ]
    assert {one.phase for one in found} == {Phase.OPEN}
    assert [sum(len(lot.items) for lot in one.lots) for one in found] == [1, 1, 1, 1]
    assert found[0].period is not None
    assert found[0].period.end is not None
    assert found[0].period.end.isoformat() == "2014-04-15T14:00:00+00:00"


def test_a_file_of_nonsense_values_gives_its_one_process_and_invents_nothing() -> None:
    (notice,) = read("ocds/badfile.json")
    assert notice.id == "et et tempora eos est"
    assert notice.buyer is None  # the file says "THIS SHOULD BE AN OBJECT!"
    assert notice.value is None
    assert [item.quantity for lot in notice.lots for item in lot.items] == [None, None]


@pytest.mark.parametrize(
    "name",
    [
        "ocds/release-schema.json",
        "ocds/record-package-schema.json",
        "prozorro/base_tender.json",
        "prozorro/tender_for_ocds.json",
    ],
)
def test_what_is_no_release_is_refused(name: str) -> None:
    with pytest.raises(LayoutChanged):
        read(name)


def test_the_kyrgyz_template_is_read_without_inventing_numbers() -> None:
    (notice,) = read("kg_ocds/tendering_template.json")
    assert notice.value is None  # "<Планируемая стоимость процедуры>"
    assert notice.period is None
    assert [item.quantity for lot in notice.lots for item in lot.items] == [None]
    with pytest.raises(NoTitle):
        read("kg_ocds/planning_template.json")


def test_the_packages_of_the_replay_hold_what_was_read_by_eye() -> None:
    names = ("record_package_sample", "seven_releases", "badfile")
    found = [one for name in names for one in read(f"ocds/{name}.json")]
    assert len(found) == 6
    assert sum(len(notice.lots) for notice in found) == 6
    assert sum(len(lot.items) for notice in found for lot in notice.lots) == 7
    assert fingerprint(found) == (
        "665708023edc9be7fc3e54de4bdb3a22bb7367d1e62dfc70a1136260a50f64e9"
    )
