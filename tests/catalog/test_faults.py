"""Catalogue files with faults in single rows: each is told with line, column and what is right."""

from pathlib import Path

import pytest

from catalog.reading import MOST_FAULTS
from tests.catalog.plants import HEADER, PAINT, only_fault, products, read, read_text, workbook

FULL_HEADER = (
    *("plant", "plant_bin", "product_code", "name", "family", "codes", "capability", "unit"),
    *("capacity_per_year", "utilisation_pct", "lead_time_days", "certificates"),
    *("as_of", "confirmed"),
)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("capability", "wall_mm=25..6", "wall_mm=25..6 is reversed; write wall_mm=6..25"),
        ("capability", "wal_mm=6..25", "has no attribute «wal_mm»; did you mean wall_mm?"),
        ("capability", "wall_mm=6-25", "is no range of numbers; write 6..25"),
        ("capability", "wall_mm=6; wall_mm=8", "stands twice; join them: wall_mm=6..25|30..40"),
        (
            "capability",
            "outer_diameter_mm=0,53..1,42",
            "is implausible for steel_pipe_large; it lies within 200..3000; is the unit right?",
        ),
        ("capability", "layers=три", "«layers=три» is no range of numbers; write layers=6..25"),
        ("capability", "layers=7..9", "layers=7..9 is implausible"),
        ("unit", "тонны2", "unit «тонны2» is unknown; did you mean тонна?"),
        ("unit", "шт/уп/ё", "unit «шт/уп/ё» is unknown"),
        ("family", "steel_pipe_larg", "is unknown; did you mean steel_pipe_large?"),
        ("family", "Краска", "is unknown; did you mean paints?"),
        ("family", "ъ", "is unknown; write one of: paints, steel_pipe_large"),
        ("codes", "ENTRU:242013.900.000001", "did you mean ENSTRU?"),
        ("plant_bin", "123456789014", "BIN 123456789014 has a wrong checksum"),
        ("plant_bin", "23456789013", "a leading zero may have been lost"),
        ("capacity_per_year", "много", "«много» is no number"),
        ("capacity_per_year", "60,000", "can be read in two ways; write 60000 or a point"),
        ("capacity_per_year", "-1", "is negative"),
        ("capacity_per_year", "1e400000", "is no number"),
        ("utilisation_pct", "120", "is outside 0..100"),
        ("utilisation_pct", "-0,5", "is outside 0..100"),
        ("lead_time_days", "1,5", "is no number of days"),
        ("certificates", "СТ-KZ (2027-13-01)", "is no date; write it as 2026-03-01"),
        ("as_of", "2026-02-30", "is no date"),
        ("as_of", "3/1/2026", "is no date"),
        ("confirmed", "наверное", "does not say whether it is confirmed"),
        ("name", "Труба \ufffd 530", "has broken characters"),
        ("name", "ы" * 4001, "4001 characters; write at most 4000"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path: Path, column: str, cell: str, said: str) -> None:
    cells = dict.fromkeys(FULL_HEADER, "") | {"name": "Труба", "family": "steel_pipe_large"}
    cells[column] = cell
    text = ";".join(FULL_HEADER) + "\n" + ";".join(f'"{one}"' for one in cells.values()) + "\n"
    reading = read_text(tmp_path, text)
    told = only_fault(reading)
    assert told.startswith(f"catalog.csv, line 2, column {column}: ")
    assert said in told
    assert "\n" not in told
    assert len(told) < 300
    assert reading.catalogue.products == ()


def test_every_fault_of_a_row_is_told(tmp_path: Path) -> None:
    text = HEADER + "1,,steel_pipe,wall_mm=25..6; outer_diameter_mm=x,тонны2\n"
    faults = read_text(tmp_path, text).faults
    told = [fault.column for fault in faults]
    assert sorted(map(str, told)) == ["capability", "capability", "family", "name", "unit"]


def test_only_rows_without_a_fault_become_products(tmp_path: Path) -> None:
    text = "plant,name,unit\nЗавод А,Труба,т\nЗавод Б,Краска,вёдрышко\nЗавод А,Окно,\n"
    reading = read_text(tmp_path, text)
    assert [one.name for one in reading.catalogue.products] == ["Труба", "Окно"]
    assert [one.name for one in reading.catalogue.plants] == ["Завод А"]
    assert "line 3, column unit" in only_fault(reading)


