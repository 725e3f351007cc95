"""A quantity changed by hand in a copied page reaches the database and the digest."""

import shutil
from pathlib import Path

import pytest

from tests.system.program import PAYLOADS, letters, rows, suranys, text_of
from tests.system.saved import PIPE, PLANT, release, save

needs_payloads = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason=f"no saved portal pages in {PAYLOADS}"
)

# file, what stands there, how often, what is put in its place
CHANGES = (
    ("goszakup_kz/lot_modal.html", "<td>7</td>", 1, "<td>98765</td>"),
    ("goszakup_kz/lots_search_page.html", '<td class="text-center">2</td>', 4, ""),
    ("mitwork/buy_192049.html", "<td>1.000</td>", 1, "<td>77.250</td>"),
    ("national_bank/lot_228344.html", "<h4>1.000 Работа x", 1, "<h4>31.500 Работа x"),
    ("ocds/record_package_sample.json", '"quantity": 8,', 3, '"quantity": 81.5,'),
)
QUANTITY = """
SELECT item.quantity FROM item JOIN lot ON lot.id = item.lot_id
JOIN notice ON notice.id = lot.notice_id WHERE notice.external_id = ?
"""
SPARES = "plant,name\nПроверочный завод,Приобретение запасных частей на автобус (шланг рулевой)\n"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The saved pages, and a changed quantity in one of each portal."""
    folder = tmp_path / "saved"
    for file, before, _, after in CHANGES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PAYLOADS / file, folder / file)
        if after:
            change(folder / file, before, after)
    for name in ("mitwork/listing.html", "national_bank/listing.html"):
        shutil.copyfile(PAYLOADS / name, folder / name)
    # of the first row only: announcement 16099116
    change(folder / CHANGES[1][0], CHANGES[1][1], '<td class="text-center">4321</td>', 1)
    return folder


def main_job(folder: Path, saved: Path, catalogue: str) -> None:
    """Do the main job on saved pages, for the zone and the plant of a catalogue file."""
    (folder / "plant.csv").write_text(catalogue, "utf-8")
    assert suranys(folder, "collect", "--replay", saved).status == 0
    taken = suranys(folder, "catalog", "import", "plant.csv", "--mode", "replay")
    assert taken.status == 0, taken.err
    done = suranys(folder, "run", "--replay", saved, "--keep")
    assert done.status == 0, done.err


def assert_told(folder: Path, number: str, quantity: str) -> None:
    """Every lead of this notice or lot in a digest says this quantity."""
    texts = [text_of(message) for message in letters(folder / "var/digests-replay").values()]
    leads = [part for text in texts for part in text.split("\n\n") if number in part]
    assert leads
    assert all(quantity in lead.replace("\xa0", " ") for lead in leads), leads


def change(file: Path, before: str, after: str, most: int = -1) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, most), "utf-8")


@pytest.mark.payloads
@needs_payloads
def test_a_quantity_changed_in_a_real_page_reaches_the_database_and_the_digest(
    tmp_path: Path, saved: Path
) -> None:
    main_job(tmp_path, saved, SPARES)
    stored = {
        notice: [quantity for (quantity,) in rows(tmp_path / "var/replay.db", QUANTITY, notice)]
        for notice in ("lot:81610885-ОК2", "16099116", "192049", "lot-228344")
    }
    assert stored == {
        "lot:81610885-ОК2": ["98765"],
        "16099116": ["4321"],
        "192049": ["77.250"],
        "lot-228344": ["31.500"],
    }
    assert rows(tmp_path / "var/replay.db", QUANTITY, "ocds-213czf-000-00001") == [("81.5",)]
    assert_told(tmp_path, "39332519-ОЛ-ЗЦП3", "Количество: 4 321")


@pytest.mark.parametrize(("tonnes", "told"), [(120, "120 т"), (4321.5, "4 321,5 т")])
def test_a_quantity_of_a_made_up_page_reaches_the_database_and_the_digest(
    tmp_path: Path, tonnes: float, told: str
) -> None:
    main_job(tmp_path, save(tmp_path / "saved", [release(1, PIPE, quantity=tonnes)]), PLANT)
    assert rows(tmp_path / "var/replay.db", QUANTITY, "ocds-test-1") == [(str(tonnes),)]
    assert_told(tmp_path, "T-1", f"Количество: {told}")
