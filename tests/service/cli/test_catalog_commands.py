"""`suranys catalog`, run as a process on files and databases of its own."""

import json
from pathlib import Path

from openpyxl import load_workbook

from tests.service.cli.running import suranys

GOOD = """plant,product_code,name,family,capability
asia-steel-pipe,asp-9,Труба 530,steel_pipe_large,outer_diameter_mm=530..820
ТОО «Новый завод»,n-1,Профнастил Н60,,
"""
FAULTY = """plant,product_code,name,capability
Завод,a-1,Труба 530,outer_diameter_mm=530..820
Завод,a-2,Труба 820,outer_diameter_mm=820..530
"""


def codes(folder: Path) -> set[str]:
    """Product codes of the stored catalogue."""
    target = folder / "codes.json"
    assert suranys("catalog", "export", target, "--force", cwd=folder).status == 0
    return {each["product_code"] for each in json.loads(target.read_text("utf-8"))}


def test_a_fault_is_told_with_line_column_and_what_would_be_right(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(FAULTY, "utf-8")
    ran = suranys("catalog", "check", "plant.csv", cwd=tmp_path)
    assert ran.status == 1
    assert "plant.csv, line 3, column capability: " in ran.out
    assert "write outer_diameter_mm=530..820" in ran.out
    assert ran.err == "suranys: plant.csv: 1 products are good, faults: 1\n"


def test_faults_come_as_json(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(FAULTY, "utf-8")
    ran = suranys("catalog", "check", "plant.csv", "--json", cwd=tmp_path)
    fault, summary = ran.records
    assert (fault["line"], fault["column"]) == (3, "capability")
    assert summary == {"file": "plant.csv", "products": 1, "faults": 1}


def test_a_file_that_is_no_catalogue_is_one_line_and_status_1(tmp_path: Path) -> None:
    (tmp_path / "plant.xlsx").write_bytes(b"\x00\x01 not a workbook")
    for name in ("plant.xlsx", "absent.csv"):
        ran = suranys("catalog", "check", name, cwd=tmp_path)
        assert ran.status == 1
        assert ran.out == ""
        assert ran.err.startswith(f"suranys: {name}: ")
        assert ran.err.count("\n") == 1


def test_nothing_of_a_faulty_file_is_imported(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(FAULTY, "utf-8")
    ran = suranys("catalog", "import", "plant.csv", cwd=tmp_path)
    assert ran.status == 1
    assert "nothing was imported" in ran.err
    assert not (tmp_path / "var" / "suranys.db").exists()


def test_the_good_rows_of_a_faulty_file_are_imported_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(FAULTY, "utf-8")
    ran = suranys("catalog", "import", "plant.csv", "--skip-bad", cwd=tmp_path)
    assert ran.status == 0
    assert "imported: 1 new, 0 changed, 0 same" in ran.out
    assert "a-1" in codes(tmp_path)
    assert "a-2" not in codes(tmp_path)


def test_a_dry_run_imports_nothing(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(GOOD, "utf-8")
    ran = suranys("catalog", "import", "plant.csv", "--dry-run", cwd=tmp_path)
    assert ran.status == 0
    assert "would import: 2 new, 0 changed, 0 same" in ran.out
    assert not (tmp_path / "var").exists()


def test_an_import_repeated_changes_nothing_and_can_be_taken_back(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(GOOD, "utf-8")
    first = suranys("catalog", "import", "plant.csv", "--json", cwd=tmp_path).record
    assert (first["new"], first["changed"]) == (["asp-9", "n-1"], [])
    again = suranys("catalog", "import", "plant.csv", "--json", cwd=tmp_path).record
    assert (again["new"], again["same"], again["undo"]) == ([], ["asp-9", "n-1"], None)
    (tmp_path / "plant.csv").write_text(GOOD.replace("Труба 530", "Труба 630"), "utf-8")
    third = suranys("catalog", "import", "plant.csv", "--json", cwd=tmp_path).record
    assert (third["changed"], third["same"]) == (["asp-9"], ["n-1"])
    back = suranys("catalog", "undo", third["undo"], cwd=tmp_path)
    assert back.out == "1 products are as before, 0 are no longer offered\n"
    (tmp_path / "plant.csv").write_text(GOOD, "utf-8")
    after = suranys("catalog", "import", "plant.csv", "--dry-run", "--json", cwd=tmp_path).record
    assert after["same"] == ["asp-9", "n-1"]
    assert suranys("catalog", "undo", first["undo"], cwd=tmp_path).status == 0
    assert not {"asp-9", "n-1"} & codes(tmp_path)


def test_a_list_of_products_does_not_wipe_what_is_known_of_the_plant(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(GOOD, "utf-8")
    assert suranys("catalog", "import", "plant.csv", cwd=tmp_path).status == 0
    ran = suranys("catalog", "review", cwd=tmp_path)
    assert ran.out == "the stored catalogue is as bundled\n"


def test_a_code_of_another_plant_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("plant,product_code,name\nПервый,1,Труба\n", "utf-8")
    (tmp_path / "b.csv").write_text("plant,product_code,name\nВторой,1,Лист\n", "utf-8")
    assert suranys("catalog", "import", "a.csv", cwd=tmp_path).status == 0
    ran = suranys("catalog", "import", "b.csv", cwd=tmp_path)
    assert ran.status == 1
    assert "code '1' (line 2) is a product of Первый" in ran.err


def test_an_undo_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("plant,product_code,name\nПервый,1,Труба\n", "utf-8")
    assert suranys("catalog", "import", "a.csv", cwd=tmp_path).status == 0
    (tmp_path / "deep.json").write_text("[" * 100_000, "utf-8")
    for name in ("a.csv", "deep.json", "absent.json"):
        ran = suranys("catalog", "undo", name, cwd=tmp_path)
        assert ran.status == 1
        assert ran.err.count("\n") == 1


def test_an_export_is_read_back_and_never_replaces_a_file_unasked(sampled: Path) -> None:
    for name in ("all.csv", "all.xlsx", "all.json"):
        ran = suranys("catalog", "export", name, "--mode", "sample", cwd=sampled)
        assert ran.status == 0, ran.err
        assert suranys("catalog", "check", name, cwd=sampled).status == 0
    assert load_workbook(sampled / "all.xlsx").active is not None
    again = suranys("catalog", "export", "all.csv", "--mode", "sample", cwd=sampled)
    assert again.status == 1
    assert "--force replaces it" in again.err
    other = suranys("catalog", "export", "all.pdf", "--mode", "sample", cwd=sampled)
    assert other.status == 1


def test_a_difference_from_the_bundle_is_shown_and_applied_only_by_name(sampled: Path) -> None:
    row = "plant,product_code,name\nasia-steel-pipe,asia-steel-pipe-1,Трубы наши\n"
    (sampled / "own.csv").write_text(row, "utf-8")
    own = ("--mode", "sample")
    assert suranys("catalog", "import", "own.csv", *own, cwd=sampled).status == 0
    shown = suranys("catalog", "review", *own, "--json", cwd=sampled).record
    assert shown["code"] == "asia-steel-pipe-1"
    assert "name" in {each["field"] for each in shown["fields"]}
    wrong = suranys("catalog", "review", "--apply", "asia-steel-pipe", *own, cwd=sampled)
    assert wrong.status == 2
    assert "did you mean asia-steel-pipe-1?" in wrong.err
    applied = suranys("catalog", "review", "--apply", "asia-steel-pipe-1", *own, cwd=sampled)
    assert applied.status == 0
    after = suranys("catalog", "review", *own, cwd=sampled)
    assert after.out == "the stored catalogue is as bundled\n"
