"""Every row of cases.csv: a need, a product, and the verdict a person decided beforehand."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from catalog.family import load_families
from catalog.reading import read_catalogue
from matcher.matching import candidate
from matcher.offers import Offers
from matcher.records import LotText

HERE = Path(__file__).parent


def rows() -> list[dict[str, str]]:
    with (HERE / "cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CASES = rows()


@cache
def offers() -> tuple[Offers, dict[str, int]]:
    read = read_catalogue(HERE / "products.csv")
    assert not read.faults
    products = read.catalogue.products
    made = Offers.build(products, load_families())
    return made, {product.code: row for row, product in enumerate(products)}


def marked(row: dict[str, str]) -> object:
    """Give a row its name; one whose text is not read rightly yet is expected to fail."""
    name = f"{row['product']}: {row['need'][:60]}"
    fault = row["not_yet"]
    marks = [pytest.mark.xfail(reason=fault, strict=False)] if fault else []
    return pytest.param(row, id=name, marks=marks)


@pytest.mark.parametrize("case", [marked(row) for row in CASES])
def test_the_verdict_is_the_one_decided_by_hand(case: dict[str, str]) -> None:
    made, places = offers()
    row = candidate(LotText("n", "1", case["need"]), made, places[case["product"]])
    told = "\n".join(f"{each.stage}: {each.because}" for each in row.evidence)
    assert row.verdict == case["verdict"], told


def test_no_pair_stands_twice() -> None:
    pairs = Counter((row["need"], row["product"]) for row in CASES)
    assert [pair for pair, count in pairs.items() if count > 1] == []
