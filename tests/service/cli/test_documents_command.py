"""`suranys documents`: a file read by hand."""

from pathlib import Path

from tests.scrapers.documents import making
from tests.service.cli.running import suranys

BILL = Path(__file__).parents[2] / "fixtures" / "documents" / "bill.pdf"


def test_a_file_is_told_with_its_state_table_and_items(tmp_path: Path) -> None:
    ran = suranys("documents", str(BILL), cwd=tmp_path)
    assert ran.status == 0
    assert "bill.pdf: pdf, прочитан, страниц: 1" in ran.out
    assert "позиция: Эмаль ПФ-115 белая ГОСТ 6465-76, 120 кг, KZ-AGSK3 261-203-0412" in ran.out


def test_each_file_is_a_line_of_json_with_its_state(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(making.zipped({"a.txt": b"0" * 30_000_000}))
    ran = suranys("documents", "--json", str(BILL), "a.pdf", cwd=tmp_path)
    bill, bomb = ran.records
    assert (bill["state"], len(bill["items"])) == ("read", 4)
    assert (bomb["state"], bomb["kind"], bomb["items"]) == ("bomb", "zip", [])


def test_a_file_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    ran = suranys("documents", "none.pdf", cwd=tmp_path)
    assert ran.status == 1
    assert ran.err == "suranys: cannot read none.pdf: No such file or directory\n"


def test_files_that_cannot_be_read_do_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    ran = suranys("documents", "--json", "none.pdf", str(BILL), "folder", cwd=tmp_path)
    assert ran.status == 1
    assert [Path(each["file"]).name for each in ran.records] == ["bill.pdf"]
    assert ran.err.splitlines() == [
        "suranys: cannot read none.pdf: No such file or directory",
        "suranys: cannot read folder: Is a directory",
    ]
