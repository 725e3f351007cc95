"""The Notices file: the short form, OCDS lines, and lines that are neither."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import notices_file
from scrapers.notices_file import BrokenLine, read_notices
from scrapers.records import Code, Notice, Phase

SHORT = {
    "id": "n1",
    "title": "Труба стальная 820х10",
    "description": "ГОСТ 20295-85",
    "quantity": 120.5,
    "unit": "т",
    "codes": ["ENSTRU:242013.900.000001", "CPV:44163000", "242013.900.000002", "7305"],
}
RELEASE = {
    "ocid": "ocds-example-1",
    "tag": ["tender"],
    "tender": {"title": "Трубы", "items": [{"id": "1", "description": "Труба", "quantity": 0.1}]},
}


def write(path: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def notices(path: Path) -> list[Notice]:
    found = list(read_notices(path))
    assert all(isinstance(one, Notice) for one in found), found
    return [one for one in found if isinstance(one, Notice)]


def test_the_short_form_is_one_lot_with_one_item(tmp_path: Path) -> None:
    (notice,) = notices(write(tmp_path / "n.jsonl", SHORT))
    assert (notice.portal, notice.id, notice.phase) == ("file", "n1", Phase.OPEN)
    assert notice.title == "Труба стальная 820х10"
    assert notice.description == "ГОСТ 20295-85"
    (lot,) = notice.lots
    (item,) = lot.items
    assert (lot.id, item.quantity) == ("1", Decimal("120.5"))
    assert item.unit is not None
    assert item.unit.name == "т"
    assert item.codes == (
        Code("KZ-ENSTRU", "242013.900.000001"),
        Code("CPV", "44163000"),
        Code("KZ-ENSTRU", "242013.900.000002"),
        Code("", "7305"),
    )


def test_text_is_read_as_title_and_only_id_and_title_are_needed(tmp_path: Path) -> None:
    found = notices(write(tmp_path / "n.jsonl", {"id": 7, "text": "Окна ПВХ"}))
    assert [(one.id, one.title) for one in found] == [("7", "Окна ПВХ")]
    assert found[0].lots[0].items[0].quantity is None


def test_ocds_lines_stand_beside_short_ones(tmp_path: Path) -> None:
    package = {"releases": [RELEASE, {**RELEASE, "ocid": "ocds-example-2"}]}
    record = {"ocid": "ocds-example-3", "compiledRelease": {**RELEASE, "ocid": "ocds-example-3"}}
    path = write(tmp_path / "n.jsonl", RELEASE, SHORT, package, record)
    found = notices(path)
    assert [one.id for one in found] == [
        "ocds-example-1",
        "n1",
        "ocds-example-1",
        "ocds-example-2",
        "ocds-example-3",
    ]
    assert found[0].lots[0].items[0].quantity == Decimal("0.1")  # not through a float


def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    deep = "[" * 100_000
    lines = [
        SHORT,
        "{",
        "",
        {"title": "без номера"},
        {"id": "1", "title": " "},
        '{"id": "1", "title": "NaN", "quantity": NaN}',
        "[1]",
        deep,
        {"ocid": "x", "tag": ["tender"], "tender": {}},
        SHORT,
    ]
    found = list(read_notices(write(tmp_path / "n.jsonl", *lines)))
    broken = [one for one in found if isinstance(one, BrokenLine)]
    assert [one.number for one in broken] == [2, 4, 5, 6, 7, 8, 9]
    expected = "Expecting property name enclosed in double quotes"
    assert broken[0].why == f"broken JSON at column 2: {expected}"
    assert broken[1].why == "no id"
    assert broken[2].why == "no title"
    assert broken[3].why == "broken JSON: NaN is no JSON number"
    assert broken[4].why == "not a JSON object"
    assert broken[5].why == "nested too deeply"
    assert len(found) == 9


@pytest.mark.parametrize(
    "quantity", ["сорок", -5, True, None, [1], {"a": 1}, 10**400, 1e300], ids=repr
)
def test_a_quantity_that_is_no_plain_number_is_unknown(tmp_path: Path, quantity: object) -> None:
    (notice,) = notices(write(tmp_path / "n.jsonl", {**SHORT, "quantity": quantity}))
    assert notice.lots[0].items[0].quantity is None


def test_gzip_is_opened_and_a_cut_one_gives_what_came_before(tmp_path: Path) -> None:
    lines = [{**SHORT, "id": f"n{number}"} for number in range(2000)]
    plain = write(tmp_path / "n.jsonl", *lines).read_bytes()
    whole = tmp_path / "n.jsonl.gz"
    whole.write_bytes(gzip.compress(plain))
    assert len(notices(whole)) == 2000
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(plain)[:-20])
    *good, last = read_notices(cut)
    assert isinstance(last, BrokenLine)
    assert "breaks off" in last.why
    assert all(isinstance(one, Notice) for one in good)


def test_a_line_beyond_the_cap_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices_file, "MAX_LINE", 1000)
    path = write(tmp_path / "n.jsonl", SHORT, {**SHORT, "description": "х" * 9000}, SHORT)
    first, second, third = read_notices(path)
    assert isinstance(first, Notice)
    assert second == BrokenLine(2, "longer than 1000 bytes")
    assert isinstance(third, Notice)


def test_one_document_over_many_lines_is_read(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text(json.dumps({"releases": [RELEASE]}, indent=1), encoding="utf-8")
    assert [one.id for one in notices(path)] == ["ocds-example-1"]


def test_a_byte_order_mark_and_another_charset_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    line = json.dumps(SHORT, ensure_ascii=False)
    path.write_bytes(b"\xef\xbb\xbf" + line.encode() + b"\n" + line.encode("cp1251") + b"\n")
    good, bad = read_notices(path)
    assert isinstance(good, Notice)
    assert bad == BrokenLine(2, "not UTF-8")


def test_an_empty_file_has_no_notices(tmp_path: Path) -> None:
    assert list(read_notices(write(tmp_path / "n.jsonl", ""))) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "title", "ocid", "tender", "items", "lots", "quantity", "value"])
            | st.text(max_size=6),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(JSON, max_size=5))
def test_no_line_whatever_it_holds_stops_the_reader(
    tmp_path_factory: pytest.TempPathFactory, lines: list[object]
) -> None:
    path = write(tmp_path_factory.mktemp("n") / "n.jsonl", SHORT, *lines)
    found = list(read_notices(path))
    assert isinstance(found[0], Notice)
