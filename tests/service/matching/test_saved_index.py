"""A saved index answers as the catalogue itself does, and is refused when it cannot be trusted."""

import json
from pathlib import Path

import numpy as np
import pytest

from catalog.family import load_families
from catalog.reading import read_catalogue
from matcher.answers import written
from matcher.matching import answer_lots
from matcher.offers import Offers
from matcher.records import LotText
from service.errors import InputError
from service.matching.indexing import build_index
from service.matching.saved_index import MANIFEST, IndexRefused, open_index

FAMILIES = load_families()
HEADER = "product_code,name,family,capability,description\n"
NAMES = [
    f"m{size},{kind} {size}х{wall} мм арт. {17 * size + wall},,,{colour}"
    for size in range(20, 80)
    for kind, colour, wall in (("Труба", "чёрная", 3), ("Профиль", "", 2), ("Уголок", "серый", 4))
]
MILL = (
    "mill,Труба стальная электросварная,steel_pipe_large,"
    "outer_diameter_mm=530..1420; wall_mm=6..25,прямошовная"
)
TITLES = ("Труба 57х3", "Труба стальная электросварная 820х10", "Щебень", "уголок серый 25х4", "")


def catalogue(folder: Path, lines: list[str]) -> Path:
    path = folder / "catalogue.csv"
    numbered = [f"p{number}-{line}" for number, line in enumerate(lines)]
    path.write_text(HEADER + "\n".join(numbered) + "\n", "utf-8")
    return path


def answers(offers: Offers) -> bytes:
    lots = [LotText(f"n{number}", "1", title) for number, title in enumerate(TITLES)]
    return b"".join(written(answer_lots(lots, offers, top=7), offers))


@pytest.mark.parametrize("lines", [[MILL, *NAMES], NAMES, ["x,Окно,,,"]])
def test_an_index_answers_as_the_catalogue_does(tmp_path: Path, lines: list[str]) -> None:
    path = catalogue(tmp_path, lines)
    built = build_index(path, tmp_path / "index", FAMILIES, "1", jobs=2, part=37)
    opened = open_index(tmp_path / "index", FAMILIES, "1", path)
    products = read_catalogue(path, FAMILIES).catalogue.products
    assert built.products == len(products) == len(opened.offers.offers)
    assert [each.product for each in opened.offers.offers] == list(products)
    opened.relieve()
    assert answers(opened.offers) == answers(Offers.build(products, FAMILIES))


def test_an_index_of_a_tree_knows_the_headings(tmp_path: Path) -> None:
    path = tmp_path / "tree.csv"
    rows = "01,Крупы\n01.1,Гречневая\n01.2,Рисовая\n02,Услуги\n02.1,Мойка окон\n"
    path.write_text(f"product_code,name\n{rows}", "utf-8")
    build_index(path, tmp_path / "index", FAMILIES, "1", part=2)
    opened = open_index(tmp_path / "index", FAMILIES, "1").offers
    built = Offers.build(read_catalogue(path, FAMILIES).catalogue.products, FAMILIES)
    assert opened.headings is not None
    assert built.headings is not None
    assert np.array_equal(opened.headings, built.headings)
    assert answers(opened) == answers(built)


def test_faulty_rows_are_told_and_left_out(tmp_path: Path) -> None:
    path = catalogue(tmp_path, ["a,Окно,,,", "b,,,,", "c,Дверь,,,"])
    built = build_index(path, tmp_path / "index", FAMILIES, "1")
    assert (built.products, [fault.line for fault in built.faults]) == (2, [3])


def test_an_index_that_is_there_is_replaced_and_anything_else_is_kept(tmp_path: Path) -> None:
    path = catalogue(tmp_path, NAMES)
    build_index(path, tmp_path / "index", FAMILIES, "1")
    build_index(catalogue(tmp_path, NAMES[:9]), tmp_path / "index", FAMILIES, "1")
    assert len(open_index(tmp_path / "index", FAMILIES, "1").offers.offers) == 9
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(InputError, match="is no index"):
        build_index(path, tmp_path / "mine", FAMILIES, "1")
    assert (tmp_path / "mine" / "letter.txt").read_text("utf-8") == "dear"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["catalogue.csv", "index", "mine"]


def test_an_index_of_another_version_or_catalogue_is_refused(tmp_path: Path) -> None:
    path = catalogue(tmp_path, NAMES)
    build_index(path, tmp_path / "index", FAMILIES, "1")
    with pytest.raises(IndexRefused, match="have changed since"):
        open_index(tmp_path / "index", FAMILIES, "2")
    other = catalogue(tmp_path, NAMES[1:])
    with pytest.raises(IndexRefused, match="not the catalogue it was built of"):
        open_index(tmp_path / "index", FAMILIES, "1", other)
    told = json.loads((tmp_path / "index" / MANIFEST).read_text("utf-8"))
    (tmp_path / "index" / MANIFEST).write_text(json.dumps(told | {"format": 0}), "utf-8")
    with pytest.raises(IndexRefused, match="another version of the program"):
        open_index(tmp_path / "index", FAMILIES, "1")


@pytest.mark.parametrize("name", [MANIFEST, "keys.npy", "counts.npy", "products.jsonl"])
@pytest.mark.parametrize("harm", ["missing", "cut", "empty", "other"])
def test_a_broken_index_is_refused_in_words(tmp_path: Path, name: str, harm: str) -> None:
    build_index(catalogue(tmp_path, NAMES), tmp_path / "index", FAMILIES, "1")
    file = tmp_path / "index" / name
    whole = file.read_bytes()
    file.unlink()
    if harm != "missing":
        file.write_bytes({"cut": whole[:-9], "empty": b"", "other": b"[1, 2]\n"}[harm])
    with pytest.raises(IndexRefused, match="suranys catalog index"):
        open_index(tmp_path / "index", FAMILIES, "1")
