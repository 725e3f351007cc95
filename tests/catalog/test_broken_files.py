"""Files that cannot be used as a whole: one named error in one line, no traceback, no hang."""

import csv
import io
import tempfile
import zipfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.faults import CatalogueError
from catalog.tables import LARGEST, LARGEST_CSV
from catalog.writing import write_catalogue
from tests.catalog.plants import products, read, read_text, workbook

FULL = Path(__file__).parent.parent / "fixtures" / "catalog" / "full.csv"


def refused(path: Path) -> str:
    """Message of the error with which a file is refused."""
    with pytest.raises(CatalogueError) as caught:
        read(path)
    told = str(caught.value)
    assert told.startswith(f"{path.name}: ")
    assert "\n" not in told
    return told


def made(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("catalog.csv", b"", "the file is empty"),
        ("catalog.csv", b"\n\n", "no column name"),
        ("catalog.csv", "наименование,ед\nТруба,т\n".encode(), "columns found: «наименование»"),
        ("catalog.csv", b'name\n"open\nand on\n', "line 2: quotes are broken"),
        ("catalog.csv", b'name\nok\n"a" b\n', "line 3: quotes are broken"),
        ("catalog.csv", b"PK\x03\x04rest", "this is an Excel workbook; name it .xlsx"),
        ("catalog.csv", b"\xd0\xcf\x11\xe0rest", "save it as .xlsx"),
        ("catalog.csv", b"\xff\xfen\x00a\x00m", "broken UTF-16"),
        ("catalog.pdf", b"%PDF-1.7", "write .csv, .xlsx or .json"),
        ("catalog.xlsx", b"name\nx\n", "no Excel workbook"),
        ("catalog.xlsx", b"PK\x03\x04" + b"\0" * 100, "no Excel workbook"),
        ("catalog.json", b"[{]", "no JSON at line 1, column 3"),
        ("catalog.json", b'{"name": "x"}', "not a list of objects"),
        ("catalog.json", b'["x"]', "line 2: «x» is no object"),
        ("catalog.json", b'[{"name": ["x"]}]', "line 2, column «name»: a list or object"),
        ("catalog.json", b'[{"name": "x", "name": "y"}]', "a key stands twice"),
        ("catalog.json", b"[" * 100_000, "nested too deep"),
        ("catalog.json", b"[{}]", "no column name"),
        ("catalog.json", b'[{"name": "\x98\x98\x98"}]', "neither UTF-8 nor Windows-1251 (byte 11)"),
    ],
)
def test_a_file_of_no_use_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    assert said in refused(made(tmp_path, name, content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "none.csv")
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    assert "cannot be read" in refused(folder)


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866"])
def test_another_russian_encoding_is_refused_rather_than_guessed(
    tmp_path: Path, encoding: str
) -> None:
    text = "name\nТруба стальная электросварная прямошовная\nКраска белая для наружных работ\n"
    path = made(tmp_path, "catalog.csv", text.encode(encoding))
    assert "neither UTF-8 nor Windows-1251" in refused(path)


@pytest.mark.parametrize(("name", "most"), [("a.csv", LARGEST_CSV), ("a.xlsx", LARGEST)])
def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, name: str, most: int) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(most + 1)
    assert "too many" in refused(path)


def test_a_cell_longer_than_the_reader_holds_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, "catalog.csv", b"name\n" + b"x" * (csv.field_size_limit() + 1))
    assert "line 2" in refused(path)


def packed(folder: Path, sheet: bytes) -> Path:
    """Save a workbook whose sheet is these bytes."""
    source = workbook(folder, ["name"], ["Труба"])
    path = folder / "made.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            is_sheet = member.startswith("xl/worksheets/")
            new.writestr(member, sheet if is_sheet else old.read(member))
    return path


SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<dimension ref="A1:XFD1048576"/><sheetData>%s</sheetData></worksheet>'
)


def test_an_archive_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path, SHEET % (b" " * 30_000_000))
    assert path.stat().st_size < 200_000
    assert "such a workbook is not read" in refused(path)


def test_an_archive_of_thousands_of_parts_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"xl/{number}.xml", b"")
    assert "2001 parts" in refused(made(tmp_path, "catalog.xlsx", content.getvalue()))


def test_a_sheet_that_lies_about_its_size_is_read_by_its_cells(tmp_path: Path) -> None:
    cell = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>'
    rows = cell % (1, 1, b"name") + cell % (2, 2, b"pipe")
    assert [one.name for one in products(read(packed(tmp_path, SHEET % rows)))] == ["pipe"]


def test_a_row_numbered_beyond_any_sheet_is_refused(tmp_path: Path) -> None:
    cell = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>'
    rows = cell % (1, 1, b"name") + cell % (9_999_999_999, 9_999_999_999, b"pipe")
    assert "1048576 rows" in refused(packed(tmp_path, SHEET % rows))


def test_entities_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 100) for n in range(9)
    )
    sheet = b"<!DOCTYPE worksheet [" + entities + b"]>" + SHEET % b"<row><c><v>&e8;</v></c></row>"
    assert "damaged workbook" in refused(packed(tmp_path, sheet))


NAMES: list[list[object]] = [["Труба"]] * 50


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(tmp_path: Path, share: float) -> None:
    whole = workbook(tmp_path, ["name"], *NAMES).read_bytes()
    assert refused(made(tmp_path, "cut.xlsx", whole[: int(len(whole) * share)]))


def test_a_sheet_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    assert "damaged workbook" in refused(packed(tmp_path, b"<worksheet><sheetData><row"))


def test_a_truncated_csv_gives_its_whole_rows_only_when_quotes_are_closed(tmp_path: Path) -> None:
    (product,) = products(read_text(tmp_path, "name,unit\nТруба"))
    assert (product.name, product.unit) == ("Труба", None)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_no_damage_to_a_file_ends_in_anything_but_a_named_error(suffix: str, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - chooses which bytes to break
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"catalog.{suffix}"
        write_catalogue(read(FULL).catalogue, path)
        content = bytearray(path.read_bytes())
        for _ in range(chance.choice([1, 2, 5, 20])):
            place = chance.randrange(len(content))
            content[place : place + chance.choice([0, 1, 1, 20])] = chance.randbytes(
                chance.randrange(3)
            )
        path.write_bytes(content[: chance.choice([None, chance.randrange(len(content))])])
        try:
            told = [str(fault) for fault in read(path).faults]
        except CatalogueError as error:
            told = [str(error)]
        assert not any("\n" in line or len(line) > 600 for line in told), told