def test_a_code_used_twice_is_told_with_the_first_line(tmp_path: Path) -> None:
    told = only_fault(read_text(tmp_path, "product_code,name\nA1,Труба\nB2,Окно\nA1,Краска\n"))
    assert "line 4, column product_code: code «A1» is already taken by line 2" in told


def test_a_line_number_that_is_another_products_code_is_told(tmp_path: Path) -> None:
    told = only_fault(read_text(tmp_path, "product_code,name\n3,Труба\n,Окно\n"))
    assert "line 3, column product_code: no code is given, and «3»" in told
    told = only_fault(read_text(tmp_path, "product_code,name\n,Труба\n2,Окно\n"))
    assert "line 3, column product_code: code «2» is already taken by line 2" in told


def test_one_plant_with_two_bins_is_told(tmp_path: Path) -> None:
    text = "plant,plant_bin,name\nА,123456789013,Труба\nА,000000000101,Окно\nА,,Краска\n"
    reading = read_text(tmp_path, text)
    assert "line 3, column plant_bin" in only_fault(reading)
    assert [one.bin for one in reading.catalogue.plants] == ["123456789013"]


def test_unknown_and_repeated_columns_are_told(tmp_path: Path) -> None:
    reading = read_text(tmp_path, "product_cod,name,Name,цвет\nA1,Труба,Окно,белый\n")
    assert [str(fault) for fault in reading.faults] == [
        "catalog.csv, line 1, column product_cod: column «product_cod» is unknown; "
        "did you mean product_code?",
        "catalog.csv, line 1, column name: the column stands twice; keep one of the two",
        "catalog.csv, line 1, column цвет: column «цвет» is unknown; leave the column out",
    ]
    assert [(one.code, one.name) for one in reading.catalogue.products] == [("2", "Труба")]


def test_attributes_that_any_product_has_need_no_family(tmp_path: Path) -> None:
    text = "name,family,capability\nТруба,steel_pipe_large,length_m=6..12; standards=ГОСТ 10704\n"
    (product,) = products(read_text(tmp_path, text))
    assert [one.attribute for one in product.capabilities] == ["length_m", "standards"]


def test_a_row_longer_than_the_header_is_told(tmp_path: Path) -> None:
    told = only_fault(read_text(tmp_path, "name,description\nТруба, стальная,т\nОкно,шт,,\n"))
    assert told.startswith("catalog.csv, line 2: the row has 3 cells, the header 2")


def test_broken_utf8_is_told_with_the_byte_and_never_read_as_another_encoding(
    tmp_path: Path,
) -> None:
    path = tmp_path / "catalog.csv"
    good = "name,unit\nТруба,т\nКраска,кг\n".encode()
    path.write_bytes(good + b"\xd0\x9e\xd0,\n" + "Окно,шт\n".encode())
    reading = read(path)
    assert [one.name for one in reading.catalogue.products] == ["Труба", "Краска", "Окно"]
    told = only_fault(reading)
    assert "line 4, column name" in told
    assert f"(byte {len(good) + 2} of the file is not UTF-8)" in told


def test_an_error_value_of_excel_is_no_number(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["name", "capacity_per_year"], ["Труба", "#DIV/0!"], ["Окно", 5])
    reading = read(path)
    assert "catalog.xlsx, line 2, column capacity_per_year" in only_fault(reading)
    assert [one.name for one in reading.catalogue.products] == ["Окно"]


def test_json_half_characters_are_told(tmp_path: Path) -> None:
    path = tmp_path / "catalog.json"
    path.write_text('[{"name": "Труба \\ud83d"}]')
    assert "column name" in only_fault(read(path))


def test_control_characters_are_taken_out(tmp_path: Path) -> None:
    (product,) = products(read_text(tmp_path, "name,description\nТр\x00уба\x1b[31m,\x07\n"))
    assert (product.name, product.description) == ("Труба[31m", "")


def test_the_list_of_faults_has_an_end(tmp_path: Path) -> None:
    reading = read_text(tmp_path, "name,unit\n" + "Труба,ъъ\n" * (MOST_FAULTS + 5))
    assert len(reading.faults) == MOST_FAULTS + 1
    assert str(reading.faults[-1].found) == "5 more faults"


def test_a_family_without_attributes_takes_no_ranges_but_standards(tmp_path: Path) -> None:
    text = f"name,family,capability\nЭмаль,{PAINT},standards=ГОСТ 6465\n"
    assert products(read_text(tmp_path, text))[0].capabilities[0].names == {"ГОСТ 6465"}
